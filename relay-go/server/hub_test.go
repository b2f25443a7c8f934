package server

import (
	"testing"
	"time"
)

func TestRoomsWithMembersHoldThePrice_PW_16(t *testing.T) {
	r := startRelay(t, "--max-rooms", "2")
	now := r.now()
	later := func() uint64 {
		now = now.Add(10 * time.Second)
		r.hub.lock.Lock()
		defer r.hub.lock.Unlock()
		return r.hub.work.Effort(now)
	}
	start := r.hub.effort()
	members := []*testPeer{r.member(r.room(2)), r.member(r.room(2))} // More than the 120 s of an empty room allow for.
	raised := later()
	if raised <= start {
		t.Fatalf("the price stays at %d", raised)
	}
	for range 20 {
		if held := later(); held != raised {
			t.Fatalf("all places of rooms are taken, and the price goes to %d", held)
		}
	}
	for _, member := range members {
		member.say(`{"type":"purge"}`)
		member.expect("purged")
	}
	if fallen := later(); fallen >= raised {
		t.Error("the price does not fall when the rooms have ended")
	}
}
