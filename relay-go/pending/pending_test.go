package pending

import (
	"math/rand/v2"
	"runtime"
	"testing"
	"unsafe"
)

func room(n uint64) Room {
	var r Room
	for at := range 8 {
		r.ID[at] = byte(n >> (8 * at))
	}
	r.OwnerKey[0], r.ExpiresAtMs, r.Mark, r.TTLSeconds, r.Capacity = byte(n), 1<<41+int64(n), n, uint32(n), uint16(n)|1
	return r
}

func TestRoomsAreFoundUntilTheirTimeIsUp_RM_1_RM_10(t *testing.T) {
	const life = 20
	rooms, model := New(life), map[uint64]uint32{}
	rooms.first, rooms.next = ^uint32(0)-5000, ^uint32(0)-5000 // numbers wrap on the way
	random := rand.New(rand.NewPCG(1, 2))
	for step := range uint64(60_000) {
		now := uint32(step / 100)
		switch n := random.Uint64N(step + 1); {
		case step%3 == 0:
			rooms.Add(room(step), now)
			model[step] = now
		case step%3 == 1:
			born, known := model[n]
			got, found := rooms.Find(room(n).ID, now)
			if found != (known && now-born < life) || (found && got != room(n)) {
				t.Fatalf("step %d: %v %v", step, got, found)
			}
		case random.Uint64N(2) == 0:
			rooms.Remove(room(n).ID)
			delete(model, n)
		}
	}
	rooms.Forget(1 << 20)
	if rooms.Len() != 0 || len(rooms.blocks) > 1 {
		t.Fatalf("%d rooms and %d blocks are left", rooms.Len(), len(rooms.blocks))
	}
	for _, number := range rooms.index {
		if number != 0 {
			t.Fatal("the index still holds a room")
		}
	}
}

func TestTheCheapestIsTheOldestOfTheLowestLevel_PW_18(t *testing.T) {
	rooms := New(10)
	add := func(n uint64, level uint8, now uint32) {
		r := room(n)
		r.Level = level
		rooms.Add(r, now)
	}
	for n, level := range []uint8{74, 72, 73, 72} {
		add(uint64(n+1), level, 0)
	}
	for _, expected := range []struct {
		level uint8
		n     uint64
	}{{72, 2}, {72, 4}, {73, 3}, {74, 1}} {
		level, id := rooms.Cheapest()
		if level != expected.level || id != room(expected.n).ID {
			t.Fatalf("the cheapest is of level %d, not %d", level, expected.level)
		}
		rooms.Remove(id)
	}
	add(9, 72, 5)
	add(8, 74, 6)
	rooms.Forget(15)
	if level, _ := rooms.Cheapest(); level != 74 {
		t.Fatalf("a room whose time was up is the cheapest, of level %d", level)
	}
}

func TestARoomTakesLessThan100Bytes_RM_1(t *testing.T) {
	if size := unsafe.Sizeof(entry{}); size != 72 {
		t.Fatalf("an entry has %d bytes", size)
	}
	before := heap()
	rooms := New(1)
	const count = 300_000
	for n := range uint64(count) {
		r := room(n)
		r.Level = uint8(72 + n%20)
		rooms.Add(r, 0)
	}
	each := float64(heap()-before) / count
	if each >= 100 {
		t.Fatalf("a room takes %.1f bytes", each)
	}
	t.Logf("a room takes %.1f bytes", each)
	runtime.KeepAlive(rooms)
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
