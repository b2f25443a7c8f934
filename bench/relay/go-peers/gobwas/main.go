// gobwas/ws: frames are read and written by the program; a message is framed once, and a goroutine writes to a socket
// only while something waits for it.
package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"

	"example.org/peers/room"
	"github.com/gobwas/ws"
)

type member struct {
	socket  net.Conn
	lock    sync.Mutex
	waiting net.Buffers
	writing bool
}

var rooms room.Rooms[*member]

func main() { room.Serve(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	socket, _, _, err := ws.UpgradeHTTP(r, w)
	if err != nil {
		return
	}
	m := &member{socket: socket}
	joined := rooms.Enter(r.URL.Path, m)
	go m.read(joined)
}

func (m *member) read(joined *room.Room[*member]) {
	defer func() {
		joined.Leave(m)
		m.socket.Close()
	}()
	buffered := bufio.NewReaderSize(m.socket, 1024)
	for {
		header, err := ws.ReadHeader(buffered)
		if err != nil || header.OpCode == ws.OpClose {
			return
		}
		payload := make([]byte, header.Length)
		if _, err := io.ReadFull(buffered, payload); err != nil {
			return
		}
		ws.Cipher(payload, header.Mask, 0)
		if header.OpCode == ws.OpPing {
			pong, _ := ws.CompileFrame(ws.NewPongFrame(payload))
			m.send(pong)
			continue
		}
		frame, _ := ws.CompileFrame(ws.NewFrame(ws.OpBinary, true, payload))
		joined.Each(func(to *member) { to.send(frame) })
	}
}

func (m *member) send(frame []byte) {
	m.lock.Lock()
	m.waiting = append(m.waiting, frame)
	begin := !m.writing
	m.writing = true
	m.lock.Unlock()
	if begin {
		go m.write()
	}
}

func (m *member) write() {
	for {
		m.lock.Lock()
		frames := m.waiting
		m.waiting = nil
		m.writing = len(frames) > 0
		m.lock.Unlock()
		if len(frames) == 0 {
			return
		}
		if _, err := frames.WriteTo(m.socket); err != nil {
			m.socket.Close()
		}
	}
}
