// Package sandbox gives up every right that a relay which listens does not need, with what the system offers: pledge and
// unveil on OpenBSD, Landlock and seccomp on Linux. What a relay may still do after it: accept connections, read and
// write them, and what Needs says.
package sandbox

// Needs are the files a relay still touches. Folders stand for the files in them, because a certificate is renewed by
// putting another file in its place.
type Needs struct {
	Read   []string // folders whose files are read again
	Remove []string // folders in which a file is removed at the end
	Proc   bool     // its own memory is measured
}
