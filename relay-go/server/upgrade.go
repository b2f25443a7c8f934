package server

import (
	"encoding/base64"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gobwas/ws"

	"pug/relay/limits"
	"pug/relay/wire"
)

// subprotocol is the one that is spoken here (SK-1).
const subprotocol = "pug.1"

const upgradeTimeout = 10 * time.Second

var upgrader = ws.HTTPUpgrader{
	Protocol: func(offered string) bool { return offered == subprotocol },
	// Until it is answered it is no socket and has no limit but this (LM-9): whoever left other answers unread has no room
	// for one more.
	Timeout: upgradeTimeout,
}

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

// welcome starts a socket, and ends the one that must go for it, which may be itself (LM-4, LM-7).
func (s *Server) welcome(c *conn, address netip.Addr, read []byte) {
	c.prepare(read)
	var prefix *limits.Prefix
	if !s.settings.Shared {
		of := s.prefixes.Of(address)
		prefix = &of
	}
	if gone, limit := s.admit(c, prefix); gone != nil {
		s.refused(limit)
		gone.end(wire.Overloaded, false)
	}
	c.start()
	if s.draining.Load() { // Since it was asked; the drain may not know of this one (SK-14).
		c.restart()
	}
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
