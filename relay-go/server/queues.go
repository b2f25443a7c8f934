package server

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"pug/relay/wire"
)

// slowPart of a queue's bound is what a member may hold that is not slow (LM-10), and what is let stand before a close
// frame (LM-3).
const slowPart = 32

func (s *Server) slowBytes() int { return s.queueBytes() / slowPart }

// queues bounds all outboxes together (LM-10).
type queues struct {
	server *Server
	bytes  atomic.Int64

	lock sync.Mutex
	slow map[*outbox]struct{}

	relieving sync.Mutex // taken before everything else
}

func newQueues(s *Server) *queues { return &queues{server: s, slow: map[*outbox]struct{}{}} }

// changed counts what came to an outbox or went from it, and says whether it is slow.
func (q *queues) changed(o *outbox, bytes int) (slow bool) {
	q.bytes.Add(int64(bytes))
	slow = o.held > q.server.slowBytes()
	if slow == o.slow {
		return slow
	}
	q.lock.Lock()
	defer q.lock.Unlock()
	if slow {
		q.slow[o] = struct{}{}
	} else {
		delete(q.slow, o)
	}
	return slow
}

func (q *queues) fit() bool { return q.bytes.Load() <= int64(q.server.settings.MaxQueuedBytes) }

// relieve ends slow members, the longest queue first, until all fits. Whoever reads a socket calls it after each message:
// what one message adds is all that there ever is too much.
func (q *queues) relieve() {
	if q.fit() {
		return
	}
	q.relieving.Lock()
	defer q.relieving.Unlock()
	for _, o := range q.longestFirst() {
		if q.fit() {
			return
		}
		o.owner.leave(wire.WhySlow)
		o.owner.tooSlow()
	}
}

func (q *queues) longestFirst() []*outbox {
	q.lock.Lock()
	sizes := make(map[*outbox]int, len(q.slow))
	for o := range q.slow {
		sizes[o] = 0
	}
	q.lock.Unlock() // An outbox's lock is taken before this one.
	list := make([]*outbox, 0, len(sizes))
	for o := range sizes {
		sizes[o] = o.size()
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b *outbox) int { return cmp.Compare(sizes[b], sizes[a]) })
	return list
}
