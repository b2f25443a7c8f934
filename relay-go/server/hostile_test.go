package server

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"pug/relay/wire"
)

// oneSocket is a listener on which one connection arrives.
type oneSocket struct{ arriving chan net.Conn }

func (l oneSocket) Accept() (net.Conn, error) {
	socket, open := <-l.arriving
	if !open {
		return nil, net.ErrClosed
	}
	return socket, nil
}

func (l oneSocket) Close() error   { return nil }
func (l oneSocket) Addr() net.Addr { return &net.UnixAddr{} }

// arrive hands the relay one end of a connection that holds nothing: what the other end does not read, nobody can write.
func (r *testRelay) arrive() net.Conn {
	ours, theirs := net.Pipe()
	listener := oneSocket{make(chan net.Conn, 1)}
	listener.arriving <- theirs
	server := r.serve(listener, r.Server)
	r.t.Cleanup(func() {
		close(listener.arriving)
		server.Close()
		ours.Close()
	})
	return ours
}

func TestAnUpgradeWhoseAnswerNobodyReadsEnds_LM_9(t *testing.T) {
	upgrader.Timeout = 50 * time.Millisecond
	defer func() { upgrader.Timeout = upgradeTimeout }()
	r := startRelay(t)
	socket := r.arrive()
	_ = socket.SetDeadline(time.Now().Add(20 * time.Second))
	_, err := io.WriteString(socket, "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: pug.1\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	// It can be written to no more once the relay has let go of it. Nothing is read, which would help it.
	if _, err := socket.Write(make([]byte, 1<<20)); err != io.ErrClosedPipe {
		t.Fatalf("the connection stays: %v", err)
	}
	r.await(r.isEmpty)
}

// failing is a listener on which some connections come to nothing.
type failing struct {
	oneSocket
	errors []error
}

func (l *failing) Accept() (net.Conn, error) {
	if len(l.errors) == 0 {
		return l.oneSocket.Accept()
	}
	err := l.errors[0]
	l.errors = l.errors[1:]
	return nil, err
}

func TestAConnectionThatCannotBeAcceptedDoesNotMakeTheRelayDeaf_OP_13(t *testing.T) {
	listener := &failing{oneSocket{make(chan net.Conn, 1)}, []error{syscall.ENOMEM, syscall.EPROTO}}
	ours, theirs := net.Pipe()
	defer ours.Close()
	listener.arriving <- theirs
	if socket, err := (patient{listener, startRelay(t).Server}).Accept(); socket != theirs {
		t.Fatalf("after two that failed it accepts nothing: %v", err)
	}
	close(listener.arriving)
	if _, err := (patient{listener, nil}).Accept(); err != net.ErrClosed {
		t.Fatalf("a closed listener is waited for: %v", err)
	}
}

func TestAConnectionWithoutARequestEnds_LM_9(t *testing.T) {
	nothing := oneSocket{make(chan net.Conn)}
	server := startRelay(t).serve(nothing, http.NotFoundHandler())
	defer server.Close()
	defer close(nothing.arriving) // First: a server that accepts is waited for.
	if longest := max(server.IdleTimeout, server.ReadTimeout, server.ReadHeaderTimeout); longest > 30*time.Second {
		t.Fatalf("one may stay for %v", longest)
	}
}

func TestASecondLengthEndsTheConnection_HT_4(t *testing.T) {
	for _, headers := range []string{"Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"} {
		socket := startRelay(t).arrive()
		_ = socket.SetDeadline(time.Now().Add(20 * time.Second))
		go io.WriteString(socket, "POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\n"+headers+"\r\n0\r\n\r\n"+
			"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		answers, err := io.ReadAll(socket)
		if count := strings.Count(string(answers), "HTTP/1.1 "); err != nil || count != 1 {
			t.Errorf("%d answers, %v", count, err)
		}
	}
}

func TestASocketThatTheDrainDidNotSeeIsToldToo_SK_14(t *testing.T) {
	r := startRelay(t)
	ours, theirs := net.Pipe()
	defer ours.Close()
	r.draining.Store(true) // After this one was asked whether it may come.
	go r.welcome(&conn{server: r.Server, socket: theirs}, netip.Addr{}, nil)
	peer := &testPeer{t: t, socket: ours}
	peer.greeted()
	peer.expect("restarting")
}

func TestPartsThatHoldNothingAreCounted_LM_2(t *testing.T) {
	r := startRelay(t)
	room := r.room(2)
	witness, rude, stranger := r.member(room), r.member(room), r.dial().greeted()
	witness.expect(`"join"`)
	nothing := from(ws.OpContinuation, false, "")
	for name, peer := range map[string]*testPeer{"a member": rude, "who has not joined": stranger} {
		flood := append(from(ws.OpText, false, ""), []byte(strings.Repeat(string(nothing), 10_000))...)
		go peer.socket.Write(flood)
		if heard := peer.hear(); heard != "flooding" {
			t.Errorf("%s hears %q", name, heard)
		}
	}
	witness.expect(`"why":"flood"`)
}

func TestWhoReadsSlowlyIsToldItsEnd_LM_3_RM_6(t *testing.T) {
	r := startRelay(t, "--byte-burst", "1000000000", "--bytes-per-second", "1000000000", "--message-burst", "10000")
	room := r.room(2)
	speaker := r.member(room)
	known := r.all()[0]
	sleeper := r.member(room)
	speaker.expect(`"join"`)
	var slow *conn
	for _, c := range r.all() {
		if c != known {
			slow = c
		}
	}
	_ = plain(sleeper.socket).SetReadBuffer(1 << 16)
	_ = plain(slow.socket).SetWriteBuffer(1 << 16)
	payload := make([]byte, 20_000)
	for count := 0; slow.outbox.size() <= 2*r.slowBytes(); count++ {
		if count == 2000 {
			t.Fatal("nothing waits to be read")
		}
		speaker.send(payload)
		speaker.hear()
	}
	speaker.say(fmt.Sprintf(`{"type":"remove","member":%d}`, slow.stay.number))
	speaker.expect(`"why":"removed"`)
	time.Sleep(3 * briefFarewell) // It is not that quick.
	for heard := ""; heard != wire.Removed.Name; {
		if heard = sleeper.hear(); heard == "broken" {
			t.Fatal("it is not told that it was removed")
		}
	}
}

func plain(socket net.Conn) *net.TCPConn { return socket.(*tls.Conn).NetConn().(*net.TCPConn) }
