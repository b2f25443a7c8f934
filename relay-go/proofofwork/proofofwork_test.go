package proofofwork

import (
	"bytes"
	"encoding/hex"
	"math"
	"net/netip"
	"slices"
	"testing"
	"time"

	"pug/relay/proof"
	"pug/relay/vectors"
	"pug/relay/wire"
)

// The relay of a vector.
type relay struct {
	MacKey                       string
	KeyID                        byte
	Audience                     uint16
	NowSeconds, StartedAtSeconds int64
	Effort                       uint64
	Used, Alive                  bool
}

// standardPrice is that of the defaults (LM-1).
func standardPrice() Price {
	return Price{
		FloorBits: 18, CeilingBits: 23, MaxPending: 1_000_000, PendingSeconds: 120, MaxRooms: 100_000, EmptyRoomSeconds: 120,
		Taken: func() float64 { return 0 },
	}
}

func newWork(now time.Time) *Work { return New(standardPrice(), func() time.Time { return now }) }

// judgeAsRelay is PW-9 put together from the parts of this package, as the server does it.
func judgeAsRelay(t *testing.T, r relay, request string) *wire.Problem {
	key, err := hex.DecodeString(r.MacKey)
	if err != nil {
		t.Fatal(err)
	}
	w := newWork(time.Unix(r.StartedAtSeconds, 0))
	w.keys = &keys{first: r.StartedAtSeconds, newest: r.KeyID, count: 1, since: time.Unix(r.NowSeconds, 0), audience: r.Audience}
	copy(w.keys.key[r.KeyID&1][:], key)
	w.difficulty.next = time.Unix(r.NowSeconds+1, 0) // It stays what it is.
	w.difficulty.bits = math.Log2(float64(r.Effort))
	solution, ok := w.Read(request)
	if !ok {
		return &wire.Malformed
	}
	if problem := w.JudgeToken(solution, netip.Addr{}, time.Unix(r.StartedAtSeconds, 0).Add(time.Duration(r.NowSeconds-r.StartedAtSeconds)*time.Second)); problem != nil {
		return problem
	}
	switch {
	case r.Used:
		return &wire.Replayed
	case r.Alive:
		return &wire.Taken
	case !solution.Ascending():
		return &wire.Malformed
	}
	return w.Verify(solution, netip.Addr{}, true)
}

func TestRequestsAreJudgedInOrder_PW_9(t *testing.T) {
	vectors.Each(t, "proof-of-work", "[^p]*", func(t *testing.T, v vectors.Vector) {
		var r relay
		v.Into("relay", &r)
		code := ""
		if problem := judgeAsRelay(t, r, v.Text("request")); problem != nil {
			code = problem.Code
		}
		if code != v.Error() {
			t.Fatalf("the answer is %q", code)
		}
	})
}

func TestTokens_PW_1_PW_2(t *testing.T) {
	vectors.Each(t, "proof-of-work", "part-token", func(t *testing.T, v vectors.Vector) {
		raw := [wire.TokenBytes]byte(v.Bytes("token"))
		token := DecodeToken(raw)
		expected := Token{
			byte(v.Number("version")), byte(v.Number("algorithm")), byte(v.Number("k")), byte(v.Number("keyId")),
			uint32(v.Number("target")), uint32(v.Number("issuedAt")), uint16(v.Number("ttl")), uint16(v.Number("audience")),
			[16]byte(v.Bytes("random")), [20]byte(v.Bytes("mac")),
		}
		if token != expected || token.Encode() != raw {
			t.Fatalf("it is %v", token)
		}
	})
	vectors.Each(t, "proof-of-work", "part-mac", func(t *testing.T, v vectors.Vector) {
		mac := macOf([32]byte(v.Bytes("key")), [wire.TokenBytes]byte(v.Bytes("token")))
		if !bytes.Equal(mac[:], v.Bytes("mac")) {
			t.Fatalf("it is %x", mac)
		}
	})
}

