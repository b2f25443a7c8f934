package proofofwork

import (
	"math"
	"net/netip"
	"time"

	"pug/relay/limits"
)

const (
	stepEvery     = 10 * time.Second // PW-16
	mostBitsUp    = 1.5
	mostRate      = 200.0 // rooms a second that a small machine verifies with ease
	clientBits    = 27    // what a client does at most (PW-8)
	freeRooms     = 4     // of one prefix under one key (PW-17)
	mostCrowdBits = 4
)

var mostBitsDown = math.Log2(1.5)

// Price is what the operator sets of it: floor and ceiling in bits of iterations, and the sizes of the relay.
type Price struct {
	FloorBits, CeilingBits     uint32
	MaxPending, PendingSeconds uint32
	MaxRooms, EmptyRoomSeconds uint32
	// Taken is the share of the places of pending rooms that is taken now, or that of rooms where it is larger.
	Taken func() float64
}

// targetRate is how many rooms may be made a second before they cost more (PW-16).
func (p Price) targetRate() float64 {
	rate := min(mostRate, float64(p.MaxPending)/float64(p.PendingSeconds)/4)
	if p.EmptyRoomSeconds == 0 {
		return rate
	}
	return min(rate, float64(p.MaxRooms)/float64(p.EmptyRoomSeconds)/4)
}

// difficulty is how much work a room costs: for everybody by the load (PW-16), and more for a crowd (PW-17).
type difficulty struct {
	price Price
	bits  float64
	made  int // rooms since the last step
	next  time.Time
	crowd *limits.Sketch
}

func newDifficulty(price Price, now time.Time) *difficulty {
	return &difficulty{price: price, bits: float64(price.FloorBits), next: now.Add(stepEvery), crowd: limits.NewSketch()}
}

// settle makes the steps that are due.
func (d *difficulty) settle(now time.Time) {
	for steps := 0; !now.Before(d.next); steps++ {
		if steps > 100 { // Nobody asked for so long that the price moves no more.
			d.next = now.Add(stepEvery)
			return
		}
		rate := float64(d.made) / stepEvery.Seconds()
		change := math.Log2(max(rate/d.price.targetRate(), d.price.Taken()))
		d.bits += min(mostBitsUp, max(-mostBitsDown, change))
		d.bits = min(float64(d.price.CeilingBits), max(float64(d.price.FloorBits), d.bits))
		d.made, d.next = 0, d.next.Add(stepEvery)
	}
}

// count is for a room that was made.
func (d *difficulty) count(from netip.Addr, now time.Time) {
	d.settle(now)
	d.made++
	if counted(from) {
		d.crowd.Add(from, now)
	}
}

// counted leaves out those addresses that are of one machine, or of nobody one could tell from others (PW-17).
func counted(from netip.Addr) bool { return from.IsValid() && !from.IsLoopback() }

func (d *difficulty) crowdBits(from netip.Addr, now time.Time) float64 {
	if !counted(from) {
		return 0
	}
	rooms := d.crowd.Count(from, now)
	if rooms <= freeRooms {
		return 0
	}
	return min(mostCrowdBits, math.Log2(float64(rooms)/freeRooms))
}

// ask is what a room costs now, in iterations, and what raised it (PW-7).
func (d *difficulty) ask(from netip.Addr, now time.Time) (effort uint64, raisedBy string) {
	d.settle(now)
	crowd, load := d.crowdBits(from, now), d.bits-float64(d.price.FloorBits)
	raisedBy = "none"
	switch {
	case crowd > load:
		raisedBy = "network"
	case load > 0:
		raisedBy = "load"
	}
	bits := min(d.bits+crowd, max(d.bits, clientBits))
	return uint64(math.Round(math.Exp2(bits))), raisedBy
}

// everybody is what a room costs those who are no crowd.
func (d *difficulty) everybody(now time.Time) uint64 {
	effort, _ := d.ask(netip.Addr{}, now)
	return effort
}
