//go:build unix

package server

import (
	"errors"
	"io"
	"net"
	"syscall"
)

// direct gives ways to read and write a plain socket that hold no buffer, and no goroutine, while nothing can be done.
// For a socket that is none of the kernel's, as with TLS, both are nil.
func direct(socket net.Conn) (fill func(*inbox) error, write sink) {
	plain, ok := socket.(syscall.Conn)
	if !ok {
		return nil, nil
	}
	raw, err := plain.SyscallConn()
	if err != nil {
		return nil, nil
	}
	return func(in *inbox) error { return fillFrom(raw, in) }, func(bytes []byte) (int, error) { return writeTo(raw, bytes) }
}

func fillFrom(raw syscall.RawConn, in *inbox) error {
	var failed error
	err := raw.Read(func(descriptor uintptr) bool {
		for {
			count, err := syscall.Read(int(descriptor), in.room())
			switch {
			case errors.Is(err, syscall.EINTR):
				continue
			case errors.Is(err, syscall.EAGAIN):
				in.release()
				return false
			case err != nil:
				failed = err
			case count == 0:
				failed = io.EOF
			default:
				in.until += count
			}
			return true
		}
	})
	if err != nil {
		return err
	}
	return failed
}

func writeTo(raw syscall.RawConn, bytes []byte) (written int, failed error) {
	err := raw.Write(func(descriptor uintptr) bool {
		for written < len(bytes) {
			count, err := syscall.Write(int(descriptor), bytes[written:])
			switch {
			case errors.Is(err, syscall.EINTR):
				continue
			case errors.Is(err, syscall.EAGAIN):
				return true
			case err != nil:
				failed = err
				return true
			}
			written += count
		}
		return true
	})
	if err != nil {
		return written, err
	}
	return written, failed
}
