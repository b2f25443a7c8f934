package server

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pug/relay/wire"
)

func TestARoomOverTLS_OP_4_SK_9_RM_7(t *testing.T) {
	r := startRelay(t, "--byte-burst", "10000000")
	answer, _ := r.get("https://" + r.address() + "/healthz")
	if answer.Header.Get("Strict-Transport-Security") != transport {
		t.Error("HT-11: no Strict-Transport-Security over TLS")
	}
	room := r.room(3)
	first, second := r.member(room), r.member(room)
	first.expect(`{"type":"join","seq":2,"member":2,"owner":true}`)
	payload := bytes.Repeat([]byte("payload "), 8192)
	for seq := byte(3); seq < 23; seq++ {
		first.send(payload)
		for _, p := range []*testPeer{first, second} {
			if heard := p.hear(); heard != string([]byte{0, 0, 0, seq, 0, 0, 0, 1})+string(payload) {
				t.Fatalf("event %d is not the frame", seq)
			}
		}
	}
	second.say(`{"type":"purge"}`)
	for _, p := range []*testPeer{first, second} {
		p.expect("purged")
	}
}

func TestWhoDoesNotReadOverTLSIsClosed_LM_3_RM_4(t *testing.T) {
	r := startRelay(t, "--byte-burst", "1000000000", "--bytes-per-second", "1000000000", "--message-burst", "10000")
	room := r.room(2)
	speaker, sleeper := r.member(room), r.member(room)
	speaker.expect(`"join"`)
	payload := make([]byte, 65536)
	for range 2000 {
		speaker.send(payload)
		if heard := speaker.hear(); strings.Contains(heard, `"why":"slow"`) {
			_ = sleeper.socket.SetReadDeadline(time.Now())
			return
		}
	}
	t.Fatal("a member that does not read stays")
}

