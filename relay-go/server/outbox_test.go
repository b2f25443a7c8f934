package server

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/gobwas/ws"

	"pug/relay/settings"
	"pug/relay/wire"
)

func TestTheOutboxWritesAllInOrderThroughAnySocket_SK_9(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var o outbox
	var put, got []byte
	write := func(b []byte) (int, error) {
		count := random.IntN(len(b) + 1)
		got = append(got, b[:count]...)
		return count, nil
	}
	for n := range 3000 {
		frame := bytes.Repeat([]byte{byte(n)}, 1+random.IntN(9000)*(n%3))
		if !o.put(frame, 1<<30) {
			t.Fatal("refused within its bound")
		}
		put = append(put, frame...)
		if left, err := o.flush(write, n%2 == 0); err != nil || (left && !o.writing) {
			t.Fatal("somebody must wait for what is left")
		}
	}
	for o.bytes > 0 {
		o.flush(write, true)
	}
	if !bytes.Equal(put, got) || len(o.frames) != 0 || o.begun != 0 {
		t.Fatalf("%d bytes were put in, %d came out", len(put), len(got))
	}
}

func TestTheOutboxHoldsNoMoreThanItsBound_LM_3(t *testing.T) {
	var o outbox
	frame := make([]byte, 100)
	held := 0
	for o.put(frame, 1000) {
		held += len(frame)
	}
	if held != 1000 || o.bytes != 1000 {
		t.Fatalf("it holds %d of 1,000 bytes", held)
	}
	o.putClose(frame, 2000)
	if !o.put(frame, 1000) || len(o.frames) != 11 {
		t.Fatal("after a close frame something comes")
	}
	o.drop()
	if o.bytes != 0 || !o.written() {
		t.Fatal("what was dropped is held")
	}
}

func TestASocketThatBrokeIsNotTriedAgain(t *testing.T) {
	var o outbox
	tries := 0
	broken := func([]byte) (int, error) { tries++; return 0, errors.New("broken") }
	for range 3 {
		o.put([]byte{1}, 100)
		o.flush(broken, false)
	}
	if tries != 1 {
		t.Fatalf("it was tried %d times", tries)
	}
}

func TestWhatIsToldItsEndKeepsLittle_LM_3(t *testing.T) {
	var o outbox
	var got []byte
	some := func(b []byte) (int, error) { got = append(got, b[:30]...); return 30, nil }
	numbered := func(n int) []byte { return bytes.Repeat([]byte{byte(n)}, 50) }
	for n := range 1000 {
		o.put(numbered(n), 1<<30)
	}
	o.flush(some, false) // The first is written in part.
	inHand := func(b []byte) (int, error) {
		o.putClose([]byte("close"), 10_000)
		got = append(got, b...)
		return len(b), nil
	}
	if left, err := o.flush(inHand, true); left || err != nil || !o.written() || o.bytes != 0 || o.held != 0 {
		t.Fatal("something is left")
	}
	// What was in the hand of whoever wrote goes out whole, and the close frame comes right behind it.
	whole := len(got) - len("close")
	if whole%50 != 0 || whole > batchBytes+50 || !bytes.HasSuffix(got, []byte("close")) {
		t.Fatalf("%d bytes before %q", whole, got[whole:])
	}
	for at := range whole {
		if got[at] != byte(at/50) {
			t.Fatal("a frame is cut or out of order")
		}
	}
}

func TestAQueueOfSmallMessagesIsCountedAsWhatItTakes_LM_10_OP_14(t *testing.T) {
	o := outbox{watch: newQueues(&Server{settings: &settings.Settings{Policy: wire.Policy{QueueBytes: 1 << 20}}})}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for count := 0; count < 90_000; count++ {
		bytes, _ := frame(ws.OpBinary, 9) // A payload of one byte.
		if !o.put(bytes, 1<<20) {
			t.Fatal("refused within its bound")
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if taken, counted := int64(after.HeapAlloc-before.HeapAlloc), o.watch.bytes.Load(); taken > counted {
		t.Fatalf("it takes %d bytes and counts %d", taken, counted)
	}
	if o.drop(); o.watch.bytes.Load() != 0 {
		t.Fatal("what was dropped is counted")
	}
}
