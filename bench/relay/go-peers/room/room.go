// Package room is what the measured programs share: who is in which room, by the path a socket asked for.
package room

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
)

// Rooms holds the members of every room; a member is whatever a program sends to.
type Rooms[M comparable] struct {
	lock  sync.Mutex
	rooms map[string]*Room[M]
}

// Room is one room.
type Room[M comparable] struct {
	lock    sync.Mutex
	members map[M]struct{}
}

// Enter puts a member into the room of this name.
func (r *Rooms[M]) Enter(name string, member M) *Room[M] {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.rooms == nil {
		r.rooms = map[string]*Room[M]{}
	}
	room := r.rooms[name]
	if room == nil {
		room = &Room[M]{members: map[M]struct{}{}}
		r.rooms[name] = room
	}
	room.lock.Lock()
	room.members[member] = struct{}{}
	room.lock.Unlock()
	return room
}

// Leave takes a member out.
func (r *Room[M]) Leave(member M) {
	r.lock.Lock()
	delete(r.members, member)
	r.lock.Unlock()
}

// Each calls send for every member.
func (r *Room[M]) Each(send func(M)) {
	r.lock.Lock()
	for member := range r.members {
		send(member)
	}
	r.lock.Unlock()
}

// Serve listens on a free port of the loopback address, prints it, and answers with handle.
func Serve(handle http.HandlerFunc) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	_ = http.Serve(listener, handle)
}
