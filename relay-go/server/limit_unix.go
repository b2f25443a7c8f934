//go:build unix

package server

import "syscall"

// mostSockets is how many sockets there may be with this many file descriptors (OP-15). The run time has raised the soft
// limit to the hard one.
func mostSockets(wanted int) int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return wanted
	}
	return max(1, int(min(uint64(wanted), max(uint64(limit.Cur), reserve)-reserve)))
}
