package server

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"pug/relay/proof"
	"pug/relay/proofofwork"
	"pug/relay/settings"
	"pug/relay/wire"
)

// testRelay listens on loopback, over TLS unless it is plain.
type testRelay struct {
	*Server
	t      *testing.T
	open   *listeners
	log    *bytes.Buffer
	folder string
}

func startRelay(t *testing.T, flags ...string) *testRelay {
	t.Helper()
	folder := t.TempDir()
	writePair(t, folder)
	cert, key := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	flags = append([]string{"--host", "127.0.0.1", "--port", "0", "--effort-bits-floor", "13", "--tls-cert", cert, "--tls-key", key}, flags...)
	_, s, err := settings.Read(flags, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &testRelay{t: t, log: &bytes.Buffer{}, folder: folder}
	r.Server = New(s, "0", r.log)
	if r.open, err = r.listen(); err != nil {
		t.Fatal(err)
	}
	for _, server := range r.serveAll(r.open) {
		t.Cleanup(func() { server.Close() })
	}
	return r
}

// writePair writes a certificate of its own and its key.
func writePair(t *testing.T, folder string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<62))
	template := &x509.Certificate{SerialNumber: serial, NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{{127, 0, 0, 1}}}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (r *testRelay) address() string { return r.open.main.Addr().String() }

// Self-signed: what is shown is compared, not trusted.
var anyCertificate = &tls.Config{InsecureSkipVerify: true}

func (r *testRelay) client() *http.Client {
	transport := &http.Transport{TLSClientConfig: anyCertificate, DisableKeepAlives: true}
	return &http.Client{
		Transport: transport, Timeout: 10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (r *testRelay) get(url string) (*http.Response, string) {
	r.t.Helper()
	answer, err := r.client().Get(url)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return answer, string(body)
}

// testRoom is a room and the right to join it.
type testRoom struct {
	id          [16]byte
	join, owner ed25519.PrivateKey
}

func (r *testRelay) room(capacity uint16) testRoom {
	r.t.Helper()
	room, request := r.request(capacity)
	if _, problem := r.hub.create(spell(request), netip.Addr{}); problem != nil {
		r.t.Fatal(problem.Code)
	}
	return room
}

// request is for a room that was paid for at the floor, whoever sends it.
func (r *testRelay) request(capacity uint16) (testRoom, wire.CreateRequest) {
	r.t.Helper()
	var room testRoom
	_, room.join, _ = ed25519.GenerateKey(rand.Reader)
	_, room.owner, _ = ed25519.GenerateKey(rand.Reader)
	request := wire.CreateRequest{
		JoinKey: keyOf(room.join), OwnerKey: keyOf(room.owner), TTLSeconds: 3600, Capacity: capacity,
	}
	_, text := r.get("https://" + r.address() + "/api/v1/challenge")
	var challenge struct {
		Token  string
		Target uint32
	}
	if json.Unmarshal([]byte(text), &challenge) != nil {
		r.t.Fatal(text)
	}
	token, _ := base64.RawURLEncoding.DecodeString(challenge.Token)
	request.Token = [wire.TokenBytes]byte(token)
	puzzle := proofofwork.Puzzle(request.Token, proofofwork.Bind(request))
	for nonce := uint32(0); len(request.Solution) < 32; nonce++ {
		if proofofwork.Hit(proofofwork.Try(puzzle, nonce), challenge.Target) {
			request.Solution = append(request.Solution, byte(nonce>>24), byte(nonce>>16), byte(nonce>>8), byte(nonce))
		}
	}
	room.id = proof.RoomID(request.JoinKey)
	return room, request
}

func keyOf(key ed25519.PrivateKey) [32]byte { return [32]byte(key.Public().(ed25519.PublicKey)) }

func spell(r wire.CreateRequest) string {
	text, _ := json.Marshal(struct {
		Token      string `json:"token"`
		Solution   string `json:"solution"`
		JoinKey    string `json:"joinKey"`
		OwnerKey   string `json:"ownerKey"`
		TTLSeconds uint32 `json:"ttlSeconds"`
		Capacity   uint16 `json:"capacity"`
	}{
		wire.Encode(r.Token[:]), wire.Encode(r.Solution), wire.Encode(r.JoinKey[:]), wire.Encode(r.OwnerKey[:]),
		r.TTLSeconds, r.Capacity,
	})
	return string(text)
}

// testPeer is a client's socket.
type testPeer struct {
	t      *testing.T
	socket net.Conn
	nonce  [32]byte
	ticket string
}

func (r *testRelay) dial() *testPeer { return r.dialFrom("") }

// dialFrom says to come from this address, for a relay that believes it.
func (r *testRelay) dialFrom(address string) *testPeer {
	r.t.Helper()
	dialer := ws.Dialer{Protocols: []string{"pug.1"}, TLSConfig: anyCertificate, Timeout: 10 * time.Second}
	if address != "" {
		dialer.Header = ws.HandshakeHeaderHTTP{"X-Forwarded-For": {address}}
	}
	socket, _, _, err := dialer.Dial(context.Background(), "wss://"+r.address()+"/ws")
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { socket.Close() })
	return &testPeer{t: r.t, socket: socket}
}

// hear is the next message, or the reason of the close frame, or "broken".
func (p *testPeer) hear() string {
	p.t.Helper()
	_ = p.socket.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		header, err := ws.ReadHeader(p.socket)
		if err != nil {
			return "broken"
		}
		payload := make([]byte, header.Length) // The relay is ours.
		if _, err := io.ReadFull(p.socket, payload); err != nil {
			return "broken"
		}
		switch header.OpCode {
		case ws.OpClose:
			_, reason := ws.ParseCloseFrameData(payload)
			return reason
		case ws.OpPing:
			continue
		}
		return string(payload)
	}
}

