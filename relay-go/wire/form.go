// Package wire holds what goes over the wire: JSON in its one form (HT-1), frames, codes.
package wire

import "strings"

// form reads JSON of the one form of HT-1 from the front: its fixed parts are compared, its values taken.
// After the first thing that does not fit, nothing fits.
type form struct {
	rest string
	bad  bool
}

// has takes a fixed part where it comes next.
func (f *form) has(part string) bool {
	rest, found := strings.CutPrefix(f.rest, part)
	if found && !f.bad {
		f.rest = rest
	}
	return found && !f.bad
}

// skip takes a fixed part that must come next.
func (f *form) skip(part string) {
	if !f.has(part) {
		f.bad = true
	}
}

// text takes a string without escapes, with its quotes.
func (f *form) text() string {
	f.skip(`"`)
	text, rest, found := strings.Cut(f.rest, `"`)
	if !found || f.bad {
		f.bad = true
		return ""
	}
	f.rest = rest
	return text
}

// bytes takes a string that is base64url.
func (f *form) bytes() []byte {
	bytes, ok := Decode(f.text())
	if !ok {
		f.bad = true
	}
	return bytes
}

// bytesInto takes a string that is base64url of exactly as many bytes as there is room for.
func (f *form) bytesInto(to []byte) {
	bytes := f.bytes()
	if len(bytes) != len(to) {
		f.bad = true
	}
	copy(to, bytes)
}

// number takes an integer in plain decimal digits between least and most.
func (f *form) number(least, most uint64) uint64 {
	digits := 0
	for digits < len(f.rest) && f.rest[digits] >= '0' && f.rest[digits] <= '9' {
		digits++
	}
	// No number here has more digits than 2^53 has, so that none overflows below.
	if digits == 0 || digits > 16 || (f.rest[0] == '0' && digits > 1) {
		f.bad = true
		return 0
	}
	var value uint64
	for _, digit := range f.rest[:digits] {
		value = 10*value + uint64(digit-'0')
	}
	f.rest = f.rest[digits:]
	if value < least || value > most {
		f.bad = true
	}
	return value
}

// ended tells whether everything fitted and nothing is left.
func (f *form) ended() bool { return !f.bad && f.rest == "" }
