// lxzan/gws with its broadcaster: a message is framed once and queued for each socket.
package main

import (
	"net/http"

	"example.org/peers/room"
	"github.com/lxzan/gws"
)

type handler struct {
	gws.BuiltinEventHandler
}

var (
	rooms    room.Rooms[*gws.Conn]
	upgrader = gws.NewUpgrader(&handler{}, &gws.ServerOption{})
)

func main() {
	room.Serve(func(w http.ResponseWriter, r *http.Request) {
		socket, err := upgrader.Upgrade(w, r)
		if err != nil {
			return
		}
		socket.Session().Store("room", rooms.Enter(r.URL.Path, socket))
		go socket.ReadLoop()
	})
}

func roomOf(socket *gws.Conn) *room.Room[*gws.Conn] {
	joined, _ := socket.Session().Load("room")
	return joined.(*room.Room[*gws.Conn])
}

func (*handler) OnClose(socket *gws.Conn, _ error) { roomOf(socket).Leave(socket) }

func (*handler) OnMessage(socket *gws.Conn, message *gws.Message) {
	defer message.Close()
	broadcast := gws.NewBroadcaster(gws.OpcodeBinary, message.Bytes())
	defer broadcast.Close()
	roomOf(socket).Each(func(to *gws.Conn) { _ = broadcast.Broadcast(to) })
}
