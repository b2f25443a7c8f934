package server

import (
	"net"
	"testing"
)

func TestNobodyIsToldOfTheEndBeforeTheGreeting_SK_3_SK_14(t *testing.T) {
	r := startRelay(t)
	ours, theirs := net.Pipe()
	t.Cleanup(func() { ours.Close() })
	late := &conn{server: r.Server, socket: theirs}
	late.prepare(nil)
	if gone, _ := r.admit(late, nil); gone != nil {
		t.Fatal("no place")
	}
	for _, c := range r.all() { // The relay begins to stop at this very moment.
		c.tellClosing(8)
	}
	late.start()
	p := &testPeer{t: t, socket: ours}
	p.greeted()
	p.expect(`"closing"`)
}
