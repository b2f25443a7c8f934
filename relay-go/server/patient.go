package server

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// patient is a listener that waits when no file descriptor is left (OP-13).
type patient struct {
	net.Listener
	server *Server
}

const descriptorPause = 250 * time.Millisecond

func (p patient) Accept() (net.Conn, error) {
	for told := false; ; told = true {
		socket, err := p.Listener.Accept()
		if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
			return socket, err
		}
		if !told {
			p.server.refused(limitDescriptors)
		}
		time.Sleep(descriptorPause)
	}
}
