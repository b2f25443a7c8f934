package limits

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"time"
)

const (
	sketchRows  = 4
	sketchWidth = 1 << 12
)

// Sketch counts by address prefix in a fixed size: it may say more than it was told, never less. All of it is forgotten
// with its key, every five minutes (LM-4, PW-17).
type Sketch struct {
	key   [32]byte
	since time.Time
	cells *[sketchRows][sketchWidth]uint32
}

// NewSketch has counted nothing.
func NewSketch() *Sketch { return &Sketch{} }

// cellsOf are the places in which this address is counted, one in each row.
func (s *Sketch) cellsOf(address netip.Addr, now time.Time) (cells [sketchRows]*uint32) {
	if s.cells == nil || now.Sub(s.since) >= keyPeriod {
		rand.Read(s.key[:])
		s.since, s.cells = now, new([sketchRows][sketchWidth]uint32)
	}
	hash := sha256.Sum256(append(s.key[:], prefixOf(address)...))
	for row := range cells {
		cells[row] = &s.cells[row][binary.BigEndian.Uint64(hash[8*row:])%sketchWidth]
	}
	return cells
}

// Add counts one more.
func (s *Sketch) Add(address netip.Addr, now time.Time) {
	least := s.Count(address, now)
	for _, cell := range s.cellsOf(address, now) {
		*cell = max(*cell, least+1)
	}
}

// Count is how many were counted of this prefix, or more.
func (s *Sketch) Count(address netip.Addr, now time.Time) uint32 {
	cells := s.cellsOf(address, now)
	return min(*cells[0], *cells[1], *cells[2], *cells[3])
}
