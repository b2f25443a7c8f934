// Package room is the room as a state machine (spec/room.md, spec/join.md): numbers, seats, the lock, tickets and the
// order of events. It has no clock, no socket and no lock of its own, and holds no payload.
package room

import (
	"slices"

	"pug/relay/wire"
)

// ticketsPerSeat bounds the tickets that are kept (JN-8).
const ticketsPerSeat = 4

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

// Knows tells whether a join shows a ticket of this room (LM-8).
func (r *Room) Knows(request Request) bool {
	_, known := r.holder(request.Ticket)
	return known
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
		if seq, left := r.Leave(former); left {
			done.Replaced, done.ReplacedSeq = former, seq
		}
	}
	r.last++
	done.Member, done.Seq = r.last, r.Next()
	r.members = append(r.members, Member{done.Member, request.OwnerProof})
	if known {
		r.inherit(former, done.Member)
	}
	r.tickets = append(r.tickets, ticket{fresh, done.Member})
	if over := len(r.tickets) - ticketsPerSeat*r.capacity; over > 0 {
		r.tickets = slices.Delete(r.tickets, 0, over)
	}
	return done
}

// Leave takes a member out and numbers the event; false when it is not there (RM-4).
func (r *Room) Leave(number uint32) (seq uint32, left bool) {
	at := r.find(number)
	if at < 0 {
		return 0, false
	}
	r.members = slices.Delete(r.members, at, at+1)
	return r.Next(), true
}

// Remove is Leave, and voids the member's tickets (RM-6, JN-9).
func (r *Room) Remove(number uint32) (seq uint32, left bool) {
	seq, left = r.Leave(number)
	if left {
		r.tickets = slices.DeleteFunc(r.tickets, func(t ticket) bool { return t.member == number })
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
	if hash == nil {
		return 0, false
	}
	for _, kept := range r.tickets {
		if kept.hash == *hash {
			return kept.member, true
		}
	}
	return 0, false
}

func (r *Room) inherit(former, heir uint32) {
	for at := range r.tickets {
		if r.tickets[at].member == former {
			r.tickets[at].member = heir
		}
	}
}
