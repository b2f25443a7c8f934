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

// Prefix stands for an address prefix, IPv4 /24 or IPv6 /56, as long as its key is in use.
type Prefix struct{ hash, period uint64 }

// Prefixes knows address prefixes only as hashes under a random key that is replaced every five minutes (LM-4). What was
// counted under an earlier key counts for no prefix of this one.
type Prefixes struct {
	lock   sync.Mutex
	key    [32]byte
	since  time.Time
	period uint64 // 0 before the first key
	now    func() time.Time
}

// NewPrefixes has no key yet.
func NewPrefixes(now func() time.Time) *Prefixes { return &Prefixes{now: now} }

// Of is the prefix of this address.
func (p *Prefixes) Of(address netip.Addr) Prefix {
	p.lock.Lock()
	defer p.lock.Unlock()
	if now := p.now(); p.period == 0 || now.Sub(p.since) >= keyPeriod {
		rand.Read(p.key[:])
		p.since = now
		p.period++
	}
	hash := sha256.Sum256(append(p.key[:], prefixOf(address)...))
	return Prefix{binary.BigEndian.Uint64(hash[:]), p.period}
}

// Places are taken by address prefix.
type Places struct {
	prefixes *Prefixes
	lock     sync.Mutex
	taken    map[Prefix]int
}

// NewPlaces are all free.
func NewPlaces(now func() time.Time) *Places {
	return &Places{prefixes: NewPrefixes(now), taken: map[Prefix]int{}}
}

// Take takes a place, unless this address's prefix has `most` already. It is given back with GiveBack.
func (p *Places) Take(address netip.Addr, most int) (Prefix, bool) {
	prefix := p.prefixes.Of(address)
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.taken[prefix] >= most {
		return prefix, false
	}
	p.taken[prefix]++
	return prefix, true
}

// GiveBack frees a place of this prefix.
func (p *Places) GiveBack(prefix Prefix) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.taken[prefix]--; p.taken[prefix] == 0 {
		delete(p.taken, prefix)
	}
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
