package server

import (
	"errors"

	"github.com/gobwas/ws"

	"pug/relay/wire"
)

var (
	lost     = &ending{byPeer: true}
	flooding = &ending{close: wire.Flooding}
)

// hear handles what arrives until the socket must end, and says why.
func (c *conn) hear() *ending {
	for {
		maxFrame := 0 // Nothing of a frame is read before the join, which is a text.
		if c.stay != nil {
			maxFrame = int(c.server.settings.MaxPayloadBytes) + wire.ClientHeaderBytes
		}
		event, err := c.inbox.next(maxFrame)
		var why *ending
		if err == nil {
			why = c.handle(event)
			c.server.queues.relieve()
		} else if !errors.As(err, &why) {
			why = lost
		} else if why == tooLarge && c.stay == nil {
			why = malformed // Whatever its size, it is not a join (SK-4).
		}
		if why != nil {
			return why
		}
	}
}

func (c *conn) handle(event event) *ending {
	if event.opcode != ws.OpClose && c.isEnded() {
		return lost // It was told; whatever it still says is not heard.
	}
	if event.opcode == ws.OpClose {
		return closedBy(event.payload)
	}
	now := c.server.running()
	if !c.messages.Take(c.server.messageRate(), 1, now) || !c.bytes.Take(c.server.byteRate(), len(event.payload), now) {
		c.server.refused(limitRate)
		return flooding
	}
	switch event.opcode {
	case ws.OpPong, ws.OpContinuation:
		return nil
	case ws.OpPing:
		bytes, at := frame(ws.OpPong, len(event.payload))
		copy(bytes[at:], event.payload)
		return c.send(bytes)
	case ws.OpText:
		return c.control(string(event.payload))
	default:
		return c.binary(event.payload)
	}
}

// closedBy reads a peer's close frame.
func closedBy(payload []byte) *ending {
	if len(payload) == 0 {
		return &ending{byPeer: true, close: wire.Close{Code: uint16(ws.StatusNoStatusRcvd)}}
	}
	if len(payload) == 1 {
		return violated
	}
	code, reason := ws.ParseCloseFrameData(payload)
	if ws.CheckCloseFrameData(code, reason) != nil {
		return violated
	}
	return &ending{byPeer: true, close: wire.Close{Code: uint16(code)}}
}

func (c *conn) binary(bytes []byte) *ending {
	to, payload, ok := wire.DecodeFrame(bytes)
	if c.stay == nil || !ok {
		return malformed
	}
	c.stay.room.relay(c.stay, to, payload)
	return nil
}

func (c *conn) control(text string) *ending {
	message, ok := wire.DecodeControl(text)
	join, isJoin := message.(wire.Join)
	if !ok || isJoin != (c.stay == nil) {
		return malformed
	}
	if isJoin {
		return c.join(join)
	}
	if _, isPing := message.(wire.Ping); isPing {
		return c.send(pong)
	}
	if !c.stay.owner {
		return malformed
	}
	room := c.stay.room
	switch message := message.(type) {
	case wire.Lock:
		room.setLock(c.stay, message.Locked)
	case wire.Remove:
		room.remove(c.stay, message.Member)
	case wire.Purge:
		room.purge(c.stay)
	}
	return nil
}

var (
	pong    = textFrame(wire.Pong)
	ping, _ = frame(ws.OpPing, 0)
)
