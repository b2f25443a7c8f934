package server

import (
	"sync"

	"github.com/gobwas/ws"
)

// outbox is what waits to be written to one socket. A room puts a frame into each of its members' outboxes and writes
// once for all that came in the meantime; a goroutine waits for a socket only while that does not take more.
type outbox struct {
	lock    sync.Mutex
	frames  [][]byte // whole WebSocket frames, shared with other outboxes: never changed
	begun   int      // bytes of the first frame that are written
	bytes   int      // of all messages in it (LM-3)
	held    int      // memory that these take, as `watch` knows it (LM-10)
	taken   int      // bytes that whoever writes has in hand
	writing bool     // somebody writes, or waits to
	closed  bool     // a close frame is the last of it: nothing comes after
	slow    bool     // it holds more than a reader that keeps up leaves (LM-10)
	watch   *queues  // nil where nobody does
	owner   *conn
}

const (
	// batchBytes is what one call writes at most; larger frames are written alone.
	batchBytes = 16 << 10
	// frameHeaderBytes is the longest header of a WebSocket frame that a server sends.
	frameHeaderBytes = 10
	// frameMemory is what a frame takes besides its bytes: its place in a list that may be twice as long, and the allocator's
	// part. Without it, a queue of one-byte messages held four times what it counted.
	frameMemory = 64
)

var batches = sync.Pool{New: func() any { return new([batchBytes]byte) }}

// sink writes what it can without waiting; a short count without an error means that the socket takes no more for now.
// Where a socket cannot be asked without waiting, it is nil.
type sink func(bytes []byte) (int, error)

// put adds a frame, unless more than `most` bytes would then wait (LM-3). After a close frame it does nothing.
func (o *outbox) put(frame []byte, most int) bool {
	o.lock.Lock()
	defer o.lock.Unlock()
	if o.closed {
		return true
	}
	if o.bytes+len(frame) > most+frameHeaderBytes {
		return false
	}
	o.frames = append(o.frames, frame)
	o.grew(len(frame))
	return true
}

// grew counts bytes that came, or, below 0, went, when they have.
func (o *outbox) grew(bytes int) {
	o.bytes += bytes
	before := o.held
	o.held = o.bytes + frameMemory*len(o.frames)
	if o.watch != nil {
		o.slow = o.watch.changed(o, o.held-before)
	}
}

// size is how much memory it holds.
func (o *outbox) size() int {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.held
}

// putClose adds the last frame. Where more than `most` waits before it, what nobody has begun to write is dropped: the
// peer is told its end sooner, and what stays is little (LM-3).
func (o *outbox) putClose(frame []byte, most int) {
	o.lock.Lock()
	defer o.lock.Unlock()
	if o.closed {
		return
	}
	dropped := 0
	if o.held > most {
		dropped = o.dropUnbegun()
	}
	o.frames, o.closed = append(o.frames, frame), true
	o.grew(len(frame) - dropped)
}

// dropUnbegun drops all frames but those that are written in part, or in the hand of whoever writes.
func (o *outbox) dropUnbegun() (bytes int) {
	kept, begun := 0, o.begun+o.taken
	for ; begun > 0; kept++ {
		begun -= len(o.frames[kept])
	}
	for _, frame := range o.frames[kept:] {
		bytes += len(frame)
	}
	clear(o.frames[kept:])
	o.frames = o.frames[:kept]
	return bytes
}

// drop forgets what waits; nothing comes after.
func (o *outbox) drop() {
	o.lock.Lock()
	defer o.lock.Unlock()
	o.frames, o.closed = nil, true
	o.grew(-o.bytes) // What is in hand is not counted any more.
}

// batch is the front of what waits, in one piece of up to batchBytes, or one frame.
func (o *outbox) batch(room *[batchBytes]byte) []byte {
	first := o.frames[0][o.begun:]
	if len(o.frames) == 1 || len(first)+len(o.frames[1]) > batchBytes {
		return first
	}
	whole := append(room[:0], first...)
	for _, frame := range o.frames[1:] {
		if len(whole)+len(frame) > batchBytes {
			break
		}
		whole = append(whole, frame...)
	}
	return whole
}

// wrote takes out what was written.
func (o *outbox) wrote(count int) {
	if o.closed && len(o.frames) == 0 {
		return // dropped while it was being written
	}
	o.begun += count
	done := 0
	for done < len(o.frames) && o.begun >= len(o.frames[done]) {
		o.begun -= len(o.frames[done])
		o.frames[done] = nil
		done++
	}
	if o.frames = o.frames[done:]; len(o.frames) == 0 {
		o.frames = nil
	}
	o.grew(-count)
}

// flush writes what the socket takes. With `wait` it goes on until all is written. It tells whether something is left
// that somebody must wait for, and the error that ended it.
func (o *outbox) flush(write sink, wait bool) (left bool, err error) {
	o.lock.Lock()
	defer o.lock.Unlock()
	if o.writing && !wait {
		return false, nil
	}
	o.writing = true
	room := batches.Get().(*[batchBytes]byte)
	defer batches.Put(room)
	for len(o.frames) > 0 {
		bytes := o.batch(room)
		o.taken = len(bytes)
		o.lock.Unlock()
		count, err := write(bytes)
		o.lock.Lock()
		o.taken = 0
		o.wrote(count)
		if err != nil {
			return false, err // It stays `writing`: nobody tries again.
		}
		if count < len(bytes) {
			return true, nil
		}
	}
	o.writing = false
	return false, nil
}

// written tells whether a close frame was put in and all is written.
func (o *outbox) written() bool {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.closed && len(o.frames) == 0
}

// frame makes a whole WebSocket frame with room for this many bytes, and says where they begin.
func frame(opcode ws.OpCode, length int) (bytes []byte, at int) {
	bytes = make([]byte, frameHeaderBytes+length)
	header := writer{bytes[:0]}
	_ = ws.WriteHeader(&header, ws.Header{Fin: true, OpCode: opcode, Length: int64(length)}) // A writer has no errors.
	at = len(header.bytes)
	return bytes[:at+length], at
}

type writer struct{ bytes []byte }

func (w *writer) Write(bytes []byte) (int, error) {
	w.bytes = append(w.bytes, bytes...)
	return len(bytes), nil
}

func textFrame(text string) []byte {
	bytes, at := frame(ws.OpText, len(text))
	copy(bytes[at:], text)
	return bytes
}

func closeFrame(code uint16, name string) []byte {
	body := ws.NewCloseFrameBody(ws.StatusCode(code), name)
	bytes, at := frame(ws.OpClose, len(body))
	copy(bytes[at:], body)
	return bytes
}
