package server

import (
	"encoding/base64"
	"net/http"
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
	case !isUpgrade(r):
		return s.refuse(wire.UpgradeRefused)
	case s.draining.Load():
		return s.refuse(wire.Draining)
	}
	address := s.proxies.addressOf(r)
	r.Header.Set("Upgrade", "websocket") // The library knows no list of protocols.
	socket, buffered, _, err := upgrader.Upgrade(r, w)
	if err != nil {
		if socket != nil {
			socket.Close()
		}
		return nil
	}
	read, _ := buffered.Reader.Peek(buffered.Reader.Buffered()) // They are there.
	c := &conn{server: s, socket: socket}
	if !s.admit(c) {
		s.turnAway(c, limitSockets)
		return nil
	}
	if !s.settings.Shared {
		place, ok := s.prefixes.Enter(address, s.settings.MaxUnjoinedPerPrefix)
		if !ok {
			s.turnAway(c, limitPrefix)
			return nil
		}
		c.place = &place
	}
	c.start(read)
	return nil
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

// turnAway tells a socket, greeted with nothing else, that there is no room (1013).
func (s *Server) turnAway(c *conn, limit string) {
	s.refused(limit)
	c.prepare(nil)
	c.end(wire.Overloaded, false)
	s.goes(func() {
		c.drain()
		c.socket.Close()
		s.forget(c)
	})
}

// admit counts a socket among the open ones, unless there are as many as there may be.
func (s *Server) admit(c *conn) bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	if len(s.conns) >= s.mostSockets {
		return false
	}
	s.conns[c] = struct{}{}
	return true
}

// settle is for a socket that has joined: it does not count for its prefix any more (LM-1).
func (s *Server) settle(c *conn) {
	s.counts.joins.add("joined")
	s.giveBack(c)
}

// forget is for a socket that is no more.
func (s *Server) forget(c *conn) {
	s.giveBack(c)
	s.lock.Lock()
	delete(s.conns, c)
	none := len(s.conns) == 0
	s.lock.Unlock()
	if none && s.draining.Load() {
		s.emptied()
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
