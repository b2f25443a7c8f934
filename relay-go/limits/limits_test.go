package limits

import (
	"net/netip"
	"testing"
	"time"
)

func TestBucketsHoldTheirBurstAndRefill_LM_2(t *testing.T) {
	rate := Rate{PerSecond: 20, Burst: 60}
	bucket := rate.NewBucket(0)
	for n := range 60 {
		if !bucket.Take(rate, 1, 0) {
			t.Fatalf("number %d of the burst is too much", n)
		}
	}
	if bucket.Take(rate, 1, 0) {
		t.Fatal("more than the burst passes")
	}
	bucket = rate.NewBucket(0)
	for at := time.Duration(0); at < time.Hour; at += time.Second / 20 {
		if !bucket.Take(rate, 1, at) {
			t.Fatalf("the rate itself is too much after %v", at)
		}
	}
	bucket = rate.NewBucket(0)
	if bucket.Take(rate, 61, time.Hour) {
		t.Fatal("a pause saves more than the burst")
	}
}

func TestAddressPrefixes_LM_4(t *testing.T) {
	now := time.Unix(0, 0)
	places := NewPlaces(func() time.Time { return now })
	take := func(address string) (Prefix, bool) { return places.Take(netip.MustParseAddr(address), 2) }
	first, _ := take("192.0.2.1")
	take("192.0.2.255")
	for address, room := range map[string]bool{
		"192.0.2.7": false, "::ffff:192.0.2.9": false, "192.0.3.1": true, "2001:db8:0:ff00::1": true, "2001:db8:0:ff01::2": true,
	} {
		if _, ok := take(address); ok != room {
			t.Errorf("%s has room: %v", address, ok)
		}
	}
	if _, ok := take("2001:db8:0:ffff::3"); ok {
		t.Error("a /56 has room for a third")
	}
	places.GiveBack(first)
	if again, ok := take("192.0.2.3"); !ok || again != first {
		t.Error("a place that was given back is not free")
	}
	key := places.prefixes.key
	now = now.Add(keyPeriod)
	later, ok := take("192.0.2.4")
	if !ok || later == first || places.prefixes.key == key {
		t.Error("the key, and all that was counted under it, is not replaced after 5 minutes")
	}
	places.GiveBack(first)
	if places.taken[first] != 1 || places.taken[later] != 1 {
		t.Error("a place of an earlier key was given back under this one")
	}
	places.GiveBack(first)
	if _, kept := places.taken[first]; kept {
		t.Error("something stays of a prefix that has no place")
	}
}

func TestASketchNeverSaysLess_PW_17(t *testing.T) {
	now := time.Unix(0, 0)
	sketch := NewSketch()
	address := func(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, byte(n >> 8), byte(n), 1}) }
	over := 0
	for n := range 3000 {
		for range n % 7 {
			sketch.Add(address(n), now)
		}
	}
	for n := range 3000 {
		count := sketch.Count(address(n), now)
		if count < uint32(n%7) {
			t.Fatalf("prefix %d was counted %d times, not %d", n, n%7, count)
		}
		if count > uint32(n%7) {
			over++
		}
	}
	if over > 300 {
		t.Errorf("%d of 3,000 prefixes are taken for more crowded than they are", over)
	}
	if sketch.Count(address(6), now.Add(5*time.Minute)) != 0 {
		t.Error("counts outlive their key")
	}
}
