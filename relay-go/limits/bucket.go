// Package limits bounds what anybody can make the relay do (spec/limits.md).
package limits

import "time"

// Bucket is a token bucket. It is full when it begins.
type Bucket struct {
	left   float64
	filled time.Duration // on the clock of its caller
}

// Rate is what a Bucket is refilled with each second, and what it holds at most.
type Rate struct{ PerSecond, Burst uint32 }

// NewBucket is full.
func (r Rate) NewBucket(now time.Duration) Bucket { return Bucket{float64(r.Burst), now} }

// Take takes an amount out and tells whether it was there (LM-2). `now` is on a clock that does not jump.
func (b *Bucket) Take(rate Rate, amount int, now time.Duration) bool {
	refill := (now - b.filled).Seconds() * float64(rate.PerSecond)
	b.filled = now
	b.left = min(b.left+refill, float64(rate.Burst)) - float64(amount)
	return b.left >= 0
}
