package server

import (
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/gobwas/ws"

	"pug/relay/pending"
	"pug/relay/room"
	"pug/relay/wire"
)

// liveRoom is a room that has been joined: its state, its sockets, its time.
type liveRoom struct {
	hub *hub
	pending.Room

	guard    sync.Mutex
	state    *room.Room
	members  []*conn // in the order of their numbers
	gone     bool
	timer    *time.Timer
	emptyAt  time.Time // when the last member left; zero while somebody is in it
	slow     []*conn   // members that read too slowly and must leave
	awaiting []*conn   // sockets whose outbox must be flushed
	flushing bool
}

// newLiveRoom is for a member that joins it at once.
func newLiveRoom(hub *hub, from pending.Room) *liveRoom {
	r := &liveRoom{hub: hub, Room: from, state: room.New(from.Capacity)}
	left := time.UnixMilli(from.ExpiresAtMs).Sub(hub.server.now())
	r.timer = time.AfterFunc(left, func() { hub.server.guarded(r.look) })
	return r
}

// done ends every turn with the room. Who read too slowly leaves, an event after those that were under way (LM-3); an
// empty room begins to wait; others are let in; and one goroutine writes for all sockets, that finds the more there the
// busier the relay is.
func (r *liveRoom) done() {
	for len(r.slow) > 0 {
		c := r.slow[0]
		r.slow = r.slow[1:]
		r.takeOut(c, wire.WhySlow, r.leaves)
		c.tooSlow()
	}
	if len(r.members) > 0 {
		r.emptyAt = time.Time{}
	} else if r.emptyAt.IsZero() && !r.gone {
		r.emptyAt = r.hub.server.now()
		r.wind()
	}
	start := len(r.awaiting) > 0 && !r.flushing
	r.flushing = r.flushing || start
	r.guard.Unlock()
	if start {
		r.hub.server.goes(r.flush)
	}
}

func (r *liveRoom) flush() {
	var batch []*conn
	for {
		r.guard.Lock()
		clear(batch)
		batch, r.awaiting = r.awaiting, batch[:0]
		if len(batch) == 0 {
			r.flushing = false
			r.guard.Unlock()
			return
		}
		for _, c := range batch {
			c.awaits = false
		}
		r.guard.Unlock()
		for _, c := range batch {
			c.flush()
		}
	}
}

// put gives a frame to one member, unless it reads too slowly.
func (r *liveRoom) put(c *conn, frame []byte) {
	if !c.outbox.put(frame, r.hub.server.queueBytes()) {
		r.slow = append(r.slow, c)
		return
	}
	if !c.awaits {
		c.awaits = true
		r.awaiting = append(r.awaiting, c)
	}
}

// tellAll gives an event to all members.
func (r *liveRoom) tellAll(frame []byte) {
	for _, c := range r.members {
		r.put(c, frame)
	}
}

// takeOut takes a member out, if it is still in, and tells the others. `leave` numbers the event.
func (r *liveRoom) takeOut(c *conn, why string, leave func(uint32) (uint32, bool)) {
	if !c.stay.present {
		return
	}
	seq, _ := leave(c.stay.number)
	c.stay.present = false
	r.members = slices.DeleteFunc(r.members, func(member *conn) bool { return member == c })
	r.hub.server.counts.members.Add(-1)
	r.tellAll(textFrame(wire.MemberLeft(seq, c.stay.number, why)))
}

func (r *liveRoom) find(number uint32) *conn {
	at, found := slices.BinarySearchFunc(r.members, number, func(c *conn, number uint32) int {
		return int(int64(c.stay.number) - int64(number))
	})
	if !found {
		return nil
	}
	return r.members[at]
}

// relay passes a frame on (RM-3). The payload is copied once, into the frame that all members share.
func (r *liveRoom) relay(from *stay, to uint32, payload []byte) {
	bytes, at := frame(ws.OpBinary, wire.RelayHeaderBytes+len(payload))
	wire.AppendFrame(bytes[:at], 0, from.number, payload)
	r.guard.Lock()
	defer r.done()
	if !from.present {
		return
	}
	counts := &r.hub.server.counts
	counts.messages.Add(1)
	counts.messageBytes.Add(int64(len(payload)))
	if to == 0 {
		binary.BigEndian.PutUint32(bytes[at:], r.state.Next())
		counts.deliveries.Add(int64(len(r.members)))
		r.tellAll(bytes)
	} else if c := r.find(to); c != nil {
		counts.deliveries.Add(1)
		r.put(c, bytes)
	}
}

func (r *liveRoom) setLock(by *stay, locked bool) {
	r.guard.Lock()
	defer r.done()
	if by.present {
		r.tellAll(textFrame(wire.LockChanged(r.state.Lock(locked), locked)))
	}
}

func (r *liveRoom) remove(by *stay, number uint32) {
	r.guard.Lock()
	defer r.done()
	c := r.find(number)
	if !by.present || c == nil {
		return
	}
	r.takeOut(c, wire.WhyRemoved, r.state.Remove)
	c.end(wire.Removed, false)
}

func (r *liveRoom) purge(by *stay) {
	r.guard.Lock()
	defer r.done()
	if by.present {
		r.finish(wire.Purged)
	}
}

func (r *liveRoom) leave(c *conn, why string) {
	r.guard.Lock()
	defer r.done()
	r.takeOut(c, why, r.leaves)
}

func (r *liveRoom) leaves(number uint32) (seq uint32, left bool) {
	return r.state.Leave(number, r.hub.server.running())
}

// wind sets the timer to the next moment at which this room may end (RM-8, RM-9), or ends it now.
func (r *liveRoom) wind() {
	now := r.hub.server.now()
	left := time.UnixMilli(r.ExpiresAtMs).Sub(now)
	if !r.emptyAt.IsZero() {
		left = min(left, r.emptyAt.Add(r.hub.emptyRoom()).Sub(now))
	}
	if left > 0 {
		r.timer.Reset(left)
		return
	}
	r.finish(wire.Expired)
}

// look ends the room if its time is up.
func (r *liveRoom) look() {
	r.guard.Lock()
	defer r.done()
	if !r.gone {
		r.wind()
	}
}

// finish ends the room: everybody is closed, and nothing of it remains (RM-7, RM-8, RM-10).
func (r *liveRoom) finish(why wire.Close) {
	r.gone = true
	r.timer.Stop()
	r.hub.remove(r)
	members := r.members
	r.members, r.slow, r.state = nil, nil, room.New(0)
	for _, c := range members {
		c.stay.present = false
		r.hub.server.counts.members.Add(-1)
		c.end(why, false)
	}
}
