package settings

import (
	"math"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// setting is one row: its name in the file, what it is for, and where its value goes.
type setting struct {
	key, help string
	standard  string // its default as text; empty when it has none
	form      form
}

// form reads a text into a value, and says what the text must be when it is not.
type form struct {
	read   func(to *Settings, text string) bool
	write  func(from *Settings) any // nil when the setting is off
	must   string
	isList bool
	isBool bool
}

const most32 = math.MaxUint32

func table() []setting {
	return []setting{
		{"host", "address to listen on", "0.0.0.0", text(func(s *Settings) *string { return &s.Host })},
		{"port", "port to listen on; 0 takes a free one. PORT is read, too", "3000",
			number(0, 65535, func(s *Settings) *uint32 { return &s.Port })},
		{"unixSocket", "path of a unix socket to listen on instead of host and port", "",
			text(func(s *Settings) *string { return &s.UnixSocket })},
		{"tlsCert", "PEM file with the certificate and its chain: the listener then speaks TLS only. Read again on SIGHUP", "",
			text(func(s *Settings) *string { return &s.TLSCert })},
		{"tlsKey", "PEM file with the key of tlsCert", "", text(func(s *Settings) *string { return &s.TLSKey })},
		{"redirectListen", "host:port that answers plain HTTP with the way to the TLS listener", "",
			hostPort(func(s *Settings) *string { return &s.RedirectListen })},
		{"metricsListen", "host:port that serves /metrics in plain HTTP, and nothing else", "",
			hostPort(func(s *Settings) *string { return &s.MetricsListen })},
		{"allowedOrigins", "other origins whose pages may use this relay", "", list(isOrigin,
			"must be origins as browsers send them, separated by commas",
			func(s *Settings) *[]string { return &s.AllowedOrigins })},
		{"trustedProxies", "proxies whose X-Forwarded-For is believed", "", list(isProxy,
			"must be addresses, networks, or unix, separated by commas",
			func(s *Settings) *[]string { return &s.TrustedProxies })},
		{"shared", "addresses say nothing here (an onion service, a proxy that hides them): no limits by prefix", "", flag()},
		{"drainSeconds", "time to go after SIGTERM; containers are often killed after 10 s", "8",
			number(0, 3600, func(s *Settings) *uint32 { return &s.DrainSeconds })},
		{"ttlSeconds.min", "shortest life of a room", "60",
			number(1, most32, func(s *Settings) *uint32 { return &s.TTLSeconds.Min })},
		{"ttlSeconds.max", "longest life of a room", "86400",
			number(1, most32, func(s *Settings) *uint32 { return &s.TTLSeconds.Max })},
		{"ttlSeconds.default", "life that clients propose", "3600",
			number(1, most32, func(s *Settings) *uint32 { return &s.TTLSeconds.Default })},
		{"capacity.min", "fewest places in a room", "2",
			number(1, 65535, func(s *Settings) *uint32 { return &s.Capacity.Min })},
		{"capacity.max", "most places in a room; tested to 100", "6",
			number(1, 65535, func(s *Settings) *uint32 { return &s.Capacity.Max })},
		{"capacity.default", "places that clients propose", "2",
			number(1, 65535, func(s *Settings) *uint32 { return &s.Capacity.Default })},
		{"maxPayloadBytes", "longest payload of a frame", "65536",
			number(4096, 1<<30, func(s *Settings) *uint32 { return &s.MaxPayloadBytes })},
		{"messagesPerSecond", "message rate of a member", "20",
			number(1, 1e6, func(s *Settings) *uint32 { return &s.MessagesPerSecond })},
		{"messageBurst", "messages a member may send at once", "60",
			number(1, 1e6, func(s *Settings) *uint32 { return &s.MessageBurst })},
		{"bytesPerSecond", "byte rate of a member", "262144",
			number(1, 1<<30, func(s *Settings) *uint32 { return &s.BytesPerSecond })},
		{"byteBurst", "bytes a member may send at once", "262144",
			number(1, 1<<30, func(s *Settings) *uint32 { return &s.ByteBurst })},
		{"queueBytes", "bytes held for a member that reads slowly", "1048576",
			number(1, 1<<30, func(s *Settings) *uint32 { return &s.QueueBytes })},
		{"joinTimeoutSeconds", "time for the first message of a socket", "10",
			number(1, 3600, func(s *Settings) *uint32 { return &s.JoinTimeoutSeconds })},
		{"idleTimeoutSeconds", "silence after which a socket is closed", "60",
			number(8, 956, func(s *Settings) *uint32 { return &s.IdleTimeoutSeconds })},
		{"emptyRoomSeconds", "how long a room outlives its last member; 0 is not at all", "120",
			number(0, 86400, func(s *Settings) *uint32 { return &s.EmptyRoomSeconds })},
		{"pendingRoomSeconds", "how long a room waits for its first member", "120",
			number(1, 86400, func(s *Settings) *uint32 { return &s.PendingRoomSeconds })},
		{"effortBits.floor", "least work for a room: 2^this PBKDF2 iterations", "18",
			number(13, 27, func(s *Settings) *uint32 { return &s.EffortBits.Min })},
		{"effortBits.ceiling", "most work for a room that load can raise it to", "23",
			number(13, 27, func(s *Settings) *uint32 { return &s.EffortBits.Max })},
		{"maxRooms", "rooms with members", "100000", number(1, 1e7, func(s *Settings) *uint32 { return &s.MaxRooms })},
		{"maxPendingRooms", "rooms that wait for their first member", "1000000",
			number(1, 1e7, func(s *Settings) *uint32 { return &s.MaxPendingRooms })},
		{"maxQueuedBytes", "bytes held in all for members that read slowly", "268435456", form{
			read: func(s *Settings, text string) bool {
				value, err := strconv.ParseUint(text, 10, 64)
				s.MaxQueuedBytes = value
				return digits.MatchString(text) && err == nil && value >= 1 && value <= 1<<33
			},
			write: func(s *Settings) any { return s.MaxQueuedBytes },
			must:  "must be a whole number from 1 to 8589934592",
		}},
		{"maxSockets", "open sockets", "100000", number(1, 1e7, func(s *Settings) *uint32 { return &s.MaxSockets })},
		{"maxUnjoinedPerPrefix", "sockets that have not joined, from one address prefix", "20",
			number(1, 1e7, func(s *Settings) *uint32 { return &s.MaxUnjoinedPerPrefix })},
	}
}

var digits = regexp.MustCompile(`^[0-9]+$`)

func number(least, most uint64, at func(*Settings) *uint32) form {
	return form{
		read: func(s *Settings, text string) bool {
			value, err := strconv.ParseUint(text, 10, 64)
			*at(s) = uint32(value)
			return digits.MatchString(text) && err == nil && value >= least && value <= most
		},
		write: func(s *Settings) any { return *at(s) },
		must:  "must be a whole number from " + strconv.FormatUint(least, 10) + " to " + strconv.FormatUint(most, 10),
	}
}

func text(at func(*Settings) *string) form {
	return form{
		read: func(s *Settings, text string) bool { *at(s) = text; return text != "" },
		write: func(s *Settings) any {
			if *at(s) == "" {
				return nil
			}
			return *at(s)
		},
		must: "must be a text that is not empty",
	}
}

func hostPort(at func(*Settings) *string) form {
	form := text(at)
	form.must = "must be host:port, an IPv6 address in brackets"
	form.read = func(s *Settings, text string) bool {
		*at(s) = text
		host, port, err := net.SplitHostPort(text)
		_, wrong := strconv.ParseUint(port, 10, 16)
		return err == nil && wrong == nil && host != ""
	}
	return form
}

func flag() form {
	return form{
		read: func(s *Settings, text string) bool {
			s.Shared = text == "true"
			return text == "true" || text == "false"
		},
		write:  func(s *Settings) any { return s.Shared },
		must:   "must be true or false",
		isBool: true,
	}
}

func list(good func(string) bool, must string, at func(*Settings) *[]string) form {
	return form{
		read: func(s *Settings, text string) bool {
			*at(s) = []string{}
			for part := range strings.SplitSeq(text, ",") {
				part = strings.TrimSpace(part)
				if part == "" {
					continue
				}
				if !good(part) {
					return false
				}
				*at(s) = append(*at(s), part)
			}
			return true
		},
		write:  func(s *Settings) any { return *at(s) },
		must:   must,
		isList: true,
	}
}

// isOrigin tells whether a browser would send this text as Origin.
func isOrigin(text string) bool {
	if text == "null" {
		return true
	}
	origin, err := url.Parse(text)
	if err != nil || (origin.Scheme != "http" && origin.Scheme != "https") || origin.Host == "" {
		return false
	}
	standard := map[string]string{"http": "80", "https": "443"}[origin.Scheme]
	return text == origin.Scheme+"://"+strings.ToLower(origin.Host) && origin.Port() != standard
}

func isProxy(text string) bool {
	if text == "unix" {
		return true
	}
	_, wrong := netip.ParsePrefix(text)
	_, noAddress := netip.ParseAddr(text)
	return wrong == nil || noAddress == nil
}
