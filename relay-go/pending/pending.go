// Package pending keeps the rooms that nobody has joined, in less than 100 bytes each (RM-1): entries in the order of
// their creation, which is the order of their end, and an index by id.
package pending

import (
	"encoding/binary"
	"hash/maphash"
)

// Room is all that is known of a room that nobody has joined.
type Room struct {
	ID          [16]byte
	OwnerKey    [32]byte
	ExpiresAtMs int64
	Mark        uint64 // of the solution that made it (HT-6)
	TTLSeconds  uint32
	Capacity    uint16
	Level       uint8 // how much was paid for it, below Levels; not given back by Find
}

// entry is a Room in 72 bytes, whose fields need no room between them.
type entry struct {
	id         [16]byte
	ownerKey   [32]byte
	mark       [8]byte
	expires    [6]byte // milliseconds since 1970
	capacity   uint16
	ttlSeconds uint32
	born       uint32 // on the caller's clock
}

const (
	blockBits = 8 // of 18 KiB, which the allocator has a size for
	blockSize = 1 << blockBits
)

// Rooms is not safe for concurrent use. The clock of its callers is in seconds.
type Rooms struct {
	lifeSeconds uint32
	blocks      []*[blockSize]entry
	first, next uint32   // numbers of the oldest entry and of the one to come; they wrap, and none is 0
	index       []uint32 // numbers, by open addressing; 0 is an empty place, and half of all are
	living      int
	seed        maphash.Seed
	// levels are the numbers of the rooms for which so much was paid, the oldest first, and of some that are gone (PW-18).
	levels [Levels][]uint32
}

// Levels is how many amounts of work are told apart.
const Levels = 128

// New keeps rooms for this long.
func New(lifeSeconds uint32) *Rooms {
	return &Rooms{lifeSeconds: lifeSeconds, first: 1, next: 1, index: make([]uint32, blockSize), seed: maphash.MakeSeed()}
}

// Len is how many rooms are kept.
func (p *Rooms) Len() int { return p.living }

// Add keeps one more. Its id must not be kept already.
func (p *Rooms) Add(room Room, now uint32) {
	p.forget(now)
	if p.next == 0 {
		p.push(entry{born: now})
	}
	e := entry{
		id: room.ID, ownerKey: room.OwnerKey, capacity: room.Capacity, ttlSeconds: room.TTLSeconds, born: now,
	}
	binary.BigEndian.PutUint64(e.mark[:], room.Mark)
	var expires [8]byte
	binary.BigEndian.PutUint64(expires[:], uint64(room.ExpiresAtMs))
	copy(e.expires[:], expires[2:])
	number := p.next
	p.push(e)
	if p.living++; 2*p.living > len(p.index) {
		p.grow()
	}
	p.index[p.place(room.ID)] = number
	p.levels[room.Level] = append(p.levels[room.Level], number)
}

// Cheapest is the lowest level of which a room is kept, and its oldest room; only where one is kept.
func (p *Rooms) Cheapest() (level uint8, id [16]byte) {
	for level := range p.levels {
		for len(p.levels[level]) > 0 {
			if e := p.kept(p.levels[level][0]); e != nil {
				return uint8(level), e.id
			}
			p.levels[level] = p.levels[level][1:]
		}
	}
	return 0, id
}

// kept is the entry of this number, or nil when its room is gone.
func (p *Rooms) kept(number uint32) *entry {
	if number-p.first >= p.next-p.first {
		return nil
	}
	if e := p.at(number); e.capacity > 0 {
		return e
	}
	return nil
}

// Find finds a room whose time is not up.
func (p *Rooms) Find(id [16]byte, now uint32) (Room, bool) {
	p.forget(now)
	number := p.index[p.place(id)]
	if number == 0 {
		return Room{}, false
	}
	e := p.at(number)
	var expires [8]byte
	copy(expires[2:], e.expires[:])
	return Room{
		ID: e.id, OwnerKey: e.ownerKey, Capacity: e.capacity, TTLSeconds: e.ttlSeconds,
		ExpiresAtMs: int64(binary.BigEndian.Uint64(expires[:])), Mark: binary.BigEndian.Uint64(e.mark[:]),
	}, true
}

// Remove takes a room out and leaves nothing of it but a place.
func (p *Rooms) Remove(id [16]byte) {
	place := p.place(id)
	if p.index[place] == 0 {
		return
	}
	e := p.at(p.index[place])
	*e = entry{born: e.born}
	p.empty(place)
	p.living--
}

// Forget takes out what nobody joined in time.
func (p *Rooms) Forget(now uint32) { p.forget(now) }

func (p *Rooms) forget(now uint32) {
	for p.first != p.next {
		e := p.at(p.first)
		if now-e.born < p.lifeSeconds {
			return
		}
		p.Remove(e.id)
		if p.first++; p.first%blockSize == 0 {
			p.trim()
			p.blocks[0] = nil
			p.blocks = p.blocks[1:]
		}
	}
}

// trim forgets the numbers of rooms that are gone where they stand in front: those that nobody joined in time all do.
func (p *Rooms) trim() {
	for level, numbers := range p.levels {
		for len(numbers) > 0 && p.kept(numbers[0]) == nil {
			numbers = numbers[1:]
		}
		p.levels[level] = numbers
	}
}

func (p *Rooms) push(e entry) {
	if len(p.blocks) == 0 || p.next%blockSize == 0 {
		p.blocks = append(p.blocks, new([blockSize]entry))
	}
	p.next++
	*p.at(p.next - 1) = e
}

func (p *Rooms) at(number uint32) *entry {
	block := (number>>blockBits - p.first>>blockBits) & (1<<(32-blockBits) - 1)
	return &p.blocks[block][number%blockSize]
}

func (p *Rooms) home(id [16]byte) int {
	return int(maphash.Bytes(p.seed, id[:]) % uint64(len(p.index)))
}

// place is where the index holds this id, or the empty place where it would.
func (p *Rooms) place(id [16]byte) int {
	for at := p.home(id); ; at = (at + 1) % len(p.index) {
		if number := p.index[at]; number == 0 || p.at(number).id == id {
			return at
		}
	}
}

// empty frees a place and moves those up that stand behind it only because it was taken.
func (p *Rooms) empty(hole int) {
	size := len(p.index)
	p.index[hole] = 0
	for at := (hole + 1) % size; p.index[at] != 0; at = (at + 1) % size {
		home := p.home(p.at(p.index[at]).id)
		if (at-home+size)%size >= (at-hole+size)%size {
			p.index[hole], p.index[at] = p.index[at], 0
			hole = at
		}
	}
}

func (p *Rooms) grow() {
	old := p.index
	p.index = make([]uint32, 2*len(old))
	for _, number := range old {
		if number != 0 {
			p.index[p.place(p.at(number).id)] = number
		}
	}
}
