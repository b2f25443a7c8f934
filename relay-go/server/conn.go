package server

import (
	"crypto/rand"
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"

	"pug/relay/limits"
	"pug/relay/wire"
)

// farewell is how long a socket that was told its end may take to say goodbye; one that has much left to read has time
// for no more than what is on its way already (LM-3).
const (
	farewell      = 3 * time.Second
	briefFarewell = 100 * time.Millisecond
)

// conn is one socket.
type conn struct {
	server *Server
	socket net.Conn
	write  sink
	inbox  inbox
	outbox outbox

	// Only the goroutine that reads touches these.
	nonce    *[32]byte // nil once it has joined
	messages limits.Bucket
	bytes    limits.Bucket

	heard atomic.Int64 // when something last arrived, on the server's running clock
	begun time.Duration
	waits *standing // in the doorway of the server, whose lock guards it
	// awaits is set while a room has put something into the outbox that it has not yet flushed; its lock guards it.
	awaits bool

	lock  sync.Mutex
	timer *time.Timer
	ended bool // it was told its end, or went
	// stay is set once, by the goroutine that reads, which alone may look at it without the lock.
	stay *stay
}

// stay is a membership. `present` is guarded by the room's lock.
type stay struct {
	room    *liveRoom
	number  uint32
	owner   bool
	present bool
}

// greet puts what a socket hears first (SK-3) before all that it may be told as soon as it is let in.
func (c *conn) greet(most int) {
	c.nonce = new([32]byte)
	rand.Read(c.nonce[:])
	c.outbox.put(textFrame(wire.Hello(*c.nonce)), most)
}

// start greets a new socket and reads it until its end; another one may have ended it already.
func (c *conn) start() {
	now := c.server.running()
	c.fillBuckets()
	c.begun = now
	c.heard.Store(int64(now))
	c.flush()
	c.lock.Lock()
	c.timer = time.AfterFunc(c.patience(), func() { c.server.guarded(c.watch) })
	c.lock.Unlock()
	c.server.goes(c.read)
}

func (c *conn) fillBuckets() {
	now := c.server.running()
	c.messages = c.server.messageRate().NewBucket(now)
	c.bytes = c.server.byteRate().NewBucket(now)
}

// prepare finds out how this socket is read and written. `read` was read off it already.
func (c *conn) prepare(read []byte) {
	fill, write := direct(c.socket)
	if fill == nil {
		fill = func(in *inbox) error {
			count, err := c.socket.Read(in.room())
			in.until += count
			if count > 0 {
				return nil
			}
			return err
		}
	}
	c.write = write
	c.outbox.watch, c.outbox.owner = c.server.queues, c
	c.inbox.fill = func(in *inbox) error {
		err := fill(in)
		c.heard.Store(int64(c.server.running()))
		return err
	}
	c.inbox.begin(read)
}

// patience is how long until watch must look again.
func (c *conn) patience() time.Duration {
	now := c.server.running()
	silent := now - time.Duration(c.heard.Load())
	next := c.server.idleTimeout() - silent
	if half := c.server.idleTimeout()/2 - silent; half > 0 {
		next = half
	}
	if c.stay == nil {
		next = min(next, c.begun+c.server.joinTimeout()-now)
	}
	return max(next, time.Millisecond)
}

// watch ends a socket that does not join in time (SK-4), or on which nothing arrives (SK-11); after half of that time it
// is asked for a sign of life.
func (c *conn) watch() {
	now := c.server.running()
	silent := now - time.Duration(c.heard.Load())
	c.lock.Lock()
	late := c.stay == nil && now >= c.begun+c.server.joinTimeout()
	ended := c.ended
	if !ended && !late {
		c.timer.Reset(c.patience())
	}
	c.lock.Unlock()
	switch {
	case ended:
	case late:
		if c.server.leavesDoorway(c) { // Otherwise it joins at this moment, and is looked at again.
			c.end(wire.JoinTimeout, false)
		}
	case silent >= c.server.idleTimeout():
		c.leave(wire.WhyLost)
		c.end(wire.Close{}, false)
		c.socket.Close()
	case silent >= c.server.idleTimeout()/2:
		c.send(ping)
	}
}