func TestPuzzles_PW_3_PW_4(t *testing.T) {
	vectors.Each(t, "proof-of-work", "part-bind", func(t *testing.T, v vectors.Vector) {
		bind := Bind(wire.CreateRequest{
			JoinKey: [32]byte(v.Bytes("joinKey")), OwnerKey: [32]byte(v.Bytes("ownerKey")),
			TTLSeconds: uint32(v.Number("ttlSeconds")), Capacity: uint16(v.Number("capacity")),
		})
		if !bytes.Equal(bind[:], v.Bytes("bind")) {
			t.Fatalf("it is %x", bind)
		}
	})
	vectors.Each(t, "proof-of-work", "part-puzzle", func(t *testing.T, v vectors.Vector) {
		puzzle := Puzzle([wire.TokenBytes]byte(v.Bytes("token")), [32]byte(v.Bytes("bind")))
		if !bytes.Equal(puzzle[:], v.Bytes("puzzle")) {
			t.Fatalf("it is %x", puzzle)
		}
	})
}

func TestTries_PW_5(t *testing.T) {
	for _, pattern := range []string{"part-hit", "part-miss", "part-edge*"} {
		vectors.Each(t, "proof-of-work", pattern, func(t *testing.T, v vectors.Vector) {
			var hit bool
			v.Into("hit", &hit)
			output := Try([32]byte(v.Bytes("puzzle")), uint32(v.Number("nonce")))
			if !bytes.Equal(output, v.Bytes("output")) || Hit(output, uint32(v.Number("target"))) != hit {
				t.Fatalf("it is %x", output)
			}
		})
	}
}

func TestSolutions_PW_6(t *testing.T) {
	vectors.Each(t, "proof-of-work", "part-solution", func(t *testing.T, v vectors.Vector) {
		var expected []uint32
		v.Into("nonces", &expected)
		list, ok := nonces(v.Bytes("solution"), hits)
		if !ok || !slices.Equal(list, expected) || !ascending(list) ||
			!allHit([32]byte(v.Bytes("puzzle")), list, uint32(v.Number("target"))) {
			t.Fatalf("it is %v", list)
		}
	})
	for _, list := range [][]uint32{{1, 1}, {2, 1}, {1, 2, 2}} {
		if ascending(list) {
			t.Errorf("%v ascends", list)
		}
	}
}

func TestEffort_PW_7(t *testing.T) {
	vectors.Each(t, "proof-of-work", "part-effort", func(t *testing.T, v vectors.Vector) {
		var list []struct {
			Target uint32
			Effort uint64
		}
		v.Into("efforts", &list)
		k := byte(v.Number("k"))
		for _, e := range list {
			largest := TargetFor(k, e.Effort)
			if Effort(k, e.Target) != e.Effort || largest < e.Target || Effort(k, largest) != e.Effort {
				t.Errorf("target %d has effort %d, and effort %d has target %d", e.Target, Effort(k, e.Target), e.Effort, largest)
			}
		}
	})
	if TargetFor(hits, 1<<18) != 134_217_727 {
		t.Errorf("the target of the floor is %d", TargetFor(hits, 1<<18))
	}
}

func TestKeysRotateDailyAndTheLastTwoAreAccepted_PW_12(t *testing.T) {
	start := time.Unix(1_800_000_000, 0)
	w := newWork(start)
	first := w.Challenge(netip.Addr{}, start)
	day := 24 * time.Hour
	for at, accepted := range map[time.Duration]bool{day - time.Second: true, day + time.Second: true} {
		w.Challenge(netip.Addr{}, start.Add(at))
		if _, known := w.keys.find(DecodeToken(first.Token).KeyID); known != accepted {
			t.Errorf("after %v the first key is known: %v", at, known)
		}
	}
	second := w.Challenge(netip.Addr{}, start.Add(2*day+2*time.Second))
	if DecodeToken(second.Token).KeyID != DecodeToken(first.Token).KeyID+2 {
		t.Error("keys do not rotate")
	}
	if _, known := w.keys.find(DecodeToken(first.Token).KeyID); known {
		t.Error("a key is accepted after two days")
	}
}