func (p *testPeer) expect(part string) string {
	p.t.Helper()
	heard := p.hear()
	if !strings.Contains(heard, part) {
		p.t.Fatalf("it hears %.200q, not %q", heard, part)
	}
	return heard
}

func (p *testPeer) say(text string) {
	p.t.Helper()
	if err := wsutil.WriteClientText(p.socket, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *testPeer) send(payload []byte) {
	p.t.Helper()
	if err := wsutil.WriteClientBinary(p.socket, append(make([]byte, 4), payload...)); err != nil {
		p.t.Fatal(err)
	}
}

// greeted hears its hello.
func (p *testPeer) greeted() *testPeer {
	p.t.Helper()
	if !p.isGreeted(p.hear()) {
		p.t.Fatal("no hello")
	}
	return p
}

func (p *testPeer) isGreeted(heard string) bool {
	var hello struct{ Nonce string }
	_ = json.Unmarshal([]byte(heard), &hello)
	nonce, _ := wire.Decode(hello.Nonce)
	return copy(p.nonce[:], nonce) == len(p.nonce)
}

// join says the join, with a ticket where there is one.
func (p *testPeer) join(room testRoom, ticket string) {
	p.t.Helper()
	p.say(p.joinText(room, ticket))
}

func (p *testPeer) joinText(room testRoom, ticket string) string {
	key := keyOf(room.join)
	sign := func(key ed25519.PrivateKey, message []byte) string { return wire.Encode(ed25519.Sign(key, message)) }
	text := `{"type":"join","room":"` + wire.Encode(room.id[:]) + `","joinKey":"` + wire.Encode(key[:]) +
		`","proof":"` + sign(room.join, proof.JoinMessage(room.id, p.nonce)) +
		`","ownerProof":"` + sign(room.owner, proof.OwnerMessage(room.id, p.nonce)) + `"`
	if ticket != "" {
		text += `,"ticket":"` + ticket + `"`
	}
	return text + `}`
}

func (r *testRelay) member(room testRoom) *testPeer {
	r.t.Helper()
	p := r.dial().greeted()
	p.join(room, "")
	p.joined()
	return p
}

// joined hears that it has joined, and its ticket.
func (p *testPeer) joined() {
	p.t.Helper()
	var joined struct{ Ticket string }
	if json.Unmarshal([]byte(p.expect(`"joined"`)), &joined) != nil {
		p.t.Fatal("it did not join")
	}
	p.ticket = joined.Ticket
}
