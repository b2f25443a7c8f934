package main

import (
	"encoding/json"
	"os"
	"testing"
)

func TestTheVersionIsThatOfTheTree_HT_16(t *testing.T) {
	bytes, err := os.ReadFile("../package.json")
	var tree struct{ Version string }
	if err != nil || json.Unmarshal(bytes, &tree) != nil || tree.Version != version {
		t.Fatalf("the tree has version %q, this program %q: %v", tree.Version, version, err)
	}
}