func TestATokenOfAProcessBeforeIsExpired_PW_11(t *testing.T) {
	start := time.UnixMilli(1_800_000_000_500)
	for after := time.Duration(0); after < 1500*time.Millisecond; after += 4 * time.Millisecond {
		died := start.Add(after)
		restarted := newWork(died)
		// The first of these started long before, with the id that the new process has, too; the second moments ago.
		for _, before := range []*Work{newWork(died.Add(-24*time.Hour + 1024*time.Millisecond)), newWork(start.Add(-4 * time.Millisecond))} {
			challenge := before.Challenge(netip.Addr{}, died.Add(-time.Millisecond))
			if problem := before.keys.judge(challenge.Token, died.Unix(), 0); problem != nil {
				t.Fatalf("after %v a token is %v where it was issued", after, problem.Code)
			}
			if problem := restarted.keys.judge(challenge.Token, died.Unix(), 0); problem != &wire.ExpiredToken {
				t.Fatalf("after %v a token of a process before is %v", after, problem)
			}
		}
		if problem := restarted.keys.judge(restarted.Challenge(netip.Addr{}, died).Token, died.Unix(), 0); problem != nil {
			t.Fatalf("after %v the new process's own token is %v", after, problem.Code)
		}
	}
}

func TestSolutionsAreRememberedUntilTheirTokenCannotBeValid_PW_10(t *testing.T) {
	u := newUsed(1024)
	longest := int64(tokenLifeSeconds + 2*skewSeconds) // of a token from a clock that is ahead, until it cannot be valid
	for now := int64(1000); now < 2000; now++ {
		ends := now + longest
		if u.has(uint64(now), ends) || u.full(ends) {
			t.Fatalf("at %d, before its use, a solution is used, or the table full", now)
		}
		u.add(uint64(now), ends)
		for mark := max(1000, now-longest); mark <= now; mark++ {
			if !u.has(uint64(mark), mark+longest) {
				t.Fatalf("at %d the solution of %d is forgotten", now, mark)
			}
		}
	}
}

func TestTheFirstTableThatIsFullSaysSo_PW_10(t *testing.T) {
	u := newUsed(8)
	for mark := range uint64(6) {
		if u.full(60) {
			t.Fatal("full too early")
		}
		u.add(mark+1, 60)
		u.add(mark+1, 60)
	}
	if !u.full(60) || u.full(120) {
		t.Fatal("only the table of that window is full")
	}
}

func TestWhatComesTooLateForgetsNothing_PW_10(t *testing.T) {
	u := newUsed(8)
	u.add(1, windows*windowSeconds)
	if u.has(2, 0) || !u.full(0) {
		t.Error("a token that ended long ago has a table")
	}
	if !u.has(1, windows*windowSeconds) {
		t.Error("the solution of a token that can be valid is forgotten")
	}
}

func TestOneTooManyVerificationsIsBusy_PW_13(t *testing.T) {
	w := newWork(time.Now())
	for range atOnce {
		w.slots <- struct{}{}
	}
	answers := make(chan *wire.Problem)
	bad := Solution{nonces: []uint32{1}, target: 0}
	for range waiting + 10 {
		go func() { answers <- w.Verify(bad, netip.Addr{}, false) }()
	}
	for range 10 {
		if problem := <-answers; problem != &wire.Busy {
			t.Fatalf("the answer is %v", problem)
		}
	}
	for range atOnce {
		<-w.slots
	}
	for range waiting {
		if problem := <-answers; problem != &wire.Wrong {
			t.Fatalf("the answer is %v", problem)
		}
	}
}

