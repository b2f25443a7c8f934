package wire

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// If it decodes, it is written again as the same bytes: there is no second spelling of anything.

func FuzzControl(f *testing.F) {
	for _, text := range []string{
		`{"type":"ping"}`, `{"type":"purge"}`, `{"type":"lock","locked":true}`, `{"type":"remove","member":4294967295}`,
		spell(Join{OwnerProof: &[64]byte{1}, Ticket: &[16]byte{2}}), spell(Join{}), `{"type":"ping",}`, ``,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if message, ok := DecodeControl(text); ok && spell(message) != text {
			t.Fatalf("%q is also %q", text, spell(message))
		}
	})
}

func FuzzCreateRequest(f *testing.F) {
	f.Add(spellCreate(CreateRequest{Solution: make([]byte, 32), TTLSeconds: 1, Capacity: 1}))
	f.Add(spellCreate(CreateRequest{TTLSeconds: 1<<32 - 1, Capacity: 1<<16 - 1}))
	f.Fuzz(func(t *testing.T, text string) {
		if request, ok := DecodeCreateRequest(text); ok && spellCreate(request) != text {
			t.Fatalf("%q is also %q", text, spellCreate(request))
		}
	})
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 1})
	f.Add([]byte{0, 0, 0})
	f.Fuzz(func(t *testing.T, frame []byte) {
		to, payload, ok := DecodeFrame(frame)
		if again := append(binary.BigEndian.AppendUint32(nil, to), payload...); ok && !bytes.Equal(again, frame) {
			t.Fatalf("%x is also %x", frame, again)
		}
	})
}

func FuzzBase64url(f *testing.F) {
	f.Add("AQ")
	f.Add("A\nQ")
	f.Fuzz(func(t *testing.T, text string) {
		if bytes, ok := Decode(text); ok && Encode(bytes) != text {
			t.Fatalf("%q is also %q", text, Encode(bytes))
		}
	})
}
