// Package proof verifies who may join (spec/join.md). Signatures are Ed25519 of the standard library, held to JN-3.
package proof

import (
	"crypto/ed25519"
	"crypto/sha256"
)

// RoomID is the id that a join key certifies (LK-5).
func RoomID(joinKey [32]byte) (id [16]byte) {
	hash := sha256.Sum256(append([]byte("pug/1 room"), joinKey[:]...))
	copy(id[:], hash[:])
	return id
}

// The y of the points of small order, little-endian and below p: 0, 1, −1, and the two of order 8 (JN-3).
var smallOrders = [...][32]byte{
	{},
	{1},
	{
		0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
	},
	{
		0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
		0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
	},
	{
		0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
		0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
	},
}

// Acceptable tells whether JN-3 accepts this public key: its y is below p = 2^255−19 and not that of a point of small
// order. Keys are public: nothing here need take the same time.
func Acceptable(key [32]byte) bool {
	y := key
	y[31] &= 0x7f // without the sign of x
	for _, small := range smallOrders {
		if y == small {
			return false
		}
	}
	return belowP(y)
}

func belowP(y [32]byte) bool {
	if y[31] != 0x7f {
		return true
	}
	for _, digit := range y[1:31] {
		if digit != 0xff {
			return true
		}
	}
	return y[0] < 0xed
}

// Verify judges a signature as JN-3 has it. The standard library refuses an S that is not below L and compares R with
// the encoding of [S]B − [h]A; it would take any key that decodes.
func Verify(key [32]byte, message []byte, signature [64]byte) bool {
	return Acceptable(key) && ed25519.Verify(key[:], message, signature[:])
}

// JoinMessage is what a join proof signs (JN-1).
func JoinMessage(room [16]byte, nonce [32]byte) []byte { return message("pug/1 join", room, nonce) }

// OwnerMessage is what an owner proof signs (JN-2).
func OwnerMessage(room [16]byte, nonce [32]byte) []byte { return message("pug/1 owner", room, nonce) }

func message(label string, room [16]byte, nonce [32]byte) []byte {
	return append(append([]byte(label), room[:]...), nonce[:]...)
}
