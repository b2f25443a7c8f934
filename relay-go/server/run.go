package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// exit ends the process; a test may look instead.
var exit = os.Exit

// listeners are all that are open, with the TLS listener's certificate.
type listeners struct {
	main, redirect, metrics net.Listener
	shown                   *shown
}

// listen opens what the settings ask for (OP-2).
func (s *Server) listen() (*listeners, error) {
	var l listeners
	var err error
	if s.settings.UnixSocket != "" {
		l.main, err = listenUnix(s.settings.UnixSocket)
	} else {
		l.main, err = net.Listen("tcp", net.JoinHostPort(s.settings.Host, strconv.Itoa(int(s.settings.Port))))
	}
	if err != nil {
		return nil, err
	}
	if s.overTLS {
		pair, err := readPair(s.settings)
		if err != nil {
			return nil, err
		}
		l.shown = &shown{}
		l.shown.pair.Store(pair)
		l.main = tls.NewListener(l.main, l.shown.config())
	}
	for _, side := range []struct {
		address string
		to      *net.Listener
	}{{s.settings.RedirectListen, &l.redirect}, {s.settings.MetricsListen, &l.metrics}} {
		if side.address == "" {
			continue
		}
		if *side.to, err = net.Listen("tcp", side.address); err != nil {
			return nil, err
		}
	}
	return &l, nil
}

// listenUnix replaces a socket that an earlier process left behind and on which nobody answers (OP-3).
func listenUnix(path string) (net.Listener, error) {
	listener, err := net.Listen("unix", path)
	if err == nil {
		return listener, nil
	}
	info, missing := os.Lstat(path)
	if missing != nil || info.Mode().Type() != os.ModeSocket {
		return nil, err
	}
	peer, refusal := net.Dial("unix", path)
	if refusal == nil {
		peer.Close()
	}
	// Whatever else it says, somebody may be there, who has no time, or lets only others in.
	if !isRefused(refusal) || os.Remove(path) != nil {
		return nil, err
	}
	return net.Listen("unix", path)
}

// isRefused tells that nobody listens. Windows has a number of its own for it, that is no other's elsewhere.
func isRefused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.Errno(10061))
}

func portOf(listener net.Listener) *int {
	if listener == nil {
		return nil
	}
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return nil
	}
	return &address.Port
}

// Run serves until a signal ends it, and returns the exit code. `confine` is called once everything is open and read,
// before anything is accepted.
func (s *Server) Run(confine func() error) int {
	open, err := s.listen()
	if err == nil {
		err = confine()
	}
	if err != nil {
		s.log.fault("listen_failed")
		return 1
	}
	ends, hangups := make(chan os.Signal, 2), make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM, syscall.SIGINT)
	if s.overTLS {
		signal.Notify(hangups, syscall.SIGHUP)
	}
	signal.Ignore(syscall.SIGPIPE) // Nobody need read what stands on stdout.
	s.announce(open)
	servers := s.serveAll(open)
	s.goes(s.watchTimers)
	s.goes(s.report)
	s.goes(func() { // A file may be slow to read, and an end must not wait for it.
		for range hangups {
			s.reload(open.shown)
		}
	})
	<-ends
	s.goes(func() {
		<-ends
		exit(1) // SK-14: a second signal ends it at once.
	})
	s.drain()
	for _, server := range servers {
		stop(server)
	}
	s.log.info("stopped")
	return 0
}

func (s *Server) serveAll(open *listeners) []*http.Server {
	servers := []*http.Server{s.serve(open.main, s)}
	if open.redirect != nil {
		servers = append(servers, s.serve(open.redirect, s.redirect(*portOf(open.main))))
	}
	if open.metrics != nil {
		servers = append(servers, s.serve(open.metrics, s.metrics()))
	}
	return servers
}

// stop lets answers that are under way end.
func stop(server *http.Server) {
	ended, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = server.Shutdown(ended)
	server.Close()
}

func (s *Server) announce(open *listeners) {
	s.log.info("listening", field{"port", portOf(open.main)}, field{"tls", s.overTLS},
		field{"redirectPort", portOf(open.redirect)}, field{"metricsPort", portOf(open.metrics)},
		field{"sockets", s.mostSockets}, field{"webClient", len(s.client) > 0}, field{"docs", len(s.docs) > 0})
	fmt.Println("Pug Network is running: " + s.address(open))
}

// address is where a person on this machine finds the relay.
func (s *Server) address(open *listeners) string {
	port := portOf(open.main)
	if port == nil {
		return "unix socket " + s.settings.UnixSocket
	}
	scheme, host := "http", s.settings.Host
	if s.overTLS {
		scheme = "https"
	}
	if host == "0.0.0.0" || host == "::" {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(*port))
}

// drain tells every socket that the relay stops, closes all of them over the time there is, and waits for them (SK-14).
func (s *Server) drain() {
	seconds := int(s.settings.DrainSeconds)
	rooms, _ := s.hub.sizes()
	s.log.info("draining", field{"seconds", seconds}, field{"sockets", s.sockets()}, field{"rooms", rooms})
	s.draining.Store(true)
	s.closeOver(s.all(), time.Duration(seconds)*time.Second)
	if s.isEmpty() {
		return
	}
	select {
	case <-s.empty:
	case <-time.After(farewell):
	}
}

// step is how often sockets are closed while there is time.
const step = 50 * time.Millisecond

func (s *Server) closeOver(open []*conn, length time.Duration) {
	for _, c := range open {
		c.tellClosing(int(length / time.Second))
	}
	start := s.running()
	for done := 0; done < len(open); {
		share := 1.0
		if length > 0 {
			share = min(1, (s.running()-start).Seconds()/length.Seconds())
		}
		for ; done < int(share*float64(len(open))); done++ {
			open[done].restart()
		}
		if done < len(open) && s.restsFor(step) {
			return
		}
	}
}

// restsFor waits, unless the last socket goes meanwhile.
func (s *Server) restsFor(left time.Duration) (empty bool) {
	select {
	case <-s.empty:
		return true
	case <-time.After(left):
		return false
	}
}

func (s *Server) emptied() { s.once.Do(func() { close(s.empty) }) }

func (s *Server) sockets() int {
	s.lock.Lock()
	defer s.lock.Unlock()
	return len(s.conns)
}

// isEmpty tells whether no socket is left, not even one that lingers.
func (s *Server) isEmpty() bool {
	s.lock.Lock()
	defer s.lock.Unlock()
	return len(s.conns)+len(s.lingering) == 0
}

func (s *Server) all() []*conn {
	s.lock.Lock()
	defer s.lock.Unlock()
	all := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		all = append(all, c)
	}
	return all
}

const lagEvery = 250 * time.Millisecond

// watchTimers measures how late timers fire.
func (s *Server) watchTimers() {
	for {
		due := s.running() + lagEvery
		time.Sleep(lagEvery)
		s.lag.observe(s.running() - due)
	}
}
