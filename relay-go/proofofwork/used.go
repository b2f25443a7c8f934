package proofofwork

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
)

const (
	// windowSeconds and windows cover every moment at which a token can still be judged good: its life, and the skew on
	// both sides (PW-9, PW-12), in whole windows and the one that is under way.
	windowSeconds = 60
	windows       = (tokenLifeSeconds+2*skewSeconds)/windowSeconds + 1
	// usedPlaces bounds how many rooms are made of tokens that expire within one window.
	usedPlaces = 1 << 20
)

// used remembers solutions until their tokens can no longer be valid: 8 bytes of a keyed hash of each puzzle, in one
// table for each window of expiry (PW-10).
type used struct {
	key    [32]byte
	tables [windows]usedTable
	places int
}

// usedTable is a set of numbers that are not 0, by open addressing. It is made at its first use and never grows.
type usedTable struct {
	window int64
	count  int
	slots  []uint64
}

func newUsed(places int) *used {
	u := &used{places: places}
	rand.Read(u.key[:])
	return u
}

// mark is what is remembered of a puzzle.
func (u *used) mark(puzzle [32]byte) uint64 {
	hash := sha256.Sum256(append(u.key[:], puzzle[:]...))
	return max(1, binary.BigEndian.Uint64(hash[:])) // 0 is an empty place
}

// table is that of a token which ends at this second; what a window of long ago left there is forgotten. It is nil where a
// later window has that place: then the token ended while its request waited.
func (u *used) table(ends int64) *usedTable {
	window := ends / windowSeconds
	table := &u.tables[window%windows]
	if table.window > window {
		return nil
	}
	if table.window < window {
		*table = usedTable{window: window}
	}
	return table
}

func (u *used) has(mark uint64, ends int64) bool {
	table := u.table(ends)
	return table != nil && table.slots != nil && table.slots[table.place(mark)] == mark
}

// full tells that another one has no room any more. A quarter of the places stays free, so that looking is short.
func (u *used) full(ends int64) bool {
	table := u.table(ends)
	return table == nil || table.count >= u.places/4*3
}

// add is for one that has room.
func (u *used) add(mark uint64, ends int64) {
	table := u.table(ends)
	if table.slots == nil {
		table.slots = make([]uint64, u.places)
	}
	place := table.place(mark)
	if table.slots[place] != mark {
		table.slots[place] = mark
		table.count++
	}
}

// place is where mark stands, or the empty place where it would.
func (t *usedTable) place(mark uint64) int {
	for at := int(mark % uint64(len(t.slots))); ; at = (at + 1) % len(t.slots) {
		if t.slots[at] == mark || t.slots[at] == 0 {
			return at
		}
	}
}
