// Package room is the room as a state machine (spec/room.md, spec/join.md): numbers, seats, the lock, tickets and the
// order of events. It has no clock, no socket and no lock of its own, and holds no payload.
package room

import (
	"slices"
	"time"

	"pug/relay/wire"
)

const (
	// ticketsPerSeat bounds the tickets that are kept (JN-8).
	ticketsPerSeat = 4
	// returnTime is how long a member that has left is one that comes back (LM-8).
	returnTime = 60 * time.Second
)

// TicketHash is the SHA-256 of a ticket: the ticket itself is not kept.
type TicketHash [32]byte

// Member is one connection's stay.
type Member struct {
	Number uint32
	Owner  bool
}

type ticket struct {
	hash   TicketHash
	member uint32
	leftAt time.Duration // on the caller's clock; says nothing while the member is listed
}

// Room begins empty, with New.
type Room struct {
	capacity int
	locked   bool
	seq      uint32
	last     uint32
	members  []Member // ascending
	tickets  []ticket // the oldest first
}

// New is a room with so many seats that nobody has joined yet.
func New(capacity uint16) *Room { return &Room{capacity: int(capacity)} }

// Locked tells whether the lock is set.
func (r *Room) Locked() bool { return r.locked }

// Empty tells whether nobody is in the room.
func (r *Room) Empty() bool { return len(r.members) == 0 }

// Numbers lists the members, and those of them that are owners (JN-2), ascending.
func (r *Room) Numbers() (members, owners []uint32) {
	for _, member := range r.members {
		members = append(members, member.Number)
		if member.Owner {
			owners = append(owners, member.Number)
		}
	}
	return members, owners
}

// Request is what a join shows. Ticket is nil where it shows none; OwnerProof says that it carries an owner proof,
// which is verified after the room has been asked (JN-4).
type Request struct {
	OwnerProof bool
	Ticket     *TicketHash
}

// Refusal is why a join gets no seat now, or nil (JN-4, JN-7). It changes nothing (JN-5).
func (r *Room) Refusal(request Request) *wire.Close {
	former, known := r.holder(request.Ticket)
	if r.locked && !known && !request.OwnerProof {
		return &wire.Locked
	}
	seats := len(r.members)
	if known && r.find(former) >= 0 {
		seats--
	}
	if seats >= r.capacity {
		return &wire.Full
	}
	return nil
}

// ComesBack tells whether a join shows a ticket of this room whose member is listed, or left a moment ago (LM-8).
func (r *Room) ComesBack(request Request, now time.Duration) bool {
	at := r.shown(request.Ticket)
	return at >= 0 && (r.find(r.tickets[at].member) >= 0 || now-r.tickets[at].leftAt < returnTime)
}

// Admission is what a join did. Replaced is the member that left for it, with the number of that event; 0 is none.
type Admission struct {
	Member, Seq           uint32
	Replaced, ReplacedSeq uint32
}

// Join takes a seat after Refusal was nil and every proof has verified. `fresh` is the ticket that the member is given.
func (r *Room) Join(request Request, fresh TicketHash) Admission {
	var done Admission
	former, known := r.holder(request.Ticket)
	if known {
		if seq, left := r.drop(former); left {
			done.Replaced, done.ReplacedSeq = former, seq
		}
	}
	r.last++
	done.Member, done.Seq = r.last, r.Next()
	r.members = append(r.members, Member{done.Member, request.OwnerProof})
	if known {
		r.inherit(former, done.Member)
	}
	r.tickets = append(r.tickets, ticket{hash: fresh, member: done.Member})
	if over := len(r.tickets) - ticketsPerSeat*r.capacity; over > 0 {
		r.tickets = slices.Delete(r.tickets, 0, over)
	}
	return done
}

// Leave takes a member out and numbers the event; false when it is not there (RM-4). `now` is on the caller's clock, which
// does not jump.
func (r *Room) Leave(number uint32, now time.Duration) (seq uint32, left bool) {
	if seq, left = r.drop(number); !left {
		return 0, false
	}
	for at := range r.tickets {
		if r.tickets[at].member == number {
			r.tickets[at].leftAt = now
		}
	}
	return seq, true
}

func (r *Room) drop(number uint32) (seq uint32, left bool) {
	at := r.find(number)
	if at < 0 {
		return 0, false
	}
	r.members = slices.Delete(r.members, at, at+1)
	return r.Next(), true
}

// Remove is Leave, and voids the tickets of all who are not in then, whoever they are (RM-6, JN-9).
func (r *Room) Remove(number uint32) (seq uint32, left bool) {
	seq, left = r.drop(number)
	if left {
		r.tickets = slices.DeleteFunc(r.tickets, func(t ticket) bool { return r.find(t.member) < 0 })
	}
	return seq, left
}

// Lock sets or clears the lock and numbers the event, also when it changes nothing (RM-5).
func (r *Room) Lock(locked bool) (seq uint32) {
	r.locked = locked
	return r.Next()
}

// Next numbers an event (SK-9). It never wraps (RM-11).
func (r *Room) Next() (seq uint32) {
	r.seq++
	return r.seq
}

func (r *Room) find(number uint32) int {
	return slices.IndexFunc(r.members, func(m Member) bool { return m.Number == number })
}

// holder finds whose ticket this is; the room need not list that member any more.
func (r *Room) holder(hash *TicketHash) (number uint32, known bool) {
	at := r.shown(hash)
	if at < 0 {
		return 0, false
	}
	return r.tickets[at].member, true
}

// shown is where the room keeps this ticket, or below 0.
func (r *Room) shown(hash *TicketHash) int {
	return slices.IndexFunc(r.tickets, func(kept ticket) bool { return hash != nil && kept.hash == *hash })
}

func (r *Room) inherit(former, heir uint32) {
	for at := range r.tickets {
		if r.tickets[at].member == former {
			r.tickets[at].member = heir
		}
	}
}
