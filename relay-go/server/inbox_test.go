package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/gobwas/ws"

	"pug/relay/wire"
)

const testFrameBytes = 5000

// heard reads everything out of these bytes, which arrive in pieces of this size, and tells it as text.
func heard(stream []byte, piece int) string {
	in := &inbox{}
	in.fill = func(in *inbox) error {
		if len(stream) == 0 {
			return io.EOF
		}
		count := copy(in.room(), stream[:min(piece, len(stream))])
		in.until += count
		stream = stream[count:]
		return nil
	}
	told := ""
	for {
		event, err := in.next(testFrameBytes)
		if why := (*ending)(nil); errors.As(err, &why) {
			return told + why.close.Name
		}
		if err != nil {
			return told + "end"
		}
		if len(event.payload) > testFrameBytes || (event.opcode == ws.OpText && len(event.payload) > wire.MaxControlBytes) {
			return "over the limit"
		}
		told += fmt.Sprintf("%d:%x ", event.opcode, event.payload)
	}
}

// from is a frame as clients send it.
func from(opcode ws.OpCode, fin bool, payload string) []byte {
	frame := ws.MaskFrameWith(ws.NewFrame(opcode, fin, []byte(payload)), [4]byte{1, 2, 3, 4})
	var b bytes.Buffer
	ws.MustWriteFrame(&b, frame)
	return b.Bytes()
}

func TestWhatArrivesInAnyPieces_SK_12(t *testing.T) {
	long := string(bytes.Repeat([]byte("x"), 4990))
	for _, c := range []struct {
		why    string
		frames [][]byte
		told   string
	}{
		{"whole messages", [][]byte{from(ws.OpText, true, "a"), from(ws.OpBinary, true, "b")}, "1:61 2:62 end"},
		{"an empty message", [][]byte{from(ws.OpBinary, true, "")}, "2: end"},
		{"a message that goes on, with a ping inside", [][]byte{
			from(ws.OpText, false, "a"), from(ws.OpPing, true, "p"), from(ws.OpContinuation, false, ""),
			from(ws.OpContinuation, true, "b"), from(ws.OpText, true, "c"),
		}, "9:70 0: 1:6162 1:63 end"},
		{"empty fragments", [][]byte{from(ws.OpBinary, false, ""), from(ws.OpContinuation, true, "")}, "0: 2: end"},
		{"one that is longer than a buffer", [][]byte{from(ws.OpBinary, true, long)}, fmt.Sprintf("2:%x end", long)},
		{"one that is too large", [][]byte{from(ws.OpBinary, true, long+"12345678901")}, "too_large"},
		{"one whose fragments are", [][]byte{from(ws.OpBinary, false, long), from(ws.OpContinuation, true, "12345678901")}, "too_large"},
		{"a text over its bound", [][]byte{from(ws.OpText, true, long)}, "bad_message"},
		{"a text that is no UTF-8", [][]byte{from(ws.OpText, true, "\xff")}, "invalid_utf8"},
		{"a text whose fragments break a character", [][]byte{from(ws.OpText, false, "\xc3"), from(ws.OpContinuation, true, "\xa4")}, "1:c3a4 end"},
		{"a continuation of nothing", [][]byte{from(ws.OpContinuation, true, "a")}, "protocol_error"},
		{"a message inside another", [][]byte{from(ws.OpText, false, "a"), from(ws.OpText, true, "b")}, "protocol_error"},
		{"a frame without a mask", [][]byte{{0x81, 1, 'a'}}, "protocol_error"},
		{"a reserved bit", [][]byte{{0xc1, 0x80, 0, 0, 0, 0}}, "protocol_error"},
		{"a reserved opcode", [][]byte{{0x83, 0x80, 0, 0, 0, 0}}, "protocol_error"},
		{"a ping that goes on", [][]byte{from(ws.OpPing, false, "a")}, "protocol_error"},
		{"a ping over 125 bytes", [][]byte{from(ws.OpPing, true, long[:126])}, "protocol_error"},
		{"a length of 2^63", [][]byte{{0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4}}, "protocol_error"},
		{"half a frame", [][]byte{from(ws.OpText, true, "abc")[:7]}, "end"},
	} {
		stream := bytes.Join(c.frames, nil)
		for _, piece := range []int{1, 3, 4096} {
			if told := heard(stream, piece); told != c.told {
				t.Errorf("%s, in pieces of %d: %.80s, not %.80s", c.why, piece, told, c.told)
			}
		}
	}
}

func TestAMessageInPartsTakesNoMoreThanItMay_OP_14(t *testing.T) {
	for _, part := range []int{1, 7, 999, 1500, testFrameBytes - 1} {
		stream, opcode, length := []byte{}, ws.OpBinary, 0
		for ; length+part <= testFrameBytes; length += part {
			stream = append(stream, from(opcode, false, string(make([]byte, part)))...)
			opcode = ws.OpContinuation
		}
		in := &inbox{}
		in.fill = func(in *inbox) error {
			if cap(in.message) > testFrameBytes {
				t.Errorf("in parts of %d bytes it takes %d", part, cap(in.message))
			}
			if len(stream) == 0 {
				return io.EOF
			}
			count := copy(in.room(), stream[:min(100, len(stream))])
			in.until, stream = in.until+count, stream[count:]
			return nil
		}
		if _, err := in.next(testFrameBytes); !errors.Is(err, io.EOF) || len(in.message) != length {
			t.Errorf("in parts of %d bytes %d came, %v", part, len(in.message), err)
		}
	}
}

func FuzzInbox(f *testing.F) {
	f.Add(from(ws.OpText, true, "a"))
	f.Add(append(from(ws.OpBinary, false, "a"), from(ws.OpContinuation, true, "b")...))
	f.Add([]byte{0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, stream []byte) {
		whole := heard(stream, inboxBytes)
		if whole == "over the limit" {
			t.Fatal(whole)
		}
		if single := heard(stream, 1); single != whole {
			t.Fatalf("in one piece %s, byte by byte %s", whole, single)
		}
	})
}
