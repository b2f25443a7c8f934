package wire

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"pug/relay/vectors"
)

func TestControlMessagesOfClients_SK_2_SK_5_HT_1(t *testing.T) {
	vectors.Each(t, "control", "*", func(t *testing.T, v vectors.Vector) {
		text := v.Text("text")
		if v.Text("sender") != "client" {
			return
		}
		message, ok := DecodeControl(text)
		if ok != v.Accepted() {
			t.Fatalf("accepted: %v", ok)
		}
		if ok && spell(message) != text {
			t.Fatalf("written again it is %s", spell(message))
		}
	})
}

func TestControlMessagesOfTheRelay_SK_6(t *testing.T) {
	vectors.Each(t, "control", "relay-*", func(t *testing.T, v vectors.Vector) {
		if !v.Accepted() || v.Text("sender") != "relay" {
			return
		}
		if text := spellAsRelay(t, v); text != v.Text("text") {
			t.Fatalf("written it is %s", text)
		}
	})
}

// relayMessage is any message of SK-6.
type relayMessage struct {
	Type, Why, Nonce, Ticket string
	Seq, Member              uint32
	Members, Owners          []uint32
	Now, ExpiresAt           int64
	Capacity                 uint16
	Locked, Owner            bool
	InSeconds                int
}

func spellAsRelay(t *testing.T, v vectors.Vector) string {
	var m relayMessage
	v.Into("message", &m)
	switch m.Type {
	case "hello":
		return Hello([32]byte(b64uBytes(t, m.Nonce)))
	case "joined":
		return Joined{
			m.Member, m.Members, m.Owners, m.Seq, m.Now, m.ExpiresAt, m.Capacity, m.Locked, [16]byte(b64uBytes(t, m.Ticket)),
		}.Encode()
	case "join":
		return MemberJoined(m.Seq, m.Member, m.Owner)
	case "leave":
		return MemberLeft(m.Seq, m.Member, m.Why)
	case "lock":
		return LockChanged(m.Seq, m.Locked)
	case "pong":
		return Pong
	case "closing":
		return Closing(m.InSeconds)
	}
	t.Fatalf("an unknown type: %s", m.Type)
	return ""
}

func TestFramesOfClients_SK_7_SK_10(t *testing.T) {
	vectors.Each(t, "frames", "client-*", func(t *testing.T, v vectors.Vector) {
		frame := v.Bytes("frame")
		to, payload, ok := DecodeFrame(frame)
		if ok != v.Accepted() {
			t.Fatalf("accepted: %v", ok)
		}
		if !ok {
			return
		}
		if int64(to) != v.Number("to") || !bytes.Equal(payload, v.Bytes("payload")) {
			t.Fatal("it was read as something else")
		}
		if !bytes.Equal(append(binary.BigEndian.AppendUint32(nil, to), payload...), frame) {
			t.Fatal("it is written otherwise")
		}
	})
}

func TestFramesOfTheRelay_SK_8(t *testing.T) {
	vectors.Each(t, "frames", "relay-*", func(t *testing.T, v vectors.Vector) {
		if !v.Accepted() {
			return
		}
		frame := AppendFrame(nil, uint32(v.Number("seq")), uint32(v.Number("member")), v.Bytes("payload"))
		if !bytes.Equal(frame, v.Bytes("frame")) {
			t.Fatalf("it is %x", frame)
		}
	})
}

func TestBodiesOfRequests_HT_4_HT_1(t *testing.T) {
	vectors.Each(t, "http", "create*", func(t *testing.T, v vectors.Vector) {
		if v.Text("body") != "create" {
			return
		}
		text := v.Text("text")
		request, ok := DecodeCreateRequest(text)
		// The vectors' readers are given whole bodies; the bound of 1,024 bytes stands before this one.
		if ok = ok && len(text) <= MaxBodyBytes; ok != v.Accepted() {
			t.Fatalf("accepted: %v", ok)
		}
		if ok && spellCreate(request) != text {
			t.Fatalf("written again it is %s", spellCreate(request))
		}
	})
}

func TestBodiesOfAnswers_HT_2_HT_3_HT_8_PW_14(t *testing.T) {
	vectors.Each(t, "http", "*", func(t *testing.T, v vectors.Vector) {
		if !v.Accepted() || v.Text("body") == "create" {
			return
		}
		if text := spellAnswer(t, v); text != v.Text("text") {
			t.Fatalf("written it is %s", text)
		}
	})
}

func spellAnswer(t *testing.T, v vectors.Vector) string {
	switch v.Text("body") {
	case "created":
		var c struct {
			RoomID     string `json:"roomId"`
			ExpiresAt  int64
			TTLSeconds uint32
			Capacity   uint16
		}
		v.Into("value", &c)
		return Created{[16]byte(b64uBytes(t, c.RoomID)), c.ExpiresAt, c.TTLSeconds, c.Capacity}.Encode()
	case "challenge":
		var c challengeFields
		v.Into("value", &c)
		return c.challenge(t).Encode()
	case "problem":
		var p struct {
			Code, Title string
			Status      int
			Challenge   *challengeFields
		}
		v.Into("value", &p)
		if p.Challenge == nil {
			return Problem{p.Code, p.Status, p.Title}.Encode(nil)
		}
		challenge := p.Challenge.challenge(t)
		return Problem{p.Code, p.Status, p.Title}.Encode(&challenge)
	case "policy":
		var p Policy
		v.Into("value", &p)
		return p.Encode()
	}
	t.Fatal("an unknown body")
	return ""
}

type challengeFields struct {
	Token, RaisedBy string
	K               byte
	Target          uint32
	Effort          uint64
	ExpiresAt       int64
}

func (c challengeFields) challenge(t *testing.T) Challenge {
	return Challenge{[TokenBytes]byte(b64uBytes(t, c.Token)), c.K, c.Target, c.Effort, c.RaisedBy, c.ExpiresAt}
}

func TestTheListOfCloseCodes_SK_12(t *testing.T) {
	vectors.Each(t, "codes", "close", func(t *testing.T, v vectors.Vector) {
		var list []struct {
			Code uint16
			Name string
		}
		v.Into("codes", &list)
		var codes []Close
		for _, code := range list {
			codes = append(codes, Close{code.Code, code.Name})
		}
		if !slices.Equal(codes, Closes) {
			t.Fatalf("it is %v", Closes)
		}
	})
}

func TestTheListOfProblems_HT_2(t *testing.T) {
	vectors.Each(t, "codes", "problems", func(t *testing.T, v vectors.Vector) {
		var list []struct {
			Code   string
			Status int
		}
		v.Into("codes", &list)
		for at, code := range list {
			if at >= len(Problems) || Problems[at].Code != code.Code || Problems[at].Status != code.Status {
				t.Fatalf("number %d is %v", at, code)
			}
		}
		if len(list) != len(Problems) {
			t.Fatalf("there are %d", len(Problems))
		}
	})
}

func b64uBytes(t *testing.T, text string) []byte {
	t.Helper()
	bytes, ok := Decode(text)
	if !ok {
		t.Fatalf("not base64url: %s", text)
	}
	return bytes
}
