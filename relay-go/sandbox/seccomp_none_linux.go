//go:build linux && !amd64 && !arm64

package sandbox

// filterSyscalls: the filter is written for the two processors servers have.
func filterSyscalls() bool { return false }
