package proofofwork

import (
	"crypto/rand"
	"math"
	"net/netip"
	"sync/atomic"
	"time"

	"pug/relay/limits"
	"pug/relay/proof"
	"pug/relay/wire"
)

const (
	atOnce  = 2  // requests whose hits are being verified (PW-13)
	waiting = 64 // requests that wait for that
	// ofPrefix is how many of those may be from one address prefix.
	ofPrefix = 16
)

// Work issues puzzles and judges their solutions. Its methods but Read and Verify are called under one lock of its
// owner.
type Work struct {
	keys       *keys
	used       *used
	difficulty *difficulty
	slots      chan struct{}
	queue      atomic.Int32
	places     *limits.Places // of those that wait
}

// New begins with random keys and nothing used. `now` is its owner's clock.
func New(price Price, now func() time.Time) *Work {
	return &Work{
		keys:       newKeys(now()),
		used:       newUsed(usedPlaces),
		difficulty: newDifficulty(price, now()),
		slots:      make(chan struct{}, atOnce),
		places:     limits.NewPlaces(now),
	}
}

// Challenge makes a fresh puzzle for somebody at this address (HT-3).
func (w *Work) Challenge(from netip.Addr, now time.Time) wire.Challenge {
	w.keys.rotate(now)
	effort, raisedBy := w.difficulty.ask(from, now)
	target, issued := TargetFor(hits, effort), max(now.Unix(), w.keys.first)
	token := Token{
		Version: tokenVersion, Algorithm: algorithmPBKDF2, K: hits, KeyID: w.keys.newest,
		Target: target, IssuedAt: uint32(issued), TTL: tokenLifeSeconds, Audience: w.keys.audience,
	}
	rand.Read(token.Random[:])
	key, _ := w.keys.find(token.KeyID)
	token.Mac = macOf(key, token.Encode())
	return wire.Challenge{
		Token: token.Encode(), K: hits, Target: target, Effort: Effort(hits, target), RaisedBy: raisedBy,
		ExpiresAtMs: (issued + tokenLifeSeconds) * 1000,
	}
}

// Solution is a request whose form is good, taken apart.
type Solution struct {
	Request wire.CreateRequest
	nonces  []uint32
	target  uint32
	puzzle  [32]byte
	// Mark is what is remembered of it when it was used.
	Mark uint64
	ends int64 // when its token can no longer be good, in seconds since 1970
}

// Read takes a request's body apart; false is malformed (PW-9).
func (w *Work) Read(body string) (Solution, bool) {
	request, ok := wire.DecodeCreateRequest(body)
	if !ok {
		return Solution{}, false
	}
	token := DecodeToken(request.Token)
	list, ok := nonces(request.Solution, token.K)
	if !ok || !proof.Acceptable(request.JoinKey) || !proof.Acceptable(request.OwnerKey) {
		return Solution{}, false
	}
	puzzle := Puzzle(request.Token, Bind(request))
	return Solution{
		Request: request, nonces: list, target: token.Target, puzzle: puzzle, Mark: w.used.mark(puzzle),
		ends: int64(token.IssuedAt) + int64(token.TTL) + skewSeconds,
	}, true
}

// JudgeToken is PW-9 up to the effort; nil when all is good so far.
func (w *Work) JudgeToken(s Solution, from netip.Addr, now time.Time) *wire.Problem {
	w.keys.rotate(now)
	effort, _ := w.difficulty.ask(from, now)
	return w.keys.judge(s.Request.Token, now.Unix(), effort)
}

// Used tells whether this solution has made a room (PW-10).
func (w *Work) Used(s Solution) bool { return w.used.has(s.Mark, s.ends) }

// Full tells that no more solutions can be remembered for now.
func (w *Work) Full(s Solution) bool { return w.used.full(s.ends) }

// Use remembers that this solution has made a room.
func (w *Work) Use(s Solution, from netip.Addr, now time.Time) {
	w.used.add(s.Mark, s.ends)
	w.difficulty.count(from, now)
}

// Ascending tells whether the hits are in order (PW-6).
func (s Solution) Ascending() bool { return ascending(s.nonces) }

// Level is how much was paid, in quarters of a bit (PW-18).
func (s Solution) Level() uint8 { return uint8(4 * math.Log2(float64(max(1, Effort(hits, s.target))))) }

// Verify looks at the hits, a few requests at once while others wait; one too many is busy (PW-13). It may take a while
// and needs no lock. Without `perPrefix` addresses say nothing (LM-6).
func (w *Work) Verify(s Solution, from netip.Addr, perPrefix bool) *wire.Problem {
	select {
	case w.slots <- struct{}{}:
	default:
		if !w.wait(from, perPrefix) {
			return &wire.Busy
		}
	}
	defer func() { <-w.slots }()
	if !allHit(s.puzzle, s.nonces, s.target) {
		return &wire.Wrong
	}
	return nil
}

// wait waits for a slot; false when too many do.
func (w *Work) wait(from netip.Addr, perPrefix bool) bool {
	defer w.queue.Add(-1)
	if w.queue.Add(1) > waiting {
		return false
	}
	if perPrefix {
		prefix, ok := w.places.Take(from, ofPrefix)
		if !ok {
			return false
		}
		defer w.places.GiveBack(prefix)
	}
	w.slots <- struct{}{}
	return true
}

// Verifying is how many requests are being verified, and how many wait for it.
func (w *Work) Verifying() (running, waits int) {
	return len(w.slots), min(int(w.queue.Load()), waiting)
}

// Effort is what a room costs everybody now, in iterations (PW-16).
func (w *Work) Effort(now time.Time) uint64 { return w.difficulty.everybody(now) }
