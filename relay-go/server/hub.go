package server

import (
	"net/netip"
	"sync"
	"time"

	"pug/relay/pending"
	"pug/relay/proof"
	"pug/relay/proofofwork"
	"pug/relay/room"
	"pug/relay/wire"
)

// hub knows all rooms. Its lock is taken after that of a room, never before.
type hub struct {
	server *Server

	lock    sync.Mutex
	work    *proofofwork.Work
	waiting *pending.Rooms
	living  map[[16]byte]*liveRoom
}

func newHub(s *Server) *hub {
	h := &hub{server: s, waiting: pending.New(s.settings.PendingRoomSeconds), living: map[[16]byte]*liveRoom{}}
	h.work = proofofwork.New(proofofwork.Price{
		FloorBits: s.settings.EffortBits.Min, CeilingBits: s.settings.EffortBits.Max,
		MaxPending: s.settings.MaxPendingRooms, PendingSeconds: s.settings.PendingRoomSeconds,
		MaxRooms: s.settings.MaxRooms, EmptyRoomSeconds: s.settings.EmptyRoomSeconds,
		Taken: h.taken,
	}, s.now)
	return h
}

// taken is the larger share of the places that are taken, of pending rooms and of rooms (PW-16), by its lock's holder.
func (h *hub) taken() float64 {
	waiting := float64(h.waiting.Len()) / float64(h.server.settings.MaxPendingRooms)
	return max(waiting, float64(len(h.living))/float64(h.server.settings.MaxRooms))
}

func (h *hub) emptyRoom() time.Duration {
	return time.Duration(h.server.settings.EmptyRoomSeconds) * time.Second
}

// seconds is the clock of the rooms that wait.
func (h *hub) seconds() uint32 { return uint32(h.server.running() / time.Second) }

// find finds a room that exists and has not expired (JN-4), by its lock's holder.
func (h *hub) find(id [16]byte) (found pending.Room, live *liveRoom, exists bool) {
	nowMs := h.server.now().UnixMilli()
	if live = h.living[id]; live != nil {
		return live.Room, live, nowMs < live.ExpiresAtMs
	}
	found, exists = h.waiting.Find(id, h.seconds())
	return found, nil, exists && nowMs < found.ExpiresAtMs
}

// ask asks a room whether it has a seat for this join, and for its owner's key. It changes nothing (JN-5).
func (h *hub) ask(id [16]byte, request room.Request) (ownerKey [32]byte, refusal *wire.Close) {
	h.lock.Lock()
	found, live, exists := h.find(id)
	h.lock.Unlock()
	if !exists {
		return ownerKey, &wire.NotFound
	}
	if live == nil {
		return found.OwnerKey, nil
	}
	live.guard.Lock()
	defer live.guard.Unlock()
	if live.isOver(h.server.now()) {
		return ownerKey, &wire.NotFound
	}
	return found.OwnerKey, live.state.Refusal(request)
}

// open makes a room that waited one that lives (RM-1). Whoever opens it joins it at once. The last sockets are not for
// rooms that begin (LM-8).
func (h *hub) open(id [16]byte) (*liveRoom, *wire.Close) {
	taken := h.server.takenSockets()
	h.lock.Lock()
	defer h.lock.Unlock()
	found, live, exists := h.find(id)
	switch {
	case !exists:
		return nil, &wire.NotFound
	case live != nil:
		return live, nil
	case taken > firstJoinShare:
		h.server.refused(limitSockets)
		return nil, &wire.Overloaded
	case len(h.living) >= int(h.server.settings.MaxRooms):
		h.server.refused(limitRooms)
		return nil, &wire.Overloaded
	}
	h.waiting.Remove(id)
	live = newLiveRoom(h, found)
	h.living[id] = live
	return live, nil
}

// remove forgets a room that has ended (RM-10).
func (h *hub) remove(r *liveRoom) {
	h.lock.Lock()
	defer h.lock.Unlock()
	if h.living[r.ID] == r {
		delete(h.living, r.ID)
	}
}

func (h *hub) challenge(from netip.Addr) wire.Challenge {
	h.lock.Lock()
	defer h.lock.Unlock()
	return h.work.Challenge(from, h.server.now())
}

