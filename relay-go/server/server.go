// Package server is the relay: HTTP (spec/http.md), sockets (spec/socket.md), and how it is run (spec/operations.md).
package server

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"pug/relay/client"
	"pug/relay/limits"
	"pug/relay/settings"
)

const (
	// headerTimeout is how long a request may take to arrive; waitTimeout is how long a connection may go without one (LM-9).
	headerTimeout = 10 * time.Second
	waitTimeout   = 30 * time.Second
	// writeTimeout is for the whole answer: a page's largest script at the speed of a bad telephone line, the source at 100 kbit/s.
	writeTimeout   = 120 * time.Second
	maxHeaderBytes = 16 << 10
	// reserve of file descriptors for everything that is not a socket (OP-15).
	reserve = 64
)

// Server is one relay.
type Server struct {
	settings    *settings.Settings
	version     string
	log         *logger
	hub         *hub
	counts      counts
	prefixes    *limits.Prefixes
	proxies     proxies
	client      map[string]client.File
	docs        map[string]client.File
	paths       map[string]handler
	overTLS     bool
	mostSockets int
	started     time.Time
	lag         lag
	queues      *queues

	lock      sync.Mutex
	conns     map[*conn]struct{} // that are open
	lingering map[*conn]struct{} // that were told their end, and are still there (LM-9)
	doorway   doorway
	draining  atomic.Bool
	empty     chan struct{} // closed when the last socket is gone while draining
	once      sync.Once
}

// New makes a relay that listens to nothing yet. Its log goes to `log`.
func New(s *settings.Settings, version string, log io.Writer) *Server {
	server := &Server{
		settings: s, version: version, started: time.Now(), counts: newCounts(),
		client: client.Files(), docs: client.Docs(), overTLS: s.TLSCert != "",
		conns: map[*conn]struct{}{}, lingering: map[*conn]struct{}{}, doorway: newDoorway(),
		empty: make(chan struct{}), proxies: newProxies(s.TrustedProxies), mostSockets: mostSockets(int(s.MaxSockets)),
	}
	server.log = newLogger(log, server.now)
	server.prefixes = limits.NewPrefixes(server.now)
	server.hub = newHub(server)
	server.queues = newQueues(server)
	server.paths = server.routes()
	return server
}

// running is how long the relay runs, on a clock that does not jump.
func (s *Server) running() time.Duration { return time.Since(s.started) }

// now is the relay's clock: the system's at the start, advanced by one that never jumps (OP-12).
func (s *Server) now() time.Time { return s.started.Add(s.running()) }

func (s *Server) messageRate() limits.Rate {
	return limits.Rate{PerSecond: s.settings.MessagesPerSecond, Burst: s.settings.MessageBurst}
}

func (s *Server) byteRate() limits.Rate {
	return limits.Rate{PerSecond: s.settings.BytesPerSecond, Burst: s.settings.ByteBurst}
}

func (s *Server) queueBytes() int { return int(s.settings.QueueBytes) }

func (s *Server) idleTimeout() time.Duration {
	return time.Duration(s.settings.IdleTimeoutSeconds) * time.Second
}

func (s *Server) joinTimeout() time.Duration {
	return time.Duration(s.settings.JoinTimeoutSeconds) * time.Second
}

// refused counts what a limit refused (OP-9).
func (s *Server) refused(limit string) { s.counts.refusals.add(limit) }

// goes runs something beside everything else. A fault of ours in it ends the relay with one line that says so, and with
// none that could tell more (OP-10, RL-2).
func (s *Server) goes(do func()) { go s.guarded(do) }

func (s *Server) guarded(do func()) {
	defer func() {
		if recover() != nil {
			s.log.fault("uncaught_exception")
			exit(1)
		}
	}()
	do()
}

// unchained ends a connection after a body in chunks: a Content-Length may have stood beside it, which net/http takes away
// unseen, and a proxy that had gone by that would take what follows for another request (HT-4; RFC 9112, section 6.1).
func unchained(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TransferEncoding) > 0 {
			w.Header().Set("Connection", "close")
		}
		handler.ServeHTTP(w, r)
	})
}

// serve answers HTTP on a listener until it is closed.
func (s *Server) serve(listener net.Listener, handler http.Handler) *http.Server {
	server := &http.Server{
		Handler:           unchained(handler),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       headerTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       waitTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          log.New(io.Discard, "", 0), // It would write addresses (RL-2).
		TLSNextProto:      noHTTP2,
		// `OPTIONS *` is a path like any other that nobody knows.
		DisableGeneralOptionsHandler: true,
	}
	s.goes(func() {
		if err := server.Serve(patient{listener, s}); !errors.Is(err, http.ErrServerClosed) {
			s.log.fault("http")
		}
	})
	return server
}
