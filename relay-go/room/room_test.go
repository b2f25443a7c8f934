package room

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// play lets a room live through a script, one step a word, and returns what each did:
// `j` a join, `jo` with an owner proof, `j3` with the ticket that member 3 was given; `x3` member 3 leaves, `r3` is
// removed; `L` and `U` the lock set and cleared; `f` a frame.
func play(room *Room, script string) string {
	var did []string
	for step := range strings.FieldsSeq(script) {
		did = append(did, playStep(room, step))
	}
	return strings.Join(did, " ")
}

func playStep(room *Room, step string) string {
	var number uint32
	fmt.Sscanf(step[1:], "%d", &number)
	switch step[0] {
	case 'j':
		request := Request{OwnerProof: strings.HasSuffix(step, "o")}
		if number > 0 {
			request.Ticket = &TicketHash{byte(number)}
		}
		if refusal := room.Refusal(request); refusal != nil {
			return refusal.Name
		}
		a := room.Join(request, TicketHash{byte(room.last + 1)})
		if a.Replaced > 0 {
			return fmt.Sprintf("%d:-%d,%d:+%d", a.ReplacedSeq, a.Replaced, a.Seq, a.Member)
		}
		return fmt.Sprintf("%d:+%d", a.Seq, a.Member)
	case 'x':
		return left(room.Leave(number, 0))
	case 'r':
		return left(room.Remove(number))
	case 'f':
		return fmt.Sprintf("%d:f", room.Next())
	default:
		return fmt.Sprintf("%d:%s", room.Lock(step == "L"), step)
	}
}

func left(seq uint32, was bool) string {
	if !was {
		return "-"
	}
	return fmt.Sprintf("%d:x", seq)
}

var scripts = []struct {
	rules, why    string
	capacity      uint16
	script, heard string
}{
	{"RM-2 SK-9", "numbers are never used again", 2, "j j x2 j x1 j", "1:+1 2:+2 3:x 4:+3 5:x 6:+4"},
	{"RM-4", "a member leaves once", 2, "j x1 x1 x9", "1:+1 2:x - -"},
	{"RM-3 SK-9", "frames, joins, leaves and locks are one stream", 3, "j f j L f x2 U f", "1:+1 2:f 3:+2 4:L 5:f 6:x 7:U 8:f"},
	{"JN-4", "a full room is full", 2, "j j j x1 j", "1:+1 2:+2 full 3:x 4:+3"},
	{"RM-5", "a lock is an event, also when it changes nothing", 2, "j L L j U U j", "1:+1 2:L 3:L locked 4:U 5:U 6:+2"},
	{"JN-4", "locked is told before full", 1, "j L j", "1:+1 2:L locked"},
	{"JN-7", "an owner proof passes a lock, but needs a seat", 2, "j L jo jo", "1:+1 2:L 3:+2 full"},
	{"JN-7", "a ticket passes a lock and frees its seat", 2, "j j L j2", "1:+1 2:+2 3:L 4:-2,5:+3"},
	{"JN-7", "a ticket works again, as the successor's", 2, "j j j2 j2 j3", "1:+1 2:+2 3:-2,4:+3 5:-3,6:+4 7:-4,8:+5"},
	{"JN-7", "a ticket of a member that is gone passes a lock and frees nothing", 2, "j j L x2 jo j2", "1:+1 2:+2 3:L 4:x 5:+3 full"},
	{"JN-7", "a ticket of one that is gone becomes its successor's", 2, "j j x2 j2 j2", "1:+1 2:+2 3:x 4:+3 5:-3,6:+4"},
	{"JN-7", "a ticket that the room does not know has no effect", 2, "j j9 j9 L j9", "1:+1 2:+2 full 3:L locked"},
	{"JN-7 RM-9", "alone in a room, one can replace oneself", 1, "j j1 j1", "1:+1 2:-1,3:+2 4:-2,5:+3"},
	{"JN-8", "four tickets a seat, the oldest dropped first", 1, "j j1 j2 j3 j4 L j1 j2", "1:+1 2:-1,3:+2 4:-2,5:+3 6:-3,7:+4 8:-4,9:+5 10:L locked 11:-5,12:+6"},
	{"JN-9 RM-6", "removing voids a member's tickets, inherited ones too", 2, "j j j2 r3 L j2 j3 j1", "1:+1 2:+2 3:-2,4:+3 5:x 6:L locked locked 7:-1,8:+4"},
	{"JN-9 RM-6", "removing voids the tickets of who was in twice, and of all who are away", 3, "j j x2 j r3 L j2 j3 j1", "1:+1 2:+2 3:x 4:+3 5:x 6:L locked locked 7:-1,8:+4"},
	{"RM-6", "removing who is not there does nothing", 2, "j r7 j", "1:+1 - 2:+2"},
}

