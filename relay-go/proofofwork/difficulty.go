package proofofwork

import "time"

const (
	floorEffort   = 1 << 18 // iterations (PW-7)
	ceilingEffort = 1 << 23
)

// difficulty is how much work a room costs now.
type difficulty struct {
	effort uint64
}

func newDifficulty(time.Time) difficulty { return difficulty{effort: floorEffort} }

func (d *difficulty) count(time.Time) {}

func (d *difficulty) raisedBy() string {
	if d.effort > floorEffort {
		return "load"
	}
	return "none"
}
