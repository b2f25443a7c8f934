//go:build amd64 || arm64

package sandbox

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// forbidden are the calls that a relay which listens has no use for and an intruder has: to run programs, to speak to
// others, to look into processes, to change the system, to make memory that can be run. They fail with EPERM.
var forbidden = []uint32{
	unix.SYS_EXECVE, unix.SYS_EXECVEAT, unix.SYS_MEMFD_CREATE,
	unix.SYS_SOCKET, unix.SYS_SOCKETPAIR, unix.SYS_CONNECT, unix.SYS_BIND, unix.SYS_LISTEN,
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PIDFD_OPEN, unix.SYS_PIDFD_GETFD, unix.SYS_KCMP,
	unix.SYS_PERF_EVENT_OPEN, unix.SYS_BPF, unix.SYS_USERFAULTFD, unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_UNSHARE, unix.SYS_SETNS, unix.SYS_MOVE_MOUNT,
	unix.SYS_FSOPEN, unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_OPEN_TREE, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_NAME_TO_HANDLE_AT,
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD, unix.SYS_KEXEC_FILE_LOAD, unix.SYS_REBOOT,
	unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL, unix.SYS_SETUID, unix.SYS_SETGID, unix.SYS_SETRESUID, unix.SYS_SETRESGID,
	unix.SYS_SETREUID, unix.SYS_SETREGID, unix.SYS_SETGROUPS, unix.SYS_CAPSET, unix.SYS_PERSONALITY, unix.SYS_ACCT, unix.SYS_SWAPON,
	unix.SYS_SWAPOFF, unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME, unix.SYS_ADJTIMEX, unix.SYS_SYSLOG,
	unix.SYS_QUOTACTL, unix.SYS_LOOKUP_DCOOKIE, unix.SYS_VMSPLICE, unix.SYS_FANOTIFY_INIT, unix.SYS_MSGGET, unix.SYS_SEMGET, unix.SYS_SHMGET,
	unix.SYS_PKEY_MPROTECT, unix.SYS_PRLIMIT64, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME,
}

// Where the fields of struct seccomp_data stand.
const (
	offsetNumber   = 0
	offsetArch     = 4
	offsetArgument = 16 // the low half of the first; the third is 16 bytes further
)

const (
	load  = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	equal = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	bits  = unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K
	give  = unix.BPF_RET | unix.BPF_K
)

var architectures = map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}

// x32Bit marks a call of a third interface of amd64 kernels, under other numbers.
const x32Bit = 0x40000000

// program is the filter: another architecture's calls end the process, the forbidden ones and memory that can be written
// and run at once (W^X) fail, everything else passes.
func program() []unix.SockFilter {
	const denied = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	filter := []unix.SockFilter{
		{Code: load, K: offsetArch},
		{Code: equal, Jt: 1, K: architectures[runtime.GOARCH]},
		{Code: give, K: unix.SECCOMP_RET_KILL_PROCESS},
		{Code: load, K: offsetNumber},
		{Code: bits, Jf: 1, K: x32Bit},
		{Code: give, K: denied},
	}
	for _, number := range forbidden {
		filter = append(filter, unix.SockFilter{Code: equal, Jf: 1, K: number}, unix.SockFilter{Code: give, K: denied})
	}
	for _, number := range []uint32{unix.SYS_MMAP, unix.SYS_MPROTECT} {
		filter = append(filter,
			unix.SockFilter{Code: equal, Jf: 4, K: number},
			unix.SockFilter{Code: load, K: offsetArgument + 2*8},
			unix.SockFilter{Code: bits, Jf: 1, K: unix.PROT_EXEC},
			unix.SockFilter{Code: give, K: denied},
			unix.SockFilter{Code: give, K: unix.SECCOMP_RET_ALLOW},
		)
	}
	return append(filter, unix.SockFilter{Code: give, K: unix.SECCOMP_RET_ALLOW})
}

func filterSyscalls() bool {
	filter := program()
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, failed := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&prog)))
	runtime.KeepAlive(filter)
	return failed == 0
}
