package server

import (
	"crypto/rand"
	"crypto/sha256"
	"time"

	"pug/relay/proof"
	"pug/relay/room"
	"pug/relay/wire"
)

// join is a socket's first message (SK-4). It is judged in the order of JN-4, and nothing changes before its proofs have
// verified (JN-5); as that takes a while in which others may come and go, the room is then asked once more, in one step
// with the join itself (JN-6).
func (c *conn) join(message wire.Join) *ending {
	request := room.Request{OwnerProof: message.OwnerProof != nil}
	if message.Ticket != nil {
		hash := room.TicketHash(sha256.Sum256(message.Ticket[:]))
		request.Ticket = &hash
	}
	ownerKey, refusal := c.server.hub.ask(message.Room, request)
	if refusal != nil {
		return &ending{close: *refusal}
	}
	if !verified(message, ownerKey, *c.nonce) {
		return &ending{close: wire.ProofRejected}
	}
	if !c.server.leavesDoorway(c) { // Meanwhile somebody has its place, or its time was up.
		return &ending{close: wire.Overloaded}
	}
	live, refusal := c.server.hub.open(message.Room)
	if refusal == nil {
		refusal = live.admit(c, request)
	}
	if refusal != nil {
		return &ending{close: *refusal}
	}
	c.nonce = nil
	c.fillBuckets() // Those of a new member are full (LM-2).
	c.server.counts.joins.add("joined")
	return nil
}

// verified holds the proofs of a join to its keys (JN-1, JN-2, LK-5).
func verified(message wire.Join, ownerKey, nonce [32]byte) bool {
	if proof.RoomID(message.JoinKey) != message.Room ||
		!proof.Verify(message.JoinKey, proof.JoinMessage(message.Room, nonce), message.Proof) {
		return false
	}
	return message.OwnerProof == nil ||
		proof.Verify(ownerKey, proof.OwnerMessage(message.Room, nonce), *message.OwnerProof)
}

// admit gives a socket its seat, or says why not.
func (r *liveRoom) admit(c *conn, request room.Request) *wire.Close {
	var ticket [16]byte
	rand.Read(ticket[:])
	r.guard.Lock()
	defer r.done()
	if r.isOver(r.hub.server.now()) {
		return &wire.NotFound
	}
	if refusal := r.state.Refusal(request); refusal != nil {
		return refusal
	}
	if r.hub.server.takenSockets() > newcomerShare && !r.state.ComesBack(request, r.hub.server.running()) {
		r.hub.server.refused(limitSockets)
		return &wire.Overloaded
	}
	admission := r.state.Join(request, sha256.Sum256(ticket[:]))
	if former := r.find(admission.Replaced); former != nil {
		r.takeOut(former, wire.WhyReplaced, func(uint32) (uint32, bool) { return admission.ReplacedSeq, true })
		former.end(replaced, false)
	}
	r.tellAll(textFrame(wire.MemberJoined(admission.Seq, admission.Member, request.OwnerProof)))
	r.members = append(r.members, c)
	c.seat(&stay{room: r, number: admission.Member, owner: request.OwnerProof, present: true})
	r.hub.server.counts.members.Add(1)
	members, owners := r.state.Numbers()
	r.put(c, textFrame(wire.Joined{
		Member: admission.Member, Members: members, Owners: owners, Seq: admission.Seq,
		NowMs: r.hub.server.now().UnixMilli(), ExpiresAtMs: r.ExpiresAtMs, Capacity: r.Capacity,
		Locked: r.state.Locked(), Ticket: ticket,
	}.Encode()))
	return nil
}

// isOver tells whether the room has ended, or its time is up and its end only a moment away.
func (r *liveRoom) isOver(now time.Time) bool { return r.gone || now.UnixMilli() >= r.ExpiresAtMs }

func (c *conn) seat(stay *stay) {
	c.lock.Lock()
	c.stay = stay
	c.timer.Reset(c.patience())
	c.lock.Unlock()
}
