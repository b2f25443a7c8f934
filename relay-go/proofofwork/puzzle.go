package proofofwork

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"runtime"

	"pug/relay/wire"
)

const (
	iterations = 1024 // of each try (PW-5)
	nonceBytes = 4
)

// Bind is what the work is bound to (PW-3).
func Bind(request wire.CreateRequest) [32]byte {
	bytes := append([]byte("pug/1 create"), request.JoinKey[:]...)
	bytes = append(bytes, request.OwnerKey[:]...)
	bytes = binary.BigEndian.AppendUint32(bytes, request.TTLSeconds)
	bytes = binary.BigEndian.AppendUint16(bytes, request.Capacity)
	return sha256.Sum256(bytes)
}

// Puzzle is the password of every try (PW-4).
func Puzzle(token [wire.TokenBytes]byte, bind [32]byte) [32]byte {
	bytes := append([]byte("pug/1 puzzle"), token[:]...)
	return sha256.Sum256(append(bytes, bind[:]...))
}

// Try is one try of the stream (PW-5).
func Try(puzzle [32]byte, nonce uint32) []byte {
	salt := binary.BigEndian.AppendUint32(nil, nonce)
	output, err := pbkdf2.Key(sha256.New, string(puzzle[:]), salt, iterations, 32)
	if err != nil {
		panic(err) // Only a FIPS mode that forbids these sizes could say no, and this program switches none on.
	}
	return output
}

// Hit tells whether a try's output is one (PW-5).
func Hit(output []byte, target uint32) bool { return binary.BigEndian.Uint32(output) <= target }

// Effort is the number of iterations expected for k hits (PW-7).
func Effort(k byte, target uint32) uint64 {
	return (uint64(k) << 32) / (uint64(target) + 1) * iterations
}

// TargetFor is the largest target whose effort is at least this (PW-7).
func TargetFor(k byte, effort uint64) uint32 {
	tries := max(1, (effort+iterations-1)/iterations)
	return uint32(min((uint64(k)<<32)/tries, 1<<32) - 1)
}

// nonces reads a solution of k hits, or nothing when it has another number of bytes (PW-6).
func nonces(solution []byte, k byte) (list []uint32, ok bool) {
	if len(solution) != int(k)*nonceBytes {
		return nil, false
	}
	for at := 0; at < len(solution); at += nonceBytes {
		list = append(list, binary.BigEndian.Uint32(solution[at:]))
	}
	return list, true
}

func ascending(list []uint32) bool {
	for at := 1; at < len(list); at++ {
		if list[at] <= list[at-1] {
			return false
		}
	}
	return true
}

// allHit verifies one after the other and stops at the first miss (PW-9).
func allHit(puzzle [32]byte, list []uint32, target uint32) bool {
	for _, nonce := range list {
		if !Hit(Try(puzzle, nonce), target) {
			return false
		}
		runtime.Gosched() // A try takes a part of a millisecond; rooms come first (PW-13).
	}
	return true
}
