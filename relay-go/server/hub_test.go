package server

import (
	"net/netip"
	"testing"
	"time"

	"pug/relay/wire"
)

func TestARepeatedRequestIsAnsweredFirst_HT_6_PW_9_PW_17(t *testing.T) {
	r := startRelay(t)
	crowd := netip.MustParseAddr("198.51.100.7")
	create := func(request wire.CreateRequest) (wire.Created, string) {
		created, problem := r.hub.create(spell(request), crowd)
		if problem != nil {
			return created, problem.Code
		}
		return created, ""
	}
	room, request := r.request(2)
	first, problem := create(request)
	for range 16 {
		_, another := r.request(2)
		create(another)
	}
	if problem != "" {
		t.Fatal(problem)
	}
	_, another := r.request(2)
	if _, problem := create(another); problem != "too_easy" {
		t.Fatalf("17 rooms of one prefix cost no more: %q", problem)
	}
	member := r.member(room)
	for range 2 {
		if again, problem := create(request); problem != "" || again != first {
			t.Fatalf("the same request is answered %q", problem)
		}
		request.Solution[0] ^= 1 // Its hits are not looked at.
	}
	changed := request
	changed.Capacity++
	if _, problem := create(changed); problem != "too_easy" {
		t.Errorf("another request with that token is answered %q", problem)
	}
	member.say(`{"type":"purge"}`)
	member.expect("purged")
	if _, problem := create(request); problem != "too_easy" {
		t.Errorf("after its room the same request is answered %q", problem)
	}
}

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
