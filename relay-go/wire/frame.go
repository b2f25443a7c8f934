package wire

import "encoding/binary"

const (
	// ClientHeaderBytes stand before the payload of a client's frame (SK-7).
	ClientHeaderBytes = 4
	// RelayHeaderBytes stand before the payload of a relay's frame (SK-8).
	RelayHeaderBytes = 8
)

// DecodeFrame reads a client's frame, `to(4) ‖ payload`; 0 is everybody. A frame without a payload is refused. The
// payload is a part of what was given.
func DecodeFrame(frame []byte) (to uint32, payload []byte, ok bool) {
	if len(frame) <= ClientHeaderBytes {
		return 0, nil, false
	}
	return binary.BigEndian.Uint32(frame), frame[ClientHeaderBytes:], true
}

// AppendFrame writes a relay's frame, `seq(4) ‖ member(4) ‖ payload`; seq 0 is a directed one (SK-10).
func AppendFrame(to []byte, seq, member uint32, payload []byte) []byte {
	to = binary.BigEndian.AppendUint32(to, seq)
	to = binary.BigEndian.AppendUint32(to, member)
	return append(to, payload...)
}
