package proof

import (
	"bytes"
	"encoding/base64"
	"testing"

	"pug/relay/vectors"
)

func TestSignaturesAreJudgedAlikeEverywhere_JN_3(t *testing.T) {
	vectors.Each(t, "join", "*", func(t *testing.T, v vectors.Vector) {
		if !v.Has("signature") {
			return
		}
		good := Verify([32]byte(v.Bytes("key")), v.Bytes("message"), [64]byte(v.Bytes("signature")))
		if good != v.Accepted() {
			t.Fatalf("it verifies: %v", good)
		}
	})
}

func TestWhatProofsSign_JN_1_JN_2(t *testing.T) {
	labels := map[string]func([16]byte, [32]byte) []byte{"join": JoinMessage, "owner": OwnerMessage}
	vectors.Each(t, "join", "proof-*", func(t *testing.T, v vectors.Vector) {
		if !v.Accepted() {
			return
		}
		message := labels[v.Text("proof")]([16]byte(v.Bytes("roomId")), [32]byte(v.Bytes("nonce")))
		if !bytes.Equal(message, v.Bytes("message")) {
			t.Fatalf("it is %x", message)
		}
	})
}

func TestRoomID_LK_5(t *testing.T) {
	vectors.Each(t, "join", "room-id", func(t *testing.T, v vectors.Vector) {
		id := RoomID([32]byte(v.Bytes("joinKey")))
		if !bytes.Equal(id[:], v.Bytes("roomIdBytes")) || base64.RawURLEncoding.EncodeToString(id[:]) != v.Text("roomId") {
			t.Fatalf("it is %x", id)
		}
	})
}

// p is the smallest y that is not acceptable for its size; p − 2 is acceptable, p − 1 is of small order.
func TestKeysBesideP_JN_3(t *testing.T) {
	key := [32]byte{31: 0x7f}
	for at := 1; at < 31; at++ {
		key[at] = 0xff
	}
	for low, acceptable := range map[byte]bool{0xeb: true, 0xec: false, 0xed: false, 0xee: false, 0xff: false} {
		for _, sign := range []byte{0, 0x80} {
			key[0], key[31] = low, 0x7f|sign
			if Acceptable(key) != acceptable {
				t.Errorf("p + %d, sign %x: acceptable is %v", int(low)-0xed, sign, !acceptable)
			}
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(make([]byte, 96), []byte("message"))
	f.Fuzz(func(t *testing.T, bytes, message []byte) {
		if len(bytes) == 96 && Verify([32]byte(bytes), message, [64]byte(bytes[32:])) && !Acceptable([32]byte(bytes)) {
			t.Fatal("a key that is not acceptable verified")
		}
	})
}
