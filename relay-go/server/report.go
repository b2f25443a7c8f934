package server

import "time"

const (
	lookEvery   = time.Second
	lineEvery   = time.Minute // at most, for each limit and for the difficulty (OP-10)
	countsEvery = time.Hour
)

// said is when a line was last written, and of what.
type said struct {
	at    time.Duration
	count int64
}

// report writes the lines of OP-10 that come by themselves.
func (s *Server) report() {
	limits := map[string]*said{}
	for _, name := range limitNames {
		limits[name] = &said{at: -lineEvery}
	}
	effort := said{at: -lineEvery, count: int64(s.hub.effort())}
	counted := s.running()
	for {
		time.Sleep(lookEvery)
		now := s.running()
		for _, name := range limitNames {
			s.reportLimit(name, limits[name], now)
		}
		s.reportDifficulty(&effort, now)
		if now-counted >= countsEvery {
			counted = now
			s.reportCounts()
		}
	}
}

func (s *Server) reportLimit(name string, last *said, now time.Duration) {
	count := s.counts.refusals.counts[name].Load()
	if count == last.count || now-last.at < lineEvery {
		return
	}
	s.log.warn("limit", field{"limit", name}, field{"refused", count - last.count})
	*last = said{now, count}
}

func (s *Server) reportDifficulty(last *said, now time.Duration) {
	effort := int64(s.hub.effort())
	if now-last.at < lineEvery || (effort < 2*last.count && last.count < 2*effort) {
		return
	}
	s.log.info("difficulty", field{"effort", effort}, field{"was", last.count})
	*last = said{now, effort}
}

func (s *Server) reportCounts() {
	rooms, waiting := s.hub.sizes()
	s.log.info("counts", field{"rooms", rooms}, field{"pending", waiting}, field{"sockets", s.sockets()},
		field{"members", s.counts.members.Load()}, field{"messages", s.counts.messages.Load()},
		field{"bytes", s.counts.messageBytes.Load()})
}
