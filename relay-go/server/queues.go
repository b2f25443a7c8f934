package server

import (
	"container/list"
	"sync"
	"sync/atomic"

	"pug/relay/wire"
)

// slowPart of a queue's bound is what a member may hold that is not slow (LM-10), and closingPart what may stand before a
// close frame (LM-3).
const (
	slowPart    = 32
	closingPart = 4
)

// queues bounds all outboxes together (LM-10).
type queues struct {
	server    *Server
	bytes     atomic.Int64
	relieving atomic.Bool

	lock   sync.Mutex
	slow   list.List // those that are slow, for the longest time first
	places map[*outbox]*list.Element
}

func newQueues(s *Server) *queues { return &queues{server: s, places: map[*outbox]*list.Element{}} }

// changed counts what came to an outbox or went from it, and says whether it is slow.
func (q *queues) changed(o *outbox, bytes int) (slow bool) {
	all := q.bytes.Add(int64(bytes))
	if slow = o.bytes > q.server.queueBytes()/slowPart; slow != o.slow {
		q.mark(o, slow)
	}
	if all > int64(q.server.settings.MaxQueuedBytes) && q.relieving.CompareAndSwap(false, true) {
		q.server.goes(q.relieve)
	}
	return slow
}

func (q *queues) mark(o *outbox, slow bool) {
	q.lock.Lock()
	defer q.lock.Unlock()
	if slow {
		q.places[o] = q.slow.PushBack(o)
	} else if place, there := q.places[o]; there {
		q.slow.Remove(place)
		delete(q.places, o)
	}
}

// relieve ends those that have been slow for longest, until all fits.
func (q *queues) relieve() {
	defer q.relieving.Store(false)
	for q.bytes.Load() > int64(q.server.settings.MaxQueuedBytes) {
		q.lock.Lock()
		first := q.slow.Front()
		q.lock.Unlock()
		if first == nil {
			return
		}
		slowest := first.Value.(*outbox).owner
		slowest.leave(wire.WhySlow)
		slowest.tooSlow()
	}
}
