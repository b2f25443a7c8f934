package server

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
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
	o.putClose(frame)
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
