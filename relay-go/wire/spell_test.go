package wire

import "strconv"

// What clients write. The relay never does, so only tests can: what decodes must be written again as it was read.

func spell(message any) string {
	switch message := message.(type) {
	case Ping:
		return `{"type":"ping"}`
	case Purge:
		return `{"type":"purge"}`
	case Lock:
		return `{"type":"lock","locked":` + strconv.FormatBool(message.Locked) + `}`
	case Remove:
		return `{"type":"remove","member":` + decimal(message.Member) + `}`
	case Join:
		text := `{"type":"join","room":"` + Encode(message.Room[:]) + `","joinKey":"` + Encode(message.JoinKey[:]) +
			`","proof":"` + Encode(message.Proof[:]) + `"`
		if message.OwnerProof != nil {
			text += `,"ownerProof":"` + Encode(message.OwnerProof[:]) + `"`
		}
		if message.Ticket != nil {
			text += `,"ticket":"` + Encode(message.Ticket[:]) + `"`
		}
		return text + `}`
	}
	return ""
}

func spellCreate(r CreateRequest) string {
	return `{"token":"` + Encode(r.Token[:]) + `","solution":"` + Encode(r.Solution) + `","joinKey":"` +
		Encode(r.JoinKey[:]) + `","ownerKey":"` + Encode(r.OwnerKey[:]) + `","ttlSeconds":` + decimal(r.TTLSeconds) +
		`,"capacity":` + decimal(uint32(r.Capacity)) + `}`
}
