package wire

import (
	"strconv"
)

// MaxBodyBytes bounds the body of a request (HT-2).
const MaxBodyBytes = 1024

// TokenBytes is the length of a token (PW-1).
const TokenBytes = 52

// CreateRequest asks for a room (HT-4). How many bytes Solution has is not yet judged: its token says how many it needs.
type CreateRequest struct {
	Token      [TokenBytes]byte
	Solution   []byte
	JoinKey    [32]byte
	OwnerKey   [32]byte
	TTLSeconds uint32
	Capacity   uint16
}

// DecodeCreateRequest reads the body of a create request in its one form (HT-1, HT-4).
func DecodeCreateRequest(text string) (CreateRequest, bool) {
	var request CreateRequest
	f := form{rest: text}
	f.skip(`{"token":`)
	f.bytesInto(request.Token[:])
	f.skip(`,"solution":`)
	request.Solution = f.bytes()
	f.skip(`,"joinKey":`)
	f.bytesInto(request.JoinKey[:])
	f.skip(`,"ownerKey":`)
	f.bytesInto(request.OwnerKey[:])
	f.skip(`,"ttlSeconds":`)
	request.TTLSeconds = uint32(f.number(1, maxNumber))
	f.skip(`,"capacity":`)
	request.Capacity = uint16(f.number(1, 1<<16-1))
	f.skip(`}`)
	return request, f.ended()
}

// Created is what was granted (HT-4).
type Created struct {
	RoomID      [16]byte
	ExpiresAtMs int64
	TTLSeconds  uint32
	Capacity    uint16
}

// Encode writes it as HT-4 has it.
func (c Created) Encode() string {
	return `{"roomId":"` + Encode(c.RoomID[:]) + `","expiresAt":` + strconv.FormatInt(c.ExpiresAtMs, 10) +
		`,"ttlSeconds":` + decimal(c.TTLSeconds) + `,"capacity":` + decimal(uint32(c.Capacity)) + `}`
}

// Challenge is a puzzle to be solved (HT-3). Effort is in expected PBKDF2 iterations.
type Challenge struct {
	Token       [TokenBytes]byte
	K           byte
	Target      uint32
	Effort      uint64
	RaisedBy    string
	ExpiresAtMs int64
}

// Encode writes it as HT-3 has it.
func (c Challenge) Encode() string {
	return `{"token":"` + Encode(c.Token[:]) + `","algorithm":"pbkdf2","k":` + decimal(uint32(c.K)) +
		`,"target":` + decimal(c.Target) + `,"effort":` + strconv.FormatUint(c.Effort, 10) +
		`,"raisedBy":"` + c.RaisedBy + `","expiresAt":` + strconv.FormatInt(c.ExpiresAtMs, 10) + `}`
}

// Problem is an error of an HTTP answer (HT-2). Title says it for people.
type Problem struct {
	Code   string
	Status int
	Title  string
}

// The problems of HT-2, but for key_exposed, whose answer is a page.
var (
	Malformed            = Problem{"malformed", 400, "The request is not of the form this relay understands"}
	Unsupported          = Problem{"unsupported", 400, "This relay does not know that kind of challenge"}
	ExpiredToken         = Problem{"expired", 400, "The challenge is too old"}
	Clock                = Problem{"clock", 400, "The challenge was issued in the future"}
	Forged               = Problem{"forged", 400, "The challenge is not from this relay"}
	TooEasy              = Problem{"too_easy", 400, "Creating a room costs more work by now"}
	Wrong                = Problem{"wrong", 400, "The solution does not fit this request"}
	Replayed             = Problem{"replayed", 409, "The solution was used before"}
	Taken                = Problem{"taken", 409, "A room with this key lives already"}
	Busy                 = Problem{"busy", 503, "The relay cannot take this now"}
	Draining             = Problem{"draining", 503, "The relay is about to stop"}
	NothingHere          = Problem{"not_found", 404, "There is nothing here"}
	MethodNotAllowed     = Problem{"method_not_allowed", 405, "This method is not allowed here"}
	BodyTooLarge         = Problem{"too_large", 413, "The request body is too large"}
	MediaType            = Problem{"media_type", 415, "The request body must be application/json"}
	OriginRefused        = Problem{"origin_refused", 403, "Pages of other origins may not use this relay"}
	UpgradeRefused       = Problem{"upgrade_refused", 400, "This is a WebSocket that speaks pug.1"}
	ServiceWorkerRefused = Problem{"service_worker_refused", 403, "No service worker is ever served"}
	Internal             = Problem{"internal", 500, "A fault of the relay"}
)

// Problems is the closed list of HT-2, with the code of the page of LK-8.
var Problems = []Problem{
	Malformed, Unsupported, ExpiredToken, Clock, Forged, TooEasy, Wrong, Replayed, Taken, Busy, Draining, NothingHere,
	MethodNotAllowed, BodyTooLarge, MediaType, OriginRefused, UpgradeRefused, ServiceWorkerRefused,
	{"key_exposed", 400, ""}, Internal,
}

// Encode writes it as HT-2 has it. The fresh challenge of PW-14 is nil where there is none.
func (p Problem) Encode(challenge *Challenge) string {
	text := `{"type":"urn:pug:error:` + p.Code + `","title":"` + p.Title + `","status":` + strconv.Itoa(p.Status) +
		`,"code":"` + p.Code + `"`
	if challenge != nil {
		text += `,"challenge":` + challenge.Encode()
	}
	return text + `}`
}

// Range is what may be asked for, and what clients propose.
type Range struct{ Min, Max, Default uint32 }

func (r Range) encode() string {
	return `{"min":` + decimal(r.Min) + `,"max":` + decimal(r.Max) + `,"default":` + decimal(r.Default) + `}`
}

// Policy is what a relay publishes of its limits (HT-8).
type Policy struct {
	TTLSeconds         Range
	Capacity           Range
	MaxPayloadBytes    uint32
	MessagesPerSecond  uint32
	MessageBurst       uint32
	BytesPerSecond     uint32
	ByteBurst          uint32
	QueueBytes         uint32
	JoinTimeoutSeconds uint32
	IdleTimeoutSeconds uint32
	EmptyRoomSeconds   uint32
	PendingRoomSeconds uint32
}

// Encode writes it as HT-8 has it.
func (p Policy) Encode() string {
	text := `{"protocol":1,"ttlSeconds":` + p.TTLSeconds.encode() + `,"capacity":` + p.Capacity.encode()
	for _, limit := range []struct {
		name  string
		value uint32
	}{
		{"maxPayloadBytes", p.MaxPayloadBytes},
		{"messagesPerSecond", p.MessagesPerSecond},
		{"messageBurst", p.MessageBurst},
		{"bytesPerSecond", p.BytesPerSecond},
		{"byteBurst", p.ByteBurst},
		{"queueBytes", p.QueueBytes},
		{"joinTimeoutSeconds", p.JoinTimeoutSeconds},
		{"idleTimeoutSeconds", p.IdleTimeoutSeconds},
		{"emptyRoomSeconds", p.EmptyRoomSeconds},
		{"pendingRoomSeconds", p.PendingRoomSeconds},
	} {
		text += `,"` + limit.name + `":` + decimal(limit.value)
	}
	return text + `}`
}
