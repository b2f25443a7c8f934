// Package vectors reads the specification as data (../../vectors), for the tests of the packages beside it.
package vectors

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Vector is one file: `rule`, `expect`, `error`, `comment`, and the data of its folder.
type Vector struct {
	t      *testing.T
	Name   string
	fields map[string]json.RawMessage
}

// Each runs a test for every vector of a folder whose name fits a pattern, and fails when there is none.
func Each(t *testing.T, folder, pattern string, hold func(t *testing.T, v Vector)) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "vectors", folder, pattern+".json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no vectors %s/%s", folder, pattern)
	}
	for _, path := range paths {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			bytes, err := os.ReadFile(path)
			v := Vector{t: t, Name: name}
			if err != nil || json.Unmarshal(bytes, &v.fields) != nil {
				t.Fatal("cannot be read")
			}
			hold(t, v)
		})
	}
}

// Has tells whether a field is there.
func (v Vector) Has(field string) bool { return v.fields[field] != nil }

// Into reads a field.
func (v Vector) Into(field string, to any) {
	v.t.Helper()
	if err := json.Unmarshal(v.fields[field], to); err != nil {
		v.t.Fatalf("%s: %v", field, err)
	}
}

// Text reads a field that is a text.
func (v Vector) Text(field string) (text string) {
	v.t.Helper()
	v.Into(field, &text)
	return text
}

// Number reads a field that is a number.
func (v Vector) Number(field string) (number int64) {
	v.t.Helper()
	v.Into(field, &number)
	return number
}

// Bytes reads a field of hexadecimal digits.
func (v Vector) Bytes(field string) []byte {
	v.t.Helper()
	bytes, err := hex.DecodeString(v.Text(field))
	if err != nil {
		v.t.Fatalf("%s: %v", field, err)
	}
	return bytes
}

// Accepted tells what is expected.
func (v Vector) Accepted() bool { return v.Text("expect") == "accept" }

// Error is how it is refused, or "".
func (v Vector) Error() string {
	if !v.Has("error") {
		return ""
	}
	return v.Text("error")
}
