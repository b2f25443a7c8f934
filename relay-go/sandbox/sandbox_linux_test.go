package sandbox

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// confined is set in the process that gives up its rights, which nothing gives back.
const confined = "CONFINED_IN"

func TestMain(m *testing.M) {
	if folder := os.Getenv(confined); folder != "" {
		confess(folder)
		return
	}
	os.Exit(m.Run())
}

// confess gives everything up and tries what must not be possible any more, and what must be.
func confess(folder string) {
	if listener, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		defer listener.Close()
		go func() { _, _ = listener.Accept() }()
	}
	held, err := Confine(Needs{Read: []string{folder}, Remove: []string{folder}, Proc: true})
	fmt.Println("held", held, err)
	try := func(what string, err error) { fmt.Println(what, err == nil) }
	try("run", exec.Command("/bin/true").Run())
	_, err = net.Dial("tcp", "127.0.0.1:9")
	try("connect", map[bool]error{true: err}[err != nil && strings.Contains(err.Error(), "permitted")])
	_, err = net.Listen("tcp", "127.0.0.1:0")
	try("listen", err)
	_, err = unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC, unix.MAP_ANON|unix.MAP_PRIVATE)
	try("W and X", err)
	try("write", os.WriteFile(filepath.Join(folder, "new"), nil, 0o600))
	_, err = os.ReadFile("/etc/hostname")
	try("read elsewhere", err)
	_, err = os.ReadFile(filepath.Join(folder, "cert"))
	try("read", err)
	_, err = os.ReadFile("/proc/self/statm")
	try("measure", err)
	try("remove", os.Remove(filepath.Join(folder, "cert")))
}

func TestWhatIsGivenUpIsGone_RL_1(t *testing.T) {
	folder := t.TempDir()
	if os.WriteFile(filepath.Join(folder, "cert"), nil, 0o600) != nil {
		t.Fatal("cannot prepare")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(self)
	command.Env = append(os.Environ(), confined+"="+folder)
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	lines := strings.Split(string(output), "\n")
	t.Log(lines[0])
	gone := map[string][]string{
		"seccomp":  {"run", "connect", "listen", "W and X"},
		"Landlock": {"run", "write", "read elsewhere"},
	}
	for _, by := range []string{"seccomp", "Landlock"} {
		if !strings.Contains(lines[0], by) {
			t.Logf("%s is not offered here", by)
			continue
		}
		for _, what := range gone[by] {
			if !slices.Contains(lines, what+" false") {
				t.Errorf("%s: still possible: %s\n%s", by, what, output)
			}
		}
	}
	for _, what := range []string{"read", "measure", "remove"} {
		if !slices.Contains(lines, what+" true") {
			t.Errorf("not possible any more: %s\n%s", what, output)
		}
	}
}
