package server

import (
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws/wsutil"

	"pug/relay/limits"
	"pug/relay/wire"
)

// present demands that a socket which has not joined is still heard.
func (p *testPeer) present() {
	p.t.Helper()
	p.say(wirePing)
	p.expect("bad_message")
}

func TestOneTooManyOfAPrefix_LM_4(t *testing.T) {
	r := startRelay(t, "--max-unjoined-per-prefix", "3", "--trusted-proxies", "127.0.0.0/8")
	room := r.room(2)
	var idle []*testPeer
	for _, address := range []string{"192.0.2.1", "192.0.2.2", "192.0.2.1"} {
		idle = append(idle, r.dialFrom(address).greeted())
	}
	others := []*testPeer{r.dialFrom("192.0.3.1").greeted(), r.dialFrom("2001:db8::1").greeted()}
	late := r.dialFrom("192.0.2.255").greeted()
	idle[0].expect("overloaded")
	idle[1].join(room, "")
	idle[1].joined()
	again := r.dialFrom("192.0.2.9").greeted() // The place of the one that joined.
	idle[2].socket.Close()
	r.await(func() bool { return r.sockets() == 5 })
	last := r.dialFrom("192.0.2.9").greeted() // That of the one that went.
	late.join(room, "")
	late.joined()
	for _, p := range append(others, again, last) {
		p.present()
	}
	if len(r.doorway.nearby) != 0 || r.doorway.all.Len() != 0 {
		t.Error("something stays of sockets that wait no more")
	}
}

func TestWhoGivesWay_LM_4_LM_7(t *testing.T) {
	r := startRelay(t, "--max-unjoined-per-prefix", "2", "--max-sockets", "30")
	one, two := r.prefixes.Of(netip.MustParseAddr("192.0.2.1")), r.prefixes.Of(netip.MustParseAddr("192.0.3.1"))
	var conns [5]conn
	for at, step := range []struct {
		from  limits.Prefix
		gone  *conn
		limit string
	}{{one, nil, ""}, {two, nil, ""}, {one, nil, ""}, {one, &conns[0], limitPrefix}, {two, &conns[1], limitSockets}} {
		if gone, limit := r.admit(&conns[at], &step.from); gone != step.gone || (gone != nil && limit != step.limit) {
			t.Errorf("with number %d the wrong one goes, for %s", at, limit)
		}
	}
	if len(r.conns) != 3 || r.doorway.all.Len() != 3 || r.leavesDoorway(&conns[0]) || !r.leavesDoorway(&conns[2]) {
		t.Error("who gave way still stands there")
	}
}

func TestWhoGaveWayWhileItsJoinWasJudgedIsNoMember_LM_7_JN_5(t *testing.T) {
	r := startRelay(t, "--max-sockets", "10")
	room := r.room(2)
	p := r.dial().greeted()
	r.hub.lock.Lock() // Its join gets no further.
	p.join(room, "")
	time.Sleep(100 * time.Millisecond)
	late := r.dial().greeted()
	r.hub.lock.Unlock()
	p.expect("overloaded")
	late.join(room, "")
	late.expect(`"member":1,"members":[1]`)
}

// Sockets that join race with those that take their places. Whoever hears that it has joined has a place and keeps it.
func TestGivingWayWhileJoining_LM_4_LM_7(t *testing.T) {
	for _, flags := range [][]string{{"--max-unjoined-per-prefix", "2"}, {"--shared", "--max-sockets", "20"}} {
		r := startRelay(t, append(flags, "--capacity-max", "8")...)
		room := r.room(8)
		members := make(chan *testPeer, 40)
		var joins sync.WaitGroup
		for range cap(members) {
			p := r.dial()
			joins.Go(func() {
				if p.hasJoined(room) {
					members <- p
				}
			})
		}
		joins.Wait()
		count := len(members)
		if count == 0 || int(r.counts.members.Load()) != count {
			t.Fatalf("%d heard that they joined, and %d did", count, r.counts.members.Load())
		}
		for range count {
			p := <-members
			p.say(wirePing)
			for heard := p.hear(); heard != wire.Pong; heard = p.hear() {
				if !strings.Contains(heard, `"join"`) {
					t.Fatalf("beside a member somebody gave way, and it hears %q", heard)
				}
			}
		}
		r.await(func() bool { return r.sockets() == count })
	}
}

