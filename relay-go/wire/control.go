package wire

import (
	"strconv"
)

// MaxControlBytes bounds a control message (SK-2).
const MaxControlBytes = 1024

const maxNumber = 1<<32 - 1

// Join is the first message of a client (SK-5). OwnerProof and Ticket are nil where they were left out.
type Join struct {
	Room       [16]byte
	JoinKey    [32]byte
	Proof      [64]byte
	OwnerProof *[64]byte
	Ticket     *[16]byte
}

// Ping asks for a pong.
type Ping struct{}

// Purge ends the room; from owners only, as Lock and Remove.
type Purge struct{}

// Lock sets or clears the lock.
type Lock struct{ Locked bool }

// Remove closes a member.
type Remove struct{ Member uint32 }

// DecodeControl reads a client's control message: a Join, Ping, Purge, Lock or Remove. Anything that is not of the one
// form is refused (HT-1, SK-2).
func DecodeControl(text string) (any, bool) {
	if len(text) > MaxControlBytes {
		return nil, false
	}
	f := form{rest: text}
	var message any
	switch {
	case f.has(`{"type":"ping"`):
		message = Ping{}
	case f.has(`{"type":"purge"`):
		message = Purge{}
	case f.has(`{"type":"lock","locked":true`):
		message = Lock{true}
	case f.has(`{"type":"lock","locked":false`):
		message = Lock{false}
	case f.has(`{"type":"remove","member":`):
		message = Remove{uint32(f.number(1, maxNumber))}
	case f.has(`{"type":"join","room":`):
		message = f.join()
	default:
		return nil, false
	}
	f.skip("}")
	return message, f.ended()
}

func (f *form) join() Join {
	var join Join
	f.bytesInto(join.Room[:])
	f.skip(`,"joinKey":`)
	f.bytesInto(join.JoinKey[:])
	f.skip(`,"proof":`)
	f.bytesInto(join.Proof[:])
	if f.has(`,"ownerProof":`) {
		join.OwnerProof = new([64]byte)
		f.bytesInto(join.OwnerProof[:])
	}
	if f.has(`,"ticket":`) {
		join.Ticket = new([16]byte)
		f.bytesInto(join.Ticket[:])
	}
	return join
}

// Pong answers a ping.
const Pong = `{"type":"pong"}`

// Hello greets a socket with its nonce (SK-3).
func Hello(nonce [32]byte) string {
	return `{"type":"hello","nonce":"` + Encode(nonce[:]) + `","protocol":1}`
}

// Joined is the answer to a join. Members are strictly ascending and hold Member itself, Owners are those of them that
// proved it. Times are in milliseconds since 1970, on the relay's clock.
type Joined struct {
	Member          uint32
	Members, Owners []uint32
	Seq             uint32
	NowMs           int64
	ExpiresAtMs     int64
	Capacity        uint16
	Locked          bool
	Ticket          [16]byte
}

// Encode writes it as SK-6 has it.
func (j Joined) Encode() string {
	b := append(make([]byte, 0, 256), `{"type":"joined","member":`...)
	b = strconv.AppendUint(b, uint64(j.Member), 10)
	b = appendNumbers(append(b, `,"members":`...), j.Members)
	b = strconv.AppendUint(append(b, `,"seq":`...), uint64(j.Seq), 10)
	b = strconv.AppendInt(append(b, `,"now":`...), j.NowMs, 10)
	b = strconv.AppendInt(append(b, `,"expiresAt":`...), j.ExpiresAtMs, 10)
	b = strconv.AppendUint(append(b, `,"capacity":`...), uint64(j.Capacity), 10)
	b = strconv.AppendBool(append(b, `,"locked":`...), j.Locked)
	b = appendNumbers(append(b, `,"owners":`...), j.Owners)
	b = append(append(b, `,"ticket":"`...), Encode(j.Ticket[:])...)
	return string(append(b, `"}`...))
}

func appendNumbers(b []byte, numbers []uint32) []byte {
	b = append(b, '[')
	for at, number := range numbers {
		if at > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendUint(b, uint64(number), 10)
	}
	return append(b, ']')
}

// MemberJoined tells the others of a join (SK-6).
func MemberJoined(seq, member uint32, owner bool) string {
	return `{"type":"join","seq":` + decimal(seq) + `,"member":` + decimal(member) + `,"owner":` +
		strconv.FormatBool(owner) + `}`
}

// MemberLeft tells the others of a leave and why (RM-4).
func MemberLeft(seq, member uint32, why string) string {
	return `{"type":"leave","seq":` + decimal(seq) + `,"member":` + decimal(member) + `,"why":"` + why + `"}`
}

// LockChanged tells everybody of the lock (RM-5).
func LockChanged(seq uint32, locked bool) string {
	return `{"type":"lock","seq":` + decimal(seq) + `,"locked":` + strconv.FormatBool(locked) + `}`
}

// Closing tells how long the relay has before it stops (SK-14).
func Closing(inSeconds int) string {
	return `{"type":"closing","inSeconds":` + strconv.Itoa(inSeconds) + `}`
}

func decimal(number uint32) string { return strconv.FormatUint(uint64(number), 10) }
