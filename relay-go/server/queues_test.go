package server

import "testing"

func TestWhoReadsTooSlowlyIsCountedOnce_OP_9_LM_3(t *testing.T) {
	r := startRelay(t)
	room := r.room(2)
	r.member(room)
	r.member(room)
	live, _ := r.hub.open(room.id)
	live.guard.Lock()
	slow := live.members[1]
	slow.outbox.lock.Lock()
	slow.outbox.writing = true // Somebody waits for it to read.
	slow.outbox.lock.Unlock()
	for slow.outbox.put(make([]byte, 1<<16), r.queueBytes()) {
	}
	for range 3 { // As one turn of a room has several events.
		live.tellAll(make([]byte, 1<<16))
	}
	live.done()
	for name, counts := range map[string]tally{limitQueue: r.counts.refusals, "too_slow": r.counts.closes} {
		if count := counts.counts[name].Load(); count != 1 {
			t.Errorf("%s was counted %d times", name, count)
		}
	}
}
