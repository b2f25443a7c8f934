//go:build unix

package server

import (
	"bufio"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestAnEndDoesNotWaitForACertificate_OP_5_SK_14(t *testing.T) {
	r := startRelay(t, "--drain-seconds", "0")
	said, log := io.Pipe()
	r.Server.log = newLogger(log, r.now)
	ended := make(chan int, 1)
	go func() { ended <- r.Run(func() error { return nil }) }()
	if !bufio.NewScanner(said).Scan() { // From its first line on it takes signals.
		t.Fatal("it does not start")
	}
	go io.Copy(io.Discard, said)
	if os.Remove(r.settings.TLSCert) != nil || syscall.Mkfifo(r.settings.TLSCert, 0o600) != nil {
		t.Fatal("no pipe in place of the certificate")
	}
	for range 5 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGHUP)
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
	select {
	case code := <-ended:
		if code != 0 {
			t.Errorf("it ends with %d", code)
		}
	case <-time.After(20 * time.Second):
		t.Error("it does not end while a file is read")
	}
	// Lets whoever reads the pipe go.
	if pipe, err := os.OpenFile(r.settings.TLSCert, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
		pipe.Close()
	}
}

func TestOnlyASocketOfNobodyIsReplaced_OP_3(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	left.Close()
	ours, err := listenUnix(path)
	if err != nil {
		t.Fatal("what a process left behind is in the way:", err)
	}
	ours.Close()
	// It lives, and takes no connections, for it is of another kind.
	theirs, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	if _, err := listenUnix(path); err == nil {
		t.Fatal("a socket that somebody uses is taken away")
	}
	if _, err := os.Lstat(path); err != nil {
		t.Error(err)
	}
}