func (c *conn) read() {
	gone := c.hear()
	code := gone.close
	switch {
	case code == wire.Flooding:
		c.leave(wire.WhyFlood)
	case gone.byPeer && code.Code == uint16(ws.StatusNormalClosure):
		c.leave(wire.WhyLeft)
	default:
		c.leave(wire.WhyLost)
	}
	c.end(code, gone.byPeer)
	c.drain()
	c.socket.Close()
	c.outbox.drop() // What was never read counts no more (LM-10).
	c.lock.Lock()
	c.timer.Stop()
	c.lock.Unlock()
	c.server.forget(c)
}

// send writes a frame that is for this socket alone.
func (c *conn) send(frame []byte) *ending {
	if !c.outbox.put(frame, c.server.queueBytes()) {
		c.tooSlow()
		c.leave(wire.WhySlow)
		return lost
	}
	c.flush()
	return nil
}

// flush writes what the socket takes now; a goroutine waits for the rest.
func (c *conn) flush() {
	if c.write == nil {
		c.server.goes(func() { c.flushed(c.outbox.flush(c.socket.Write, false)) })
		return
	}
	c.flushed(c.outbox.flush(c.write, false))
}

func (c *conn) flushed(left bool, err error) {
	switch {
	case err != nil:
		c.socket.Close()
	case left:
		c.server.goes(func() { c.flushed(c.outbox.flush(c.socket.Write, true)) })
	default:
		c.finish()
	}
}

// finish ends our half when the close frame is out.
func (c *conn) finish() {
	if !c.outbox.written() {
		return
	}
	if half, ok := c.socket.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

// end tells the socket its end, once. A peer that closed is answered with its own code.
func (c *conn) end(why wire.Close, byPeer bool) {
	switch {
	case !c.conclude(why, byPeer):
		return
	case why.Code == 0: // The connection is gone.
		c.outbox.drop()
		return
	case !c.server.mayLinger(c, why):
		c.cut()
		return
	case why.Code == uint16(ws.StatusNoStatusRcvd):
		bytes, _ := frame(ws.OpClose, 0)
		c.outbox.putClose(bytes, c.server.slowBytes())
	default:
		c.outbox.putClose(closeFrame(why.Code, why.Name), c.server.slowBytes())
	}
	patience := farewell
	if c.outbox.size() > c.server.slowBytes() {
		patience = briefFarewell
	}
	_ = c.socket.SetDeadline(time.Now().Add(patience))
	c.flush()
}

// conclude marks the end of a socket and counts it; false when it had ended before.
func (c *conn) conclude(why wire.Close, byPeer bool) bool {
	c.lock.Lock()
	first := !c.ended
	c.ended = true
	joined := c.stay != nil
	c.lock.Unlock()
	if first {
		c.server.counts.ended(endName(why, byPeer), joined)
	}
	return first
}

func (c *conn) isEnded() bool {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.ended
}

// tooSlow cuts a socket that does not read; nothing more can be told to it (SK-12).
func (c *conn) tooSlow() {
	if c.conclude(wire.TooSlow, false) { // One turn of a room may find it too slow for several events.
		c.server.refused(limitQueue)
	}
	c.cut()
}

// cut ends a socket without a word, not even of TLS, which might have to wait.
func (c *conn) cut() {
	c.outbox.drop()
	socket := c.socket
	if secure, ok := socket.(*tls.Conn); ok {
		socket = secure.NetConn()
	}
	if plain, ok := socket.(*net.TCPConn); ok {
		_ = plain.SetLinger(0) // What the system holds for it is freed at once, too.
	}
	socket.Close()
}

// leave takes its member out of the room, if it still is in it.
func (c *conn) leave(why string) {
	c.lock.Lock()
	stay := c.stay
	c.lock.Unlock()
	if stay != nil {
		stay.room.leave(c, why)
	}
}

// tellClosing says how long the relay has (SK-14).
func (c *conn) tellClosing(inSeconds int) { c.send(textFrame(wire.Closing(inSeconds))) }

// restart closes a socket because the relay stops.
func (c *conn) restart() {
	c.leave(wire.WhyLost)
	c.end(wire.Restarting, false)
}

// drain reads on after our close frame, so that the system does not cut the connection under it, until the peer is
// gone or its time is up.
func (c *conn) drain() {
	for {
		c.inbox.from, c.inbox.until = 0, 0
		if c.inbox.fill(&c.inbox) != nil {
			break
		}
	}
	c.inbox.release()
}
