package server

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// patient is a listener that waits when no file descriptor is left (OP-13), and after whatever else goes wrong with one
// connection, or while the system has no memory for it: a relay must not go deaf for good.
type patient struct {
	net.Listener
	server *Server
}

const acceptPause = 250 * time.Millisecond

func (p patient) Accept() (net.Conn, error) {
	for told := false; ; {
		socket, err := p.Listener.Accept()
		if err == nil || errors.Is(err, net.ErrClosed) {
			return socket, err
		}
		if !told && (errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)) {
			p.server.refused(limitDescriptors)
			told = true
		}
		time.Sleep(acceptPause)
	}
}