// hasJoined tries to join, unless it gives way before.
func (p *testPeer) hasJoined(room testRoom) bool {
	if !p.isGreeted(p.hear()) {
		return false
	}
	_ = wsutil.WriteClientText(p.socket, []byte(p.joinText(room, "")))
	return strings.Contains(p.hear(), `"joined"`)
}

func TestTheDoorway_LM_7(t *testing.T) {
	r := startRelay(t, "--max-sockets", "30")
	room := r.room(2)
	var waiting []*testPeer
	for range 3 { // a tenth of all
		waiting = append(waiting, r.dial().greeted())
	}
	late := r.dial().greeted()
	waiting[0].expect("overloaded")
	late.join(room, "")
	late.joined()
	waiting[1].join(room, "")
	waiting[1].joined()
	r.dial().greeted()
	waiting[2].present()
}

func TestWithoutAnyoneToGiveWay_LM_7(t *testing.T) {
	r := startRelay(t, "--max-sockets", "10", "--capacity-max", "16")
	room := r.room(16)
	leaver := r.member(room)
	for range 8 {
		r.member(room)
	}
	leaver.socket.Close()
	r.await(func() bool { return r.sockets() == 8 })
	r.member(room)
	back := r.dial().greeted()
	back.join(room, leaver.ticket)
	back.joined()
	for range 3 {
		r.dial().expect("overloaded")
	}
}

func TestTheLastSocketsAreForThoseWhoComeBack_LM_8(t *testing.T) {
	r := startRelay(t, "--max-sockets", "20", "--capacity-max", "16")
	crowd, pending := r.room(16), r.room(2)
	var members []*testPeer
	for range 16 {
		members = append(members, r.member(crowd))
	}
	p := r.dial().greeted()
	p.join(pending, "")
	p.expect("overloaded") // more than four fifths are taken
	members[0].socket.Close()
	members[1].socket.Close()
	r.await(func() bool { return r.sockets() == 14 })
	other := r.room(6)
	for r.sockets() < 18 {
		r.member(other)
	}
	late := r.dial().greeted()
	late.join(crowd, "")
	late.expect("overloaded")         // more than nine tenths are
	for _, at := range []int{0, 15} { // One that left a moment ago, and one that is listed.
		back := r.dial().greeted()
		back.join(crowd, members[at].ticket)
		back.joined()
	}
}

// Whoever is told and does not go keeps a connection; beyond so many, nobody is told, but at a restart.
func TestClosedSocketsThatLinger_LM_9_SK_14(t *testing.T) {
	r := startRelay(t, "--shared", "--max-sockets", "100", "--drain-seconds", "0")
	start := time.Now()
	var idle []*testPeer
	for range 10 + lingerAlways + 10 { // A tenth of all may wait.
		idle = append(idle, r.dial().greeted())
		r.lock.Lock()
		if len(r.lingering) > lingerAlways || len(r.conns) > 10 {
			t.Errorf("%d linger, and %d are open", len(r.lingering), len(r.conns))
		}
		r.lock.Unlock()
	}
	heard := map[string]int{}
	for _, p := range idle[:lingerAlways+10] {
		heard[p.hear()]++
	}
	if heard["overloaded"] < lingerAlways || (heard["broken"] == 0 && time.Since(start) < farewell) {
		t.Errorf("they hear %v", heard)
	}
	r.drain()
	for _, p := range idle[lingerAlways+10:] {
		p.expect(`"closing"`)
		p.expect("restarting")
	}
	r.await(r.isEmpty)
}

func TestThoseWhoLingerTakePlaces_LM_9_OP_15(t *testing.T) {
	r := startRelay(t, "--max-sockets", "400")
	lingering := func(count int) (told int) {
		for range count {
			if r.mayLinger(&conn{}, wire.Overloaded) {
				told++
			}
		}
		return told
	}
	if told := lingering(50); told != 40 || r.taken() != 40-lingerAlways {
		t.Errorf("%d are told, and %d places are taken", told, r.taken())
	}
	clear(r.lingering)
	for range 358 {
		r.conns[&conn{}] = struct{}{}
	}
	if told := lingering(50); told != lingerAlways+2 || r.taken() != 360 {
		t.Errorf("where nine tenths are taken %d are told, and %d places are taken", told, r.taken())
	}
	clear(r.conns)
	clear(r.lingering)
}