func TestScripts_RM_2_RM_3_RM_4_RM_5_RM_6_JN_4_JN_7_JN_8_JN_9(t *testing.T) {
	for _, s := range scripts {
		t.Run(s.rules+" "+s.why, func(t *testing.T) {
			if heard := play(New(s.capacity), s.script); heard != s.heard {
				t.Errorf("%s:\n got %s\nwant %s", s.script, heard, s.heard)
			}
		})
	}
}

func TestComingBack_LM_8(t *testing.T) {
	const hour = time.Hour
	room := New(3)
	back := func(member byte, after time.Duration) bool {
		return room.ComesBack(Request{Ticket: &TicketHash{member}}, hour+after)
	}
	play(room, "j j j")
	if !back(2, hour) || back(9, 0) || room.ComesBack(Request{OwnerProof: true}, hour) {
		t.Fatal("not whoever shows a ticket of somebody who is listed, or who shows none")
	}
	room.Leave(2, hour)
	for after, expected := range map[time.Duration]bool{0: true, returnTime - 1: true, returnTime: false, hour: false} {
		if back(2, after) != expected || !back(1, after) {
			t.Errorf("%v after it left, member 2 comes back: %v", after, !expected)
		}
	}
	room.Leave(2, 2*hour) // It has left already: nothing is new.
	if back(2, hour) {
		t.Error("leaving twice is leaving later")
	}
	play(room, "j2") // as member 4, with the ticket of long ago
	if !back(2, 9*hour) || !back(4, 9*hour) {
		t.Error("who is listed again does not come back, under the old ticket or the new")
	}
	room.Leave(4, 10*hour)
	if !back(2, 9*hour) || back(2, 9*hour+returnTime) {
		t.Error("the old ticket is not that of the successor, who left")
	}
	room.Remove(1)
	if back(1, 0) {
		t.Error("who was removed comes back (JN-9)")
	}
}

// Whatever happens, seats and tickets stay within their bounds, members ascend, and no event is skipped.
func TestBoundsHoldInAnyLife_JN_6_JN_8_SK_9(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for range 200 {
		capacity := uint16(1 + random.IntN(5))
		room := New(capacity)
		for range 300 {
			before := room.seq
			step := string("jjjjxrLUf"[random.IntN(9)])
			if step != "j" || random.IntN(2) == 0 {
				step += fmt.Sprint(1 + random.IntN(int(room.last%250)+2))
			}
			did := playStep(room, step)
			if events := strings.Count(did, ":"); room.seq != before+uint32(events) {
				t.Fatalf("%s did %s, and seq went from %d to %d", step, did, before, room.seq)
			}
			numbers, owners := room.Numbers()
			if len(numbers) > int(capacity) || len(owners) > len(numbers) || !slices.IsSorted(owners) || len(room.tickets) > 4*int(capacity) || !slices.IsSorted(numbers) {
				t.Fatalf("%d members and %d tickets in a room of %d: %v", len(numbers), len(room.tickets), capacity, numbers)
			}
		}
	}
}
