//go:build unix

package sandbox

import (
	"os"

	"golang.org/x/sys/unix"
)

// KeepLog takes standard error for the log alone. What Go's run time writes there when it ends the process is the
// arguments of every function that runs, addresses and keys among them (RL-2); from now on that goes nowhere.
func KeepLog() (*os.File, error) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	kept, err := unix.FcntlInt(2, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(kept), "log"), unix.Dup2(int(null.Fd()), 2)
}