func TestThePriceFollowsTheLoad_PW_16_PW_7(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	price := standardPrice()
	taken := 0.0
	price.Taken = func() float64 { return taken }
	d := newDifficulty(price, now)
	run := func(steps, rooms int) float64 {
		for range steps {
			for range rooms {
				d.count(netip.Addr{}, now)
			}
			now = now.Add(stepEvery)
			d.settle(now)
		}
		return d.bits
	}
	for _, step := range []struct {
		why          string
		steps, rooms int
		taken        float64
		bits         float64
	}{
		{"at the target rate it stays at the floor", 3, 2000, 0, 18},
		{"twice the target rate is a bit more", 1, 4000, 0, 19},
		{"at the target rate it stays", 5, 2000, 0, 19},
		{"up by no more than 1.5 bits", 1, 200_000, 0, 20.5},
		{"down by no more than two thirds", 2, 0, 0, 20.5 - 2*math.Log2(1.5)},
		{"a table that is half full lets it fall by no more", 1, 0, 0.5, 20.5 - 3*math.Log2(1.5)},
		{"a full table keeps it from falling", 4, 0, 1, 20.5 - 3*math.Log2(1.5)},
		{"never above the ceiling", 9, 200_000, 0, 23},
		{"nor below the floor", 20, 0, 0, 18},
	} {
		taken = step.taken
		if bits := run(step.steps, step.rooms); math.Abs(bits-step.bits) > 1e-9 {
			t.Errorf("%s: %v bits, not %v", step.why, bits, step.bits)
		}
	}
}

func TestACrowdPaysMore_PW_17_PW_7(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	d := newDifficulty(standardPrice(), now)
	crowd, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.1")
	home := netip.MustParseAddr("127.0.0.1")
	for rooms := 1; rooms <= 100; rooms++ {
		d.count(crowd, now)
		d.count(home, now)
		bits := min(4, max(0, math.Log2(float64(rooms)/4)))
		effort, raisedBy := d.ask(crowd, now)
		if expected := uint64(math.Round(math.Exp2(18 + bits))); effort != expected || (raisedBy == "network") != (bits > 0) {
			t.Fatalf("after %d rooms it pays %d, raised by %s", rooms, effort, raisedBy)
		}
	}
	for _, from := range []netip.Addr{other, home, {}} {
		if effort, raisedBy := d.ask(from, now); effort != 1<<18 || raisedBy != "none" {
			t.Errorf("%v pays for others: %d, raised by %s", from, effort, raisedBy)
		}
	}
	d.bits = 26
	if effort, _ := d.ask(crowd, now); effort != 1<<27 {
		t.Errorf("somebody is asked for %d, more than a client does (PW-8)", effort)
	}
	if effort, _ := d.ask(crowd, now.Add(5*time.Minute)); effort >= 1<<27 {
		t.Error("a crowd is not forgotten after 5 minutes")
	}
}

func FuzzToken(f *testing.F) {
	f.Add(make([]byte, wire.TokenBytes))
	f.Fuzz(func(t *testing.T, bytes []byte) {
		if len(bytes) != wire.TokenBytes {
			return
		}
		raw := [wire.TokenBytes]byte(bytes)
		if DecodeToken(raw).Encode() != raw {
			t.Fatalf("%x is also something else", raw)
		}
		w := newWork(time.Unix(1_800_000_000, 0))
		if w.keys.judge(raw, 1_800_000_000, 1<<18) == nil {
			t.Fatal("a token that this relay did not issue is good")
		}
	})
}

func FuzzSolution(f *testing.F) {
	f.Add(`{"token":"AQ"}`)
	w := newWork(time.Unix(1_800_000_000, 0))
	f.Fuzz(func(t *testing.T, body string) {
		if solution, ok := w.Read(body); ok && !proof.Acceptable(solution.Request.JoinKey) {
			t.Fatal("a join key that is not acceptable was read")
		}
	})
}
