package server

import (
	"container/list"

	"pug/relay/limits"
	"pug/relay/wire"
)

const (
	// doorwayShare of all sockets may stand there without having joined (LM-7).
	doorwayShare = 0.1
	// While more than these shares of all sockets are taken, rooms do not begin, and newcomers are refused (LM-8).
	firstJoinShare = 0.8
	newcomerShare  = 0.9
	// Closed sockets that are still there are at most this share of all, or so many where that is more: these are in the
	// reserve of descriptors, and those beyond count as taken (LM-9).
	lingerShare  = 0.1
	lingerAlways = 32
)

// doorway holds the sockets that have not joined, the longest waiting first: all of them (LM-7), and those of each address
// prefix (LM-4). Whoever takes a socket out decides what becomes of it: it joins, gives way, or is too late. The server's
// lock guards it.
type doorway struct {
	all    list.List
	nearby map[limits.Prefix]*list.List
}

// standing is a socket's place in the doorway. Where addresses say nothing (LM-6), `nearby` is nil.
type standing struct {
	prefix      limits.Prefix
	all, nearby *list.Element
}

func newDoorway() doorway { return doorway{nearby: map[limits.Prefix]*list.List{}} }

func (d *doorway) enter(c *conn, prefix *limits.Prefix) {
	c.waits = &standing{all: d.all.PushBack(c)}
	if prefix == nil {
		return
	}
	if d.nearby[*prefix] == nil {
		d.nearby[*prefix] = list.New()
	}
	c.waits.prefix, c.waits.nearby = *prefix, d.nearby[*prefix].PushBack(c)
}

// leave tells whether the socket still stood there.
func (d *doorway) leave(c *conn) bool {
	place := c.waits
	if place == nil {
		return false
	}
	c.waits = nil
	d.all.Remove(place.all)
	if place.nearby != nil {
		nearby := d.nearby[place.prefix]
		if nearby.Remove(place.nearby); nearby.Len() == 0 {
			delete(d.nearby, place.prefix)
		}
	}
	return true
}

// firstOf is the one that has waited longest of a prefix from which so many wait, or nil.
func (d *doorway) firstOf(prefix *limits.Prefix, most uint32) *conn {
	if prefix == nil || d.nearby[*prefix] == nil || d.nearby[*prefix].Len() < int(most) {
		return nil
	}
	return d.nearby[*prefix].Front().Value.(*conn)
}

// first is the one that has waited longest of all, or nil.
func (d *doorway) first() *conn {
	if first := d.all.Front(); first != nil {
		return first.Value.(*conn)
	}
	return nil
}

// admit lets a socket in. Where it is one too many, of its prefix (LM-4) or in all (LM-7), the one that has waited longest
// for its join must go, of which this tells, and of the limit; where none waits, that is the new one itself.
func (s *Server) admit(c *conn, prefix *limits.Prefix) (gone *conn, limit string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	limit = limitPrefix
	gone = s.doorway.firstOf(prefix, s.settings.MaxUnjoinedPerPrefix)
	mostUnjoined := max(1, int(doorwayShare*float64(s.mostSockets)))
	if gone == nil && (s.taken() >= s.mostSockets || s.doorway.all.Len() >= mostUnjoined) {
		limit = limitSockets
		if gone = s.doorway.first(); gone == nil {
			return c, limit
		}
	}
	if gone != nil {
		s.doorway.leave(gone)
		delete(s.conns, gone)
	}
	s.conns[c] = struct{}{}
	s.doorway.enter(c, prefix)
	c.greet(s.queueBytes())
	return gone, limit
}

// leavesDoorway takes a socket out of the doorway; false when somebody else was faster.
func (s *Server) leavesDoorway(c *conn) bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.doorway.leave(c)
}

// taken is how many places of sockets are taken, by the lock's holder.
func (s *Server) taken() int { return len(s.conns) + max(0, len(s.lingering)-lingerAlways) }

// takenSockets is the share of all places of sockets that are taken.
func (s *Server) takenSockets() float64 {
	s.lock.Lock()
	defer s.lock.Unlock()
	return float64(s.taken()) / float64(s.mostSockets)
}

// mayLinger is for a socket that has ended: it is open no more. It tells whether it may be told why, and keep its
// connection until the other side lets go of it, without taking a place that is kept for who comes back (LM-9).
func (s *Server) mayLinger(c *conn, why wire.Close) bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.doorway.leave(c)
	delete(s.conns, c)
	most := max(lingerAlways, int(lingerShare*float64(s.mostSockets)))
	if float64(s.taken()) >= newcomerShare*float64(s.mostSockets) {
		most = lingerAlways
	}
	if len(s.lingering) >= most && why != wire.Restarting {
		return false
	}
	s.lingering[c] = struct{}{}
	return true
}

// forget is for a socket that is no more.
func (s *Server) forget(c *conn) {
	s.lock.Lock()
	s.doorway.leave(c)
	delete(s.conns, c)
	delete(s.lingering, c)
	none := len(s.conns)+len(s.lingering) == 0
	s.lock.Unlock()
	if none && s.draining.Load() {
		s.emptied()
	}
}