// create judges a request in the order of PW-9. Its hits are verified without the lock; then everything that may have
// changed is looked at once more, in one step with the creation.
func (h *hub) create(body string, from netip.Addr) (wire.Created, *wire.Problem) {
	solution, ok := h.work.Read(body)
	if !ok {
		return wire.Created{}, &wire.Malformed
	}
	if done, problem := h.judge(solution, from); done != nil {
		return *done, nil
	} else if problem != nil {
		return wire.Created{}, problem
	}
	if problem := h.work.Verify(solution, from, !h.server.settings.Shared); problem != nil {
		if problem == &wire.Busy {
			h.server.refused(limitVerification)
		}
		return wire.Created{}, problem
	}
	h.lock.Lock()
	defer h.lock.Unlock()
	if done := h.made(solution); done != nil {
		return *done, nil
	}
	if problem := h.obstacle(solution); problem != nil {
		return wire.Created{}, problem
	}
	return h.add(solution, from), nil
}

// judge is PW-9 up to the hits.
func (h *hub) judge(solution proofofwork.Solution, from netip.Addr) (*wire.Created, *wire.Problem) {
	h.lock.Lock()
	defer h.lock.Unlock()
	if done := h.made(solution); done != nil {
		return done, nil
	}
	if problem := h.work.JudgeToken(solution, from, h.server.now()); problem != nil {
		return nil, problem
	}
	if problem := h.obstacle(solution); problem != nil {
		return nil, problem
	}
	if !solution.Ascending() {
		return nil, &wire.Malformed
	}
	return nil, nil
}

// made is the room that this very request has made, while it lives (HT-6).
func (h *hub) made(solution proofofwork.Solution) *wire.Created {
	found, _, alive := h.find(proof.RoomID(solution.Request.JoinKey))
	if !alive || found.Mark != solution.Mark {
		return nil
	}
	granted := created(found)
	return &granted
}

// obstacle is what this solution (PW-10) or another one for this key (HT-7) has done before, and what this relay has no
// room for.
func (h *hub) obstacle(solution proofofwork.Solution) *wire.Problem {
	_, _, alive := h.find(proof.RoomID(solution.Request.JoinKey))
	switch {
	case h.work.Used(solution):
		return &wire.Replayed
	case alive:
		return &wire.Taken
	case len(h.living) >= int(h.server.settings.MaxRooms):
		h.server.refused(limitRooms)
		return &wire.Busy
	case h.isCrowdedOut(solution):
		h.server.refused(limitPendingRooms)
		return &wire.Busy
	case h.work.Full(solution):
		h.server.refused(limitSolutions)
		return &wire.Busy
	}
	return nil
}

func (h *hub) isFull() bool { return h.waiting.Len() >= int(h.server.settings.MaxPendingRooms) }

// isCrowdedOut tells that all places are taken by rooms for which more was paid (PW-18).
func (h *hub) isCrowdedOut(solution proofofwork.Solution) bool {
	if !h.isFull() {
		return false
	}
	level, _ := h.waiting.Cheapest()
	return solution.Level() < level
}

func created(room pending.Room) wire.Created {
	return wire.Created{
		RoomID: room.ID, ExpiresAtMs: room.ExpiresAtMs, TTLSeconds: room.TTLSeconds, Capacity: room.Capacity,
	}
}

func (h *hub) add(solution proofofwork.Solution, from netip.Addr) wire.Created {
	now, request, policy := h.server.now(), solution.Request, h.server.settings.Policy
	ttlSeconds := min(max(request.TTLSeconds, policy.TTLSeconds.Min), policy.TTLSeconds.Max)
	room := pending.Room{
		ID: proof.RoomID(request.JoinKey), OwnerKey: request.OwnerKey, Mark: solution.Mark, TTLSeconds: ttlSeconds,
		Level: solution.Level(), ExpiresAtMs: now.UnixMilli() + int64(ttlSeconds)*1000,
		Capacity: uint16(min(max(uint32(request.Capacity), policy.Capacity.Min), policy.Capacity.Max)),
	}
	if h.isFull() {
		_, cheapest := h.waiting.Cheapest()
		h.waiting.Remove(cheapest)
	}
	h.waiting.Remove(room.ID) // One whose time to live is up, but not its time to wait.
	h.waiting.Add(room, h.seconds())
	h.work.Use(solution, from, now)
	return created(room)
}

// effort is what a room costs now, in iterations (PW-7).
func (h *hub) effort() uint64 {
	h.lock.Lock()
	defer h.lock.Unlock()
	return h.work.Effort(h.server.now())
}

// sizes is how many rooms live, and how many wait.
func (h *hub) sizes() (living, waiting int) {
	h.lock.Lock()
	defer h.lock.Unlock()
	h.waiting.Forget(h.seconds())
	return len(h.living), h.waiting.Len()
}
