package server

import (
	"errors"
	"io"
	"sync"
	"unicode/utf8"

	"github.com/gobwas/ws"

	"pug/relay/wire"
)

// inbox reads WebSocket messages off one socket. It holds a buffer only while it has begun something.
type inbox struct {
	fill    func(inbox *inbox) error
	buffer  *[inboxBytes]byte
	from    int // of buffer: what was not read yet
	until   int
	message []byte // of a fragmented message, what has come
	opcode  ws.OpCode
	header  [ws.MaxHeaderSize - 2]byte
}

const inboxBytes = 4096

var buffers = sync.Pool{New: func() any { return new([inboxBytes]byte) }}

// ending is why a socket ends: a code of our own, one of RFC 6455, or the peer's own close.
type ending struct {
	close  wire.Close
	byPeer bool
}

func (e *ending) Error() string { return e.close.Name }

var (
	violated    = &ending{close: wire.Close{Code: uint16(ws.StatusProtocolError), Name: "protocol_error"}}
	invalidUTF8 = &ending{close: wire.Close{Code: uint16(ws.StatusInvalidFramePayloadData), Name: "invalid_utf8"}}
	malformed   = &ending{close: wire.BadMessage}
	tooLarge    = &ending{close: wire.TooLarge}
)

// event is one thing that arrived: a whole message, a ping, pong or close frame, or, as OpContinuation, an empty part of a
// message that goes on (LM-2). Its bytes are valid until the next.
type event struct {
	opcode  ws.OpCode
	payload []byte
}

// next reads on until something is whole, or came for nothing. `maxFrame` bounds binary messages; texts have the bound of SK-2.
func (in *inbox) next(maxFrame int) (event, error) {
	for {
		header, err := ws.ReadHeaderBuffer(in, in.header[:2])
		if errors.Is(err, ws.ErrHeaderLengthMSB) || errors.Is(err, ws.ErrHeaderLengthUnexpected) {
			return event{}, violated
		}
		if err != nil {
			return event{}, err
		}
		state := ws.StateServerSide
		if in.message != nil {
			state = state.Set(ws.StateFragmented)
		}
		if ws.CheckHeader(header, state) != nil {
			return event{}, violated
		}
		whole, err := in.take(header, maxFrame)
		if err != nil || whole.opcode != ws.OpContinuation || header.Length == 0 {
			return whole, err
		}
	}
}

// take reads a frame's payload. A message that goes on is kept; its opcode is then OpContinuation.
func (in *inbox) take(header ws.Header, maxFrame int) (event, error) {
	if header.OpCode.IsControl() {
		payload, err := in.payload(header)
		return event{header.OpCode, payload}, err
	}
	if header.OpCode != ws.OpContinuation {
		in.opcode = header.OpCode
	}
	most, tooLong := maxFrame, tooLarge
	if in.opcode == ws.OpText {
		most, tooLong = wire.MaxControlBytes, malformed
	}
	if header.Length > int64(most-len(in.message)) {
		return event{}, tooLong
	}
	if header.Fin && in.message == nil {
		payload, err := in.payload(header)
		return event{in.opcode, payload}, checked(in.opcode, payload, err)
	}
	if err := in.extend(header, most); err != nil {
		return event{}, err
	}
	if !header.Fin {
		return event{opcode: ws.OpContinuation}, nil
	}
	message := in.message
	in.message = nil
	return event{in.opcode, message}, checked(in.opcode, message, nil)
}

func checked(opcode ws.OpCode, payload []byte, err error) error {
	if err == nil && opcode == ws.OpText && !utf8.Valid(payload) {
		return invalidUTF8
	}
	return err
}

// payload reads a whole frame's bytes. Where they fit into the buffer they are a part of it.
func (in *inbox) payload(header ws.Header) ([]byte, error) {
	length := int(header.Length)
	if length > inboxBytes {
		bytes := make([]byte, length)
		return bytes, in.unmasked(bytes, header)
	}
	for in.until-in.from < length {
		if err := in.more(); err != nil {
			return nil, err
		}
	}
	if length == 0 {
		return nil, nil
	}
	bytes := in.buffer[in.from : in.from+length]
	in.from += length
	ws.Cipher(bytes, header.Mask, 0)
	return bytes, nil
}

// extend reads a fragment's bytes behind those that have come. What is held doubles, but never beyond the `most` bytes that
// the message may have: `append` would make room for a quarter more (OP-14).
func (in *inbox) extend(header ws.Header, most int) error {
	had := len(in.message)
	whole := had + int(header.Length)
	if in.message == nil || whole > cap(in.message) {
		larger := make([]byte, had, min(max(whole, 2*had), most))
		copy(larger, in.message)
		in.message = larger
	}
	in.message = in.message[:whole]
	return in.unmasked(in.message[had:], header)
}

func (in *inbox) unmasked(to []byte, header ws.Header) error {
	_, err := io.ReadFull(in, to)
	ws.Cipher(to, header.Mask, 0)
	return err
}

// Read gives what is in the buffer, and waits for more when there is nothing.
func (in *inbox) Read(to []byte) (int, error) {
	if in.from == in.until {
		if in.buffer != nil { // All of it was used: hold none while waiting.
			buffers.Put(in.buffer)
			in.buffer, in.from, in.until = nil, 0, 0
		}
		if err := in.fill(in); err != nil {
			return 0, err
		}
	}
	count := copy(to, in.buffer[in.from:in.until])
	in.from += count
	return count, nil
}

// more gets more bytes behind those that are in the buffer.
func (in *inbox) more() error {
	if in.buffer != nil && in.from > 0 {
		copy(in.buffer[:], in.buffer[in.from:in.until])
		in.from, in.until = 0, in.until-in.from
	}
	return in.fill(in)
}

// room is where fill may put bytes.
func (in *inbox) room() []byte {
	if in.buffer == nil {
		in.buffer = buffers.Get().(*[inboxBytes]byte)
	}
	return in.buffer[in.until:]
}

// release gives an unused buffer back before waiting.
func (in *inbox) release() {
	if in.buffer != nil && in.from == in.until {
		buffers.Put(in.buffer)
		in.buffer, in.from, in.until = nil, 0, 0
	}
}

// begin takes over what was read off the socket before it became a WebSocket.
func (in *inbox) begin(bytes []byte) {
	if len(bytes) > 0 {
		in.until = copy(in.room(), bytes)
	}
}