func TestACertificateIsExchangedAndABadOneRefused_OP_5(t *testing.T) {
	r := startRelay(t)
	shown := func() string {
		socket, err := tls.Dial("tcp", r.address(), anyCertificate)
		if err != nil {
			t.Fatal(err)
		}
		defer socket.Close()
		return socket.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	member := r.member(r.room(2))
	before := shown()
	writePair(t, r.folder)
	r.reload(r.open.shown)
	after := shown()
	if before == after || !strings.Contains(r.log.String(), `{"event":"tls_reloaded",`) {
		t.Error("the new certificate is not shown")
	}
	for text, code := range map[string]string{"nonsense": "unusable", "": "unreadable"} {
		path := filepath.Join(r.folder, "cert.pem")
		if text == "" {
			os.Remove(path)
		} else if os.WriteFile(path, []byte(text), 0o600) != nil {
			t.Fatal("the file cannot be written")
		}
		r.reload(r.open.shown)
		if shown() != after || !strings.Contains(r.log.String(), `"tls_refused"`) || !strings.Contains(r.log.String(), code) {
			t.Errorf("%s: the old certificate does not stay, or nothing is said", code)
		}
	}
	member.say(wirePing)
	member.expect(wire.Pong)
}

const wirePing = `{"type":"ping"}`

// await waits for something that happens beside.
func (r *testRelay) await(met func() bool) {
	r.t.Helper()
	for range 1000 {
		if met() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatal("it does not happen")
}

func TestTheWayToTheTLSListener_OP_6(t *testing.T) {
	r := startRelay(t, "--redirect-listen", "127.0.0.1:0")
	side := r.open.redirect.Addr().String()
	_, port, _ := strings.Cut(r.address(), ":")
	for _, c := range []struct {
		method, host, path string
		status             int
		location           string
	}{
		{"GET", "a.example", "/r?x=y", 308, "https://a.example:" + port + "/r?x=y"},
		{"HEAD", "a.example:80", "/", 308, "https://a.example:" + port + "/"},
		{"GET", "[2001:db8::1]:80", "/", 308, "https://[2001:db8::1]:" + port + "/"},
		{"GET", "192.0.2.1", "//evil.example/", 308, "https://192.0.2.1:" + port + "//evil.example/"},
		{"POST", "a.example", "/", 405, ""},
		{"GET", "a.example", "/r%23key", 400, ""},
		{"GET", "evil.example/x", "/", 400, ""},
		{"GET", "a_b", "/", 400, ""},
		{"GET", "[::1", "/", 400, ""},
	} {
		request, _ := http.NewRequest(c.method, "http://"+side+c.path, nil)
		request.Host = c.host
		answer, err := r.client().Do(request)
		if err != nil {
			if c.status == 400 { // Not even HTTP lets it pass.
				continue
			}
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != c.status || answer.Header.Get("Location") != c.location || answer.Header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s %s of %q: %d to %q", c.method, c.path, c.host, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
	for _, target := range []string{"*", "x:.evil.example/"} { // What no browser asks for, and would stand behind the host.
		answer := r.redirected(&http.Request{Method: "GET", Host: "a.example", RequestURI: target, URL: parsed(t, target)}, 443)
		if answer.status != 400 || answer.location != "" {
			t.Errorf("%s leads to %q", target, answer.location)
		}
	}
}

func parsed(t *testing.T, target string) *url.URL {
	t.Helper()
	parsed, err := url.ParseRequestURI(target)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestMetricsCount_OP_7_OP_8(t *testing.T) {
	r := startRelay(t, "--metrics-listen", "127.0.0.1:0")
	member := r.member(r.room(2))
	member.send([]byte("hello"))
	member.hear()
	_, text := r.get("http://" + r.open.metrics.Addr().String() + "/metrics")
	for _, line := range []string{
		`pug_rooms 1`, `pug_members 1`, `pug_sockets 1`, `pug_sockets_unjoined 0`, `pug_messages_total 1`,
		`pug_message_bytes_total 5`, `pug_deliveries_total 1`, `pug_joins_total{result="joined"} 1`,
		`pug_closes_total{name="purged"} 0`, `pug_refusals_total{limit="rate"} 0`, `pug_effort_iterations 8192`,
		`pug_event_loop_lag_seconds_bucket{le="0.025"} `, `pug_build_info{version="0"} 1`,
	} {
		if !strings.Contains(text, "\n"+line) && !strings.HasPrefix(text, line) {
			t.Errorf("no line %s", line)
		}
	}
	if answer, _ := r.get("https://" + r.address() + "/metrics"); answer.StatusCode != 404 {
		t.Error("the main listener has metrics")
	}
}

func TestAllQueuesTogetherAreBounded_LM_10(t *testing.T) {
	const most = 4 << 20
	r := startRelay(t, "--capacity-max", "16", "--queue-bytes", "2000000", "--max-queued-bytes", "4194304",
		"--byte-burst", "1000000000", "--bytes-per-second", "1000000000", "--message-burst", "10000")
	room := r.room(16)
	speaker := r.member(room)
	for range 9 {
		r.member(room) // They never read again.
		speaker.expect(`"join"`)
	}
	payload := make([]byte, 65536)
	slow := 0
	for at := 0; at < 2000 && slow < 9; at++ {
		speaker.send(payload)
		for strings.Contains(speaker.hear(), `"why":"slow"`) {
			slow++
		}
		if held := r.queues.bytes.Load(); held > most+11*65600 { // What one message adds, in ten queues and one more.
			t.Fatalf("%d bytes are held", held)
		}
	}
	if slow == 0 {
		t.Fatal("nobody who does not read is closed")
	}
	speaker.say(wirePing)
	speaker.expect(wire.Pong)
	for _, c := range r.all() {
		c.socket.Close()
	}
	r.await(r.isEmpty)
	if held := r.queues.bytes.Load(); held != 0 || len(r.queues.slow) != 0 {
		t.Errorf("nobody is left, and %d bytes are held", held)
	}
}

func TestTheExposedPageIsTheOneOfTheOtherRelay_LK_8(t *testing.T) {
	source, err := os.ReadFile("../../relay/src/exposed.ts")
	if err != nil || !bytes.Contains(source, exposedPage) {
		t.Fatalf("relay/src/exposed.ts has another page: %v", err)
	}
}

func TestALogThatNobodyReadsHoldsNothingUp_OP_10_SK_14(t *testing.T) {
	r := startRelay(t, "--drain-seconds", "0")
	reader, stalled := io.Pipe()
	defer reader.Close()
	r.Server.log = newLogger(stalled, r.now)
	member := r.member(r.room(2))
	drained := make(chan struct{})
	go func() {
		for range 3 {
			r.Server.log.info("stopped")
		}
		r.drain()
		close(drained)
	}()
	member.expect(`{"type":"closing","inSeconds":0}`)
	member.expect("restarting")
	member.socket.Close()
	select {
	case <-drained:
	case <-time.After(20 * time.Second):
		t.Fatal("the end waits for whoever reads the log")
	}
}
