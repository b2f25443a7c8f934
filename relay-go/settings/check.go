package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"pug/relay/wire"
)

// check refuses what cannot hold together (LM-1, RM-11, OP-2).
func (s *Settings) check() error {
	ascending := func(r wire.Range) bool { return r.Min <= r.Default && r.Default <= r.Max }
	events := uint64(s.TTLSeconds.Max) * uint64(s.Capacity.Max)
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{!ascending(s.TTLSeconds), "ttlSeconds: min, default and max must ascend"},
		{!ascending(s.Capacity), "capacity: min, default and max must ascend"},
		{s.EffortBits.Min > s.EffortBits.Max, "effortBits: floor and ceiling must ascend"},
		{s.MaxPayloadBytes < 4096*s.Capacity.Max, "maxPayloadBytes: must be at least 4096 for each place of capacity.max (LM-1)"},
		{s.ByteBurst < s.MaxPayloadBytes+wire.ClientHeaderBytes,
			"byteBurst: must be at least maxPayloadBytes + 4, or the longest frame is a flood (LM-1)"},
		{s.QueueBytes < s.MaxPayloadBytes+wire.RelayHeaderBytes,
			"queueBytes: must be at least maxPayloadBytes + 8, or nobody can be sent the longest frame (LM-1)"},
		{s.MaxQueuedBytes < uint64(s.QueueBytes), "maxQueuedBytes: must be at least queueBytes (LM-10)"},
		// Not multiplied out: the product of all three could be more than 64 bits hold.
		{uint64(s.MessagesPerSecond) > (1<<31-1)/events,
			"messagesPerSecond: times ttlSeconds.max and capacity.max it must stay below 2^31 (RM-11)"},
		{(s.TLSCert == "") != (s.TLSKey == ""), "tlsCert, tlsKey: one needs the other"},
		{s.TLSCert != "" && s.UnixSocket != "", "tlsCert: not together with unixSocket"},
		{s.RedirectListen != "" && s.TLSCert == "", "redirectListen: needs tlsCert"},
		{s.UnixSocket != "" && !s.Shared && !slices.Contains(s.TrustedProxies, "unix"),
			"unixSocket: needs unix in trustedProxies, or shared, because it has no addresses"},
	} {
		if rule.broken {
			return errors.New(rule.text)
		}
	}
	return nil
}

// Print writes all settings in effect in the form of the file.
func (s *Settings) Print() string {
	var text bytes.Buffer
	text.WriteByte('{')
	group := ""
	for _, row := range table() {
		value := row.form.write(s)
		if value == nil {
			continue
		}
		outer, name, nested := strings.Cut(row.key, ".")
		if !nested {
			outer, name = "", row.key
		}
		if group != outer && group != "" {
			text.WriteByte('}')
		}
		if last := text.Bytes()[text.Len()-1]; last != '{' {
			text.WriteByte(',')
		}
		if group != outer && nested {
			text.WriteString(`"` + outer + `":{`)
		}
		group = outer
		encoded, _ := json.Marshal(value) // a number, a text, a list of texts or a truth value
		text.WriteString(`"` + name + `":` + string(encoded))
	}
	text.WriteByte('}')
	var indented bytes.Buffer
	_ = json.Indent(&indented, text.Bytes(), "", "  ")
	return indented.String()
}

const usage = `Pug Network, the relay: rooms in memory, frames it cannot read.

  --help                      write this and exit
  --version                   write the version and exit
  --check-config              say whether the settings are good and exit
  --print-config              write all settings in effect, in the form of the file, and exit
  --config                    JSON file with settings

`

const usageEnd = `
A flag goes over an environment variable (--ttl-seconds-max is PUG_TTL_SECONDS_MAX), that over the file
({"ttlSeconds":{"max":86400}}), that over the default. What is not known is an error.`

// Usage is what --help says.
func Usage() string {
	text := usage
	for _, row := range table() {
		flag := "--" + flagName(row.key)
		text += "  " + flag + strings.Repeat(" ", max(1, 28-len(flag))) + row.help
		if row.standard != "" {
			text += " (" + row.standard + ")"
		}
		text += "\n"
	}
	return text + usageEnd
}
