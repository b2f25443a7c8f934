package server

import (
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"pug/relay/wire"
)

// metrics serves GET /metrics and nothing else (OP-8).
func (s *Server) metrics() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var a answer
		switch {
		case r.URL.EscapedPath() != "/metrics":
			a = s.problem(wire.NothingHere, nil)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			a = s.problem(wire.MethodNotAllowed, nil)
			a.allow = "GET, HEAD"
		default:
			a = text(200, s.metricsText())
			a.kind = "text/plain; version=0.0.4; charset=utf-8"
		}
		a.send(w, false)
	})
}

// exposition is the Prometheus text format.
type exposition struct{ strings.Builder }

func (e *exposition) head(name, kind, help string) {
	e.WriteString("# HELP " + name + " " + help + "\n# TYPE " + name + " " + kind + "\n")
}

func (e *exposition) gauge(name, help string, value float64) { e.one(name, "gauge", help, value) }

func (e *exposition) counter(name, help string, value int64) {
	e.one(name, "counter", help, float64(value))
}

func (e *exposition) one(name, kind, help string, value float64) {
	e.head(name, kind, help)
	e.WriteString(name + " " + strconv.FormatFloat(value, 'f', -1, 64) + "\n")
}

func (e *exposition) tally(name, help, label string, counts tally) {
	e.head(name, "counter", help)
	counts.write(&e.Builder, name, label)
}

// metricsText is every metric of OP-8.
func (s *Server) metricsText() string {
	var e exposition
	e.head("pug_build_info", "gauge", "Always 1.")
	e.WriteString(`pug_build_info{version="` + s.version + `"} 1` + "\n")
	e.gauge("pug_uptime_seconds", "Since the start.", s.running().Seconds())
	e.gauge("pug_resident_memory_bytes", "Memory the process holds.", residentBytes())
	draining := 0.0
	if s.draining.Load() {
		draining = 1
	}
	e.gauge("pug_draining", "1 while it drains.", draining)
	s.sizeMetrics(&e)
	c := &s.counts
	e.counter("pug_messages_total", "Frames taken from members.", c.messages.Load())
	e.counter("pug_message_bytes_total", "Payload bytes of these.", c.messageBytes.Load())
	e.counter("pug_deliveries_total", "Frames handed to members' sockets.", c.deliveries.Load())
	e.tally("pug_creations_total", "Answers to requests for a room.", "result", c.creations)
	e.tally("pug_joins_total", "Sockets that joined, or ended before they had.", "result", c.joins)
	e.tally("pug_closes_total", "Ended sockets.", "name", c.closes)
	e.tally("pug_refusals_total", "What a limit refused.", "limit", c.refusals)
	e.counter("pug_faults_total", "Faults of ours.", c.faults.Load())
	s.workMetrics(&e)
	s.lag.write(&e)
	return e.String()
}

func (s *Server) sizeMetrics(e *exposition) {
	rooms, waiting := s.hub.sizes()
	sockets, members := s.sockets(), int(s.counts.members.Load())
	e.gauge("pug_rooms", "Rooms that have been joined.", float64(rooms))
	e.gauge("pug_rooms_max", "How many there may be.", float64(s.settings.MaxRooms))
	e.gauge("pug_pending_rooms", "Rooms nobody has joined yet.", float64(waiting))
	e.gauge("pug_pending_rooms_max", "How many there may be.", float64(s.settings.MaxPendingRooms))
	e.gauge("pug_sockets", "Open sockets.", float64(sockets))
	e.gauge("pug_sockets_max", "How many there may be.", float64(s.mostSockets))
	e.gauge("pug_sockets_unjoined", "Those that have not joined.", float64(max(0, sockets-members)))
	e.gauge("pug_members", "Those that have.", float64(members))
}

func (s *Server) workMetrics(e *exposition) {
	running, waiting := s.hub.work.Verifying()
	e.gauge("pug_effort_iterations", "The effort asked for a room now.", float64(s.hub.effort()))
	e.gauge("pug_verifications_running", "Solutions being verified.", float64(running))
	e.gauge("pug_verifications_waiting", "Solutions waiting to be.", float64(waiting))
}

// residentBytes is what the system counts, or, where it does not tell in a file, what the run time has taken.
func residentBytes() float64 {
	if pages, err := os.ReadFile("/proc/self/statm"); err == nil {
		if fields := strings.Fields(string(pages)); len(fields) > 1 {
			resident, _ := strconv.ParseFloat(fields[1], 64)
			return resident * float64(os.Getpagesize())
		}
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return float64(stats.Sys - stats.HeapReleased)
}

// lag is how late a timer fires (OP-8).
type lag struct {
	lock   sync.Mutex
	counts [len(lagBounds) + 1]int64
	sum    float64
}

var lagBounds = [...]float64{0.001, 0.005, 0.025, 0.1, 0.5, 2.5} // seconds

func (l *lag) observe(late time.Duration) {
	l.lock.Lock()
	defer l.lock.Unlock()
	at := 0
	for at < len(lagBounds) && late.Seconds() > lagBounds[at] {
		at++
	}
	l.counts[at]++
	l.sum += late.Seconds()
}

func (l *lag) write(e *exposition) {
	const name = "pug_event_loop_lag_seconds"
	l.lock.Lock()
	defer l.lock.Unlock()
	e.head(name, "histogram", "How late a timer of 250 ms fires.")
	total := int64(0)
	for at, count := range l.counts {
		bound := "+Inf"
		if at < len(lagBounds) {
			bound = strconv.FormatFloat(lagBounds[at], 'f', -1, 64)
		}
		total += count
		e.WriteString(name + `_bucket{le="` + bound + `"} ` + strconv.FormatInt(total, 10) + "\n")
	}
	e.WriteString(name + "_sum " + strconv.FormatFloat(l.sum, 'f', -1, 64) + "\n")
	e.WriteString(name + "_count " + strconv.FormatInt(total, 10) + "\n")
}
