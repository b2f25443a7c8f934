// Package proofofwork is the price of a room (spec/proof-of-work.md): tokens, puzzles, what was used, how hard it is.
package proofofwork

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"pug/relay/wire"
)

const (
	tokenVersion     = 1
	algorithmPBKDF2  = 1
	hits             = 8              // k (PW-7)
	tokenLifeSeconds = 120            // PW-12
	skewSeconds      = 30             // PW-9
	coveredBytes     = 32             // of a token by its mac (PW-2)
	keyPeriod        = 24 * time.Hour // PW-12
)

// Token is what PW-1 lays out.
type Token struct {
	Version, Algorithm, K, KeyID byte
	Target, IssuedAt             uint32
	TTL, Audience                uint16
	Random                       [16]byte
	Mac                          [20]byte
}

// DecodeToken reads the fields of a token.
func DecodeToken(token [wire.TokenBytes]byte) Token {
	t := Token{
		Version: token[0], Algorithm: token[1], K: token[2], KeyID: token[3],
		Target:   binary.BigEndian.Uint32(token[4:]),
		IssuedAt: binary.BigEndian.Uint32(token[8:]),
		TTL:      binary.BigEndian.Uint16(token[12:]),
		Audience: binary.BigEndian.Uint16(token[14:]),
	}
	copy(t.Random[:], token[16:])
	copy(t.Mac[:], token[coveredBytes:])
	return t
}

// Encode writes the fields of a token.
func (t Token) Encode() (token [wire.TokenBytes]byte) {
	token[0], token[1], token[2], token[3] = t.Version, t.Algorithm, t.K, t.KeyID
	binary.BigEndian.PutUint32(token[4:], t.Target)
	binary.BigEndian.PutUint32(token[8:], t.IssuedAt)
	binary.BigEndian.PutUint16(token[12:], t.TTL)
	binary.BigEndian.PutUint16(token[14:], t.Audience)
	copy(token[16:], t.Random[:])
	copy(token[coveredBytes:], t.Mac[:])
	return token
}

// macOf is the mac that a token must end in (PW-2).
func macOf(key [32]byte, token [wire.TokenBytes]byte) (mac [20]byte) {
	hash := hmac.New(sha256.New, key[:])
	hash.Write([]byte("pug/1 token"))
	hash.Write(token[:coveredBytes])
	copy(mac[:], hash.Sum(nil))
	return mac
}

// keys are random, rotate daily, and the last two are accepted (PW-12).
type keys struct {
	// first is the second of the first tokens, since 1970: one of the second in which the process started is of a process
	// before (PW-11).
	first  int64
	newest byte
	key    [2][32]byte // by the last bit of their id
	since  time.Time
	count  int
	// audience tells relays apart that share keys; a relay that makes its own shares them with nobody and leaves it 0.
	audience uint16
}

func newKeys(now time.Time) *keys {
	// The id is the 4 ms of the start, so that no two processes that start in one second have the same (PW-11).
	k := &keys{first: now.Unix() + 1, newest: byte(now.UnixMilli() / 4), since: now, count: 1}
	rand.Read(k.key[k.newest&1][:])
	return k
}

func (k *keys) rotate(now time.Time) {
	if now.Sub(k.since) < keyPeriod {
		return
	}
	k.newest++
	rand.Read(k.key[k.newest&1][:])
	k.since, k.count = now, 2
}

func (k *keys) find(id byte) (key [32]byte, known bool) {
	known = id == k.newest || (k.count == 2 && id == k.newest-1)
	return k.key[id&1], known
}

// judge is the token's part of PW-9, after its form; nil when it is good. `effort` is what the relay asks now, of this
// client.
func (k *keys) judge(raw [wire.TokenBytes]byte, now int64, effort uint64) *wire.Problem {
	token := DecodeToken(raw)
	if token.Version != tokenVersion || token.Algorithm != algorithmPBKDF2 || token.K != hits {
		return &wire.Unsupported
	}
	key, known := k.find(token.KeyID)
	issued, ends := int64(token.IssuedAt), int64(token.IssuedAt)+int64(token.TTL)
	mac := macOf(key, raw)
	switch {
	case !known:
		return &wire.ExpiredToken
	case issued > now+skewSeconds:
		return &wire.Clock
	case ends < now-skewSeconds, issued < k.first: // PW-11
		return &wire.ExpiredToken
	case !hmac.Equal(mac[:], token.Mac[:]), token.Audience != k.audience:
		return &wire.Forged
	case 4*Effort(token.K, token.Target) < effort:
		return &wire.TooEasy
	}
	return nil
}
