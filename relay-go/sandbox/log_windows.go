package sandbox

import (
	"os"

	"golang.org/x/sys/windows"
)

// KeepLog takes standard error for the log alone: see log_unix.go.
func KeepLog() (*os.File, error) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	return os.Stderr, windows.SetStdHandle(windows.STD_ERROR_HANDLE, windows.Handle(null.Fd()))
}
