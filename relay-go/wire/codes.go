package wire

// Close is a code with which the relay ends a socket; its name goes with it as reason (SK-12).
type Close struct {
	Code uint16
	Name string
}

// The close codes of SK-12.
var (
	Purged        = Close{4000, "purged"}
	Expired       = Close{4001, "expired"}
	ProofRejected = Close{4003, "proof_rejected"}
	NotFound      = Close{4004, "not_found"}
	TooSlow       = Close{4008, "too_slow"}
	Full          = Close{4009, "full"}
	Locked        = Close{4010, "locked"}
	Removed       = Close{4011, "removed"}
	Flooding      = Close{4029, "flooding"}
	BadMessage    = Close{4400, "bad_message"}
	JoinTimeout   = Close{4408, "join_timeout"}
	TooLarge      = Close{4413, "too_large"}
	Restarting    = Close{1012, "restarting"}
	Overloaded    = Close{1013, "overloaded"}
)

// Closes is the closed list of SK-12.
var Closes = []Close{
	Purged, Expired, ProofRejected, NotFound, TooSlow, Full, Locked, Removed, Flooding, BadMessage, JoinTimeout,
	TooLarge, Restarting, Overloaded,
}

// The reasons with which a member leaves (RM-4).
const (
	WhyLeft     = "left"
	WhyLost     = "lost"
	WhyReplaced = "replaced"
	WhySlow     = "slow"
	WhyRemoved  = "removed"
	WhyFlood    = "flood"
)
