package sandbox

import (
	"path/filepath"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Confine takes effect for every thread and for ever. It returns what took hold; a kernel that knows neither is not an
// error, because the relay is as good as the system it runs on.
func Confine(needs Needs) (held []string, err error) {
	// Without this an unprivileged process may set neither.
	if _, _, failed := syscall.AllThreadsSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); failed != 0 {
		return nil, nil
	}
	if landlock(needs) {
		held = append(held, "Landlock")
	}
	if filterSyscalls() {
		held = append(held, "seccomp")
	}
	return held, nil
}

// What each version of Landlock's interface can deny more than the one before.
const (
	landlockFirst    = 1<<13 - 1 // execute … make symbolic links
	landlockRefer    = unix.LANDLOCK_ACCESS_FS_REFER
	landlockTruncate = unix.LANDLOCK_ACCESS_FS_TRUNCATE
	landlockIoctl    = unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	landlockTCP      = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	landlockScopes   = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
)

// denials are all that this kernel can deny, and how much of the structure it knows.
func denials(version uintptr) (attributes unix.LandlockRulesetAttr, size uintptr) {
	attributes.Handled_access_fs, size = landlockFirst, 8
	if version >= 2 {
		attributes.Handled_access_fs |= landlockRefer
	}
	if version >= 3 {
		attributes.Handled_access_fs |= landlockTruncate
	}
	if version >= 4 {
		attributes.Handled_access_net, size = landlockTCP, 16
	}
	if version >= 5 {
		attributes.Handled_access_fs |= landlockIoctl
	}
	if version >= 6 {
		attributes.Scoped, size = landlockScopes, 24
	}
	return attributes, size
}

func landlock(needs Needs) bool {
	version, _, failed := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if failed != 0 {
		return false
	}
	attributes, size := denials(version)
	rules, _, failed := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attributes)), size, 0)
	if failed != 0 {
		return false
	}
	defer unix.Close(int(rules))
	if needs.Proc {
		allow(rules, "/proc/self", unix.LANDLOCK_ACCESS_FS_READ_FILE)
	}
	for _, folder := range needs.Read {
		allow(rules, folder, unix.LANDLOCK_ACCESS_FS_READ_FILE)
		if real, err := filepath.EvalSymlinks(folder); err == nil {
			allow(rules, real, unix.LANDLOCK_ACCESS_FS_READ_FILE)
		}
	}
	for _, folder := range needs.Remove {
		allow(rules, folder, unix.LANDLOCK_ACCESS_FS_REMOVE_FILE)
	}
	_, _, failed = syscall.AllThreadsSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0, 0)
	return failed == 0
}

// allow makes an exception for what is below a folder. One that is not there needs none.
func allow(rules uintptr, folder string, access uint64) {
	descriptor, err := unix.Open(folder, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(descriptor)
	rule := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(descriptor)}
	unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, rules, unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0)
}
