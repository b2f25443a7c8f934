package sandbox

import "golang.org/x/sys/unix"

// Confine uses unveil and pledge. That it compiles is all that was watched of it: nobody has run it on OpenBSD yet.
func Confine(needs Needs) (held []string, err error) {
	promises := "stdio inet unix"
	for _, folder := range needs.Read {
		promises += " rpath"
		if err := unix.Unveil(folder, "r"); err != nil {
			return nil, err
		}
	}
	for _, folder := range needs.Remove {
		promises += " cpath"
		if err := unix.Unveil(folder, "c"); err != nil {
			return nil, err
		}
	}
	if err := unix.UnveilBlock(); err != nil {
		return nil, err
	}
	if err := unix.PledgePromises(promises); err != nil {
		return nil, err
	}
	return []string{"unveil", "pledge"}, nil
}
