package server

import (
	"strconv"
	"strings"
	"sync/atomic"

	"pug/relay/wire"
)

// The limits that metrics and log lines name (OP-9).
const (
	limitSockets      = "sockets"
	limitPrefix       = "prefix"
	limitRooms        = "rooms"
	limitPendingRooms = "pending_rooms"
	limitVerification = "verification"
	limitSolutions    = "solutions"
	limitRate         = "rate"
	limitQueue        = "queue"
	limitDescriptors  = "descriptors"
)

var limitNames = []string{
	limitSockets, limitPrefix, limitRooms, limitPendingRooms, limitVerification, limitSolutions, limitRate, limitQueue,
	limitDescriptors,
}

// replaced is the end of a member that came back under another number (JN-7).
var replaced = wire.Close{Code: 1000, Name: "replaced"}

// tally counts by one label whose values are all known.
type tally struct {
	names  []string
	counts map[string]*atomic.Int64
}

func newTally(names ...string) tally {
	t := tally{names, map[string]*atomic.Int64{}}
	for _, name := range names {
		t.counts[name] = &atomic.Int64{}
	}
	return t
}

func (t tally) add(name string) { t.counts[name].Add(1) }

// write appends the samples of a counter (OP-8).
func (t tally) write(text *strings.Builder, metric, label string) {
	for _, name := range t.names {
		text.WriteString(metric + `{` + label + `="` + name + `"} ` + strconv.FormatInt(t.counts[name].Load(), 10) + "\n")
	}
}

// counts is what the relay counts since its start (OP-7, OP-8).
type counts struct {
	members                            atomic.Int64
	messages, messageBytes, deliveries atomic.Int64
	faults                             atomic.Int64
	creations, joins, closes, refusals tally
}

const (
	endLeft = "left"
	endLost = "lost"
)

func newCounts() counts {
	creations, ends := []string{"created"}, []string{}
	for _, problem := range wire.Problems {
		creations = append(creations, problem.Code)
	}
	for _, end := range wire.Closes {
		ends = append(ends, end.Name)
	}
	ends = append(ends, endLeft, endLost)
	return counts{
		creations: newTally(creations...),
		joins:     newTally(append([]string{"joined"}, ends...)...),
		closes:    newTally(append(ends, "replaced")...),
		refusals:  newTally(limitNames...),
	}
}

// endName is how OP-8 names the end of a socket.
func endName(why wire.Close, byPeer bool) string {
	switch {
	case byPeer && why.Code == 1000:
		return endLeft
	case !byPeer && why == replaced:
		return "replaced"
	}
	for _, end := range wire.Closes {
		if !byPeer && why == end {
			return end.Name
		}
	}
	return endLost
}

func (c *counts) ended(name string, joined bool) {
	c.closes.add(name)
	if !joined {
		c.joins.add(name)
	}
}
