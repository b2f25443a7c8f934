package server

import (
	"encoding/base64"
	"net/http"
	"net/netip"
	"strings"

	"github.com/gobwas/ws"

	"pug/relay/limits"
	"pug/relay/wire"
)

// subprotocol is the one that is spoken here (SK-1).
const subprotocol = "pug.1"

var upgrader = ws.HTTPUpgrader{Protocol: func(offered string) bool { return offered == subprotocol }}

// upgrade makes a request a socket. What the library would refuse, in words of its own, is refused before.
func (s *Server) upgrade(w http.ResponseWriter, r *http.Request) *answer {
	switch {
	case !s.isOwnOrigin(r):
		return s.refuse(wire.OriginRefused)
	case s.draining.Load():
		return s.refuse(wire.Draining)
	case !isUpgrade(r):
		return s.refuse(wire.UpgradeRefused)
	}
	address := s.addressOf(r)
	r.Header.Set("Upgrade", "websocket") // The library knows no list of protocols.
	socket, buffered, _, err := upgrader.Upgrade(r, w)
	if err != nil {
		if socket != nil {
			socket.Close()
		}
		return nil
	}
	read, _ := buffered.Reader.Peek(buffered.Reader.Buffered()) // They are there.
	s.welcome(&conn{server: s, socket: socket}, address, read)
	return nil
}

// welcome starts a socket, where there is room for it (LM-1, LM-7).
func (s *Server) welcome(c *conn, address netip.Addr, read []byte) {
	if !s.settings.Shared {
		place, ok := s.prefixes.Enter(address, s.settings.MaxUnjoinedPerPrefix)
		if !ok {
			s.refused(limitPrefix)
			c.turnAway()
			return
		}
		c.place = &place
	}
	gone, ok := s.admit(c)
	if gone != nil || !ok {
		s.refused(limitSockets)
	}
	if gone != nil {
		gone.turnOut()
	}
	if !ok {
		s.giveBack(c)
		c.turnAway()
		return
	}
	c.start(read)
}

// isUpgrade tells whether a request is a WebSocket upgrade that offers the subprotocol (RFC 6455 section 4.2.1, SK-1).
func isUpgrade(r *http.Request) bool {
	key, err := base64.StdEncoding.DecodeString(r.Header.Get("Sec-Websocket-Key"))
	return r.Method == http.MethodGet && r.ProtoAtLeast(1, 1) && r.Host != "" &&
		names(r.Header, "Upgrade", func(name string) bool { return strings.EqualFold(name, "websocket") }) &&
		names(r.Header, "Connection", func(name string) bool { return strings.EqualFold(name, "upgrade") }) &&
		r.Header.Get("Sec-Websocket-Version") == "13" && err == nil && len(key) == 16 &&
		names(r.Header, "Sec-Websocket-Protocol", func(name string) bool { return name == subprotocol })
}

// names tells whether a header that lists names has one that fits.
func names(header http.Header, field string, fits func(string) bool) bool {
	for _, value := range header[field] {
		for name := range strings.SplitSeq(value, ",") {
			if fits(strings.Trim(name, " \t")) {
				return true
			}
		}
	}
	return false
}

// turnAway tells a new socket, greeted with nothing else, that there is no room.
func (c *conn) turnAway() {
	c.prepare(nil)
	c.turnOut()
	c.server.goes(func() { // Nobody else reads it.
		c.drain()
		c.socket.Close()
		c.outbox.drop()
	})
}

// turnOut closes a socket that has not joined, at once: whoever comes in its place needs it.
func (c *conn) turnOut() {
	c.end(wire.Overloaded, false)
	if c.write != nil {
		c.socket.Close()
	} // With TLS a goroutine still writes, and the deadline ends it.
}

const (
	// doorwayShare of all sockets may stand there without having joined (LM-7).
	doorwayShare = 0.1
	// While more than these shares of all sockets are taken, rooms do not begin, and newcomers are refused (LM-8).
	firstJoinShare = 0.8
	newcomerShare  = 0.9
)

// admit counts a socket among the open ones. Where there is no room it is let in for the one that has waited longest for
// its join, which is given back; where there is none to close, it is not let in (LM-7).
func (s *Server) admit(c *conn) (gone *conn, ok bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	doorway := max(1, int(doorwayShare*float64(s.mostSockets)))
	if len(s.conns) >= s.mostSockets || s.doorway.Len() >= doorway {
		oldest := s.doorway.Front()
		if oldest == nil {
			return nil, false
		}
		gone = s.doorway.Remove(oldest).(*conn)
		gone.waits = nil
		delete(s.conns, gone)
	}
	s.conns[c] = struct{}{}
	c.waits = s.doorway.PushBack(c)
	return gone, true
}

// takenSockets is the share of all sockets that are open.
func (s *Server) takenSockets() float64 { return float64(s.sockets()) / float64(s.mostSockets) }

// settle is for a socket that has joined: it does not count for its prefix any more (LM-1).
func (s *Server) settle(c *conn) {
	s.counts.joins.add("joined")
	s.giveBack(c)
	s.lock.Lock()
	s.leaveDoorway(c)
	s.lock.Unlock()
}

// forget is for a socket that is no more.
func (s *Server) forget(c *conn) {
	s.giveBack(c)
	s.lock.Lock()
	s.leaveDoorway(c)
	delete(s.conns, c)
	none := len(s.conns) == 0
	s.lock.Unlock()
	if none && s.draining.Load() {
		s.emptied()
	}
}

// leaveDoorway is called under the lock.
func (s *Server) leaveDoorway(c *conn) {
	if c.waits != nil {
		s.doorway.Remove(c.waits)
		c.waits = nil
	}
}

func (s *Server) giveBack(c *conn) {
	c.lock.Lock()
	var place *limits.Place
	place, c.place = c.place, nil
	c.lock.Unlock()
	if place != nil {
		s.prefixes.Leave(*place)
	}
}
