// coder/websocket the way its chat example does it: a reader, and a writer fed by a channel, each write with a time-out.
package main

import (
	"context"
	"net/http"
	"time"

	"example.org/peers/room"
	"github.com/coder/websocket"
)

const (
	queued    = 256
	writeWait = 5 * time.Second
)

type member struct {
	socket *websocket.Conn
	send   chan []byte
}

var rooms room.Rooms[*member]

func main() { room.Serve(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &member{socket, make(chan []byte, queued)}
	joined := rooms.Enter(r.URL.Path, m)
	go func() {
		for {
			select {
			case message := <-m.send:
				if m.write(ctx, message) != nil {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		defer func() {
			joined.Leave(m)
			cancel()
			socket.CloseNow()
		}()
		for {
			_, message, err := socket.Read(ctx)
			if err != nil {
				return
			}
			joined.Each(func(to *member) { to.send <- message })
		}
	}()
}

func (m *member) write(ctx context.Context, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writeWait)
	defer cancel()
	return m.socket.Write(ctx, websocket.MessageBinary, message)
}
