// gorilla/websocket the way its chat example does it: two goroutines for each socket, a channel between them.
package main

import (
	"net/http"
	"time"

	"example.org/peers/room"
	"github.com/gorilla/websocket"
)

const (
	queued    = 256
	writeWait = 10 * time.Second
	pongWait  = 60 * time.Second
	pingEvery = pongWait * 9 / 10
)

type member struct {
	socket *websocket.Conn
	send   chan []byte
}

var (
	rooms    room.Rooms[*member]
	upgrader = websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024}
)

func main() { room.Serve(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	socket, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	m := &member{socket, make(chan []byte, queued)}
	joined := rooms.Enter(r.URL.Path, m)
	go m.write()
	go m.read(joined)
}

func (m *member) read(joined *room.Room[*member]) {
	defer func() {
		joined.Leave(m)
		close(m.send)
		m.socket.Close()
	}()
	m.socket.SetReadDeadline(time.Now().Add(pongWait))
	m.socket.SetPongHandler(func(string) error { return m.socket.SetReadDeadline(time.Now().Add(pongWait)) })
	for {
		_, message, err := m.socket.ReadMessage()
		if err != nil {
			return
		}
		joined.Each(func(to *member) {
			select {
			case to.send <- message:
			default: // Its queue is full: the example drops the member, a measurement must not lose it.
				to.send <- message
			}
		})
	}
}

func (m *member) write() {
	ticker := time.NewTicker(pingEvery)
	defer func() {
		ticker.Stop()
		m.socket.Close()
	}()
	for {
		select {
		case message, ok := <-m.send:
			m.socket.SetWriteDeadline(time.Now().Add(writeWait))
			if !ok {
				m.socket.WriteMessage(websocket.CloseMessage, nil)
				return
			}
			if m.socket.WriteMessage(websocket.BinaryMessage, message) != nil {
				return
			}
		case <-ticker.C:
			m.socket.SetWriteDeadline(time.Now().Add(writeWait))
			if m.socket.WriteMessage(websocket.PingMessage, nil) != nil {
				return
			}
		}
	}
}
