package wire

import "encoding/base64"

// Strict refuses non-zero trailing bits; that it skips line ends is seen to in Decode.
var b64u = base64.RawURLEncoding.Strict()

// Encode writes bytes in base64url without padding (RFC 4648 section 5).
func Encode(bytes []byte) string { return b64u.EncodeToString(bytes) }

// Decode reads base64url without padding. Each byte string has one spelling: any other is refused.
func Decode(text string) ([]byte, bool) {
	for i := range len(text) {
		if text[i] == '\n' || text[i] == '\r' {
			return nil, false
		}
	}
	bytes, err := b64u.DecodeString(text)
	return bytes, err == nil
}
