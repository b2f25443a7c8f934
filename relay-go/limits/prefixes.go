package limits

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"sync"
	"time"
)

// keyPeriod is how long a hash of an address prefix means anything (LM-4).
const keyPeriod = 5 * time.Minute

// Prefixes counts by address prefix, IPv4 /24 and IPv6 /56, and knows only hashes under a key that is replaced every
// five minutes (LM-4). What was counted under the last key still counts down.
type Prefixes struct {
	lock   sync.Mutex
	key    [32]byte
	since  time.Time
	period uint64
	counts map[uint64]int32
	now    func() time.Time
}

// Place is one that was counted, to be given back with Leave.
type Place struct{ hash, period uint64 }

// NewPrefixes counts nothing yet.
func NewPrefixes(now func() time.Time) *Prefixes { return &Prefixes{now: now} }

// Enter counts one more of this address, unless there are `most` already.
func (p *Prefixes) Enter(address netip.Addr, most uint32) (Place, bool) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if now := p.now(); p.counts == nil || now.Sub(p.since) >= keyPeriod {
		rand.Read(p.key[:])
		p.since, p.counts = now, map[uint64]int32{}
		p.period++
	}
	hash := p.hash(address)
	if p.counts[hash] >= int32(most) {
		return Place{}, false
	}
	p.counts[hash]++
	return Place{hash, p.period}, true
}

// Leave counts one less.
func (p *Prefixes) Leave(place Place) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if place.period != p.period {
		return
	}
	if p.counts[place.hash]--; p.counts[place.hash] <= 0 {
		delete(p.counts, place.hash)
	}
}

func (p *Prefixes) hash(address netip.Addr) uint64 {
	hash := sha256.Sum256(append(p.key[:], prefixOf(address)...))
	return binary.BigEndian.Uint64(hash[:])
}

// prefixOf is the part of an address that counts. What has no address, as on a unix socket, is one.
func prefixOf(address netip.Addr) string {
	bits := 56
	if address = address.Unmap(); address.Is4() {
		bits = 24
	}
	prefix, err := address.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return prefix.Masked().String()
}
