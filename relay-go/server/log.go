package server

import (
	"encoding/json"
	"io"
	"sync"
	"time"
)

// logger writes the log of OP-10. It is given numbers and words of ours, and nothing that came from anybody (RL-2).
type logger struct {
	lock    sync.Mutex
	to      io.Writer
	now     func() time.Time
	written chan struct{} // closed when the last line is written
}

// logPatience is for whoever reads the log: one who has stopped to read must hold nothing up but the log.
const logPatience = time.Second

func newLogger(to io.Writer, now func() time.Time) *logger {
	none := make(chan struct{})
	close(none)
	return &logger{to: to, now: now, written: none}
}

// field is one of a line, in the order of OP-10.
type field struct {
	name  string
	value any
}

func (l *logger) info(event string, fields ...field) { l.line(event, "info", fields) }

func (l *logger) warn(event string, fields ...field) { l.line(event, "warn", fields) }

func (l *logger) error(event string, fields ...field) { l.line(event, "error", fields) }

func (l *logger) fault(code string) { l.error("fault", field{"code", code}) }

func (l *logger) line(event, level string, fields []field) {
	line := `{"event":"` + event + `","ts":"` + l.now().UTC().Format("2006-01-02T15:04:05.000Z") + `","level":"` + level + `"`
	for _, f := range fields {
		value, _ := json.Marshal(f.value) // a number, a word or a truth value
		line += `,"` + f.name + `":` + string(value)
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	select {
	case <-l.written:
	default:
		return // Lost: the line before it still waits.
	}
	written := make(chan struct{})
	l.written = written
	go func() {
		_, _ = io.WriteString(l.to, line+"}\n") // Where even the log cannot be written, there is nowhere to say so.
		close(written)
	}()
	select {
	case <-written:
	case <-time.After(logPatience):
	}
}
