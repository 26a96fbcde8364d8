package webhook

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"battlehub/hub"
)

// noon is when the packets of these tests arrive.
var noon = time.Date(2026, 1, 2, 12, 0, 0, 345_678_901, time.UTC)

// edited returns a documented packet with one text replaced.
func edited(t testing.TB, packet, old, replacement string) []byte {
	t.Helper()
	p := packetFile(t, packet)
	if !strings.Contains(p, old) {
		t.Fatalf("%s does not contain %s", packet, old)
	}
	return []byte(strings.ReplaceAll(p, old, replacement))
}

// decodeBody does both steps from a body to an event.
func decodeBody(app hub.App, kind hub.Kind, text []byte, received time.Time) (hub.Event, error) {
	body, err := parse(text)
	if err != nil {
		return hub.Event{}, err
	}
	return decode(app, kind, body, received)
}

func decoded(t *testing.T, kind hub.Kind, body []byte) hub.Event {
	t.Helper()
	e, err := decodeBody(testApp, kind, body, noon)
	if err != nil {
		t.Fatalf("%v, of %s", err, body)
	}
	return e
}

// TestTimesThatAreUnknown checks what takes the place of a time that is not given.
func TestTimesThatAreUnknown(t *testing.T) {
	t.Parallel()
	received := hub.At(noon)
	e := decoded(t, hub.KindCreated, edited(t, "create.json", `,"EventTime":1739954005000`, ""))
	if e.At != received || e.CreatedAt != received {
		t.Errorf("created without EventTime: at %v, created %v, want %v", e.At, e.CreatedAt, received)
	}
	e = decoded(t, hub.KindStarted, edited(t, "start.json", `"StartTime":1739954005,`, ""))
	if e.StartedAt != e.At || e.At != hub.UnixMilli(1739954005000) {
		t.Errorf("started without StartTime: %v, want EventTime", e.StartedAt)
	}
	e = decoded(t, hub.KindEnded, edited(t, "end.json", `"EndTime":1739956145,`, ""))
	if e.EndedAt != e.At || e.At != hub.UnixMilli(1739956146119) {
		t.Errorf("ended without EndTime: %v, want EventTime", e.EndedAt)
	}
	e = decoded(t, hub.KindEnded, edited(t, "end-never-started.json", `"CreateTime":1739954005,`, ""))
	if !e.StartedAt.IsZero() || !e.CreatedAt.IsZero() {
		t.Errorf("started %v, created %v, want both unknown", e.StartedAt, e.CreatedAt)
	}
}

// TestStartInMilliseconds: StartTime's second and EventTime's milliseconds are one moment,
// unless they disagree on the second.
func TestStartInMilliseconds(t *testing.T) {
	t.Parallel()
	for event, want := range map[string]int64{
		"1739954005000": 1739954005000, "1739954005842": 1739954005842, "1739954005999": 1739954005999,
		"1739954006000": 1739954005000, "1739954004999": 1739954005000,
	} {
		e := decoded(t, hub.KindStarted, edited(t, "start.json", `"EventTime":1739954005000`, `"EventTime":`+event))
		if e.StartedAt != hub.UnixMilli(want) {
			t.Errorf("EventTime %s: started %v, want %v", event, e.StartedAt, hub.UnixMilli(want))
		}
	}
}

// TestChangeOfUnit: the same battle, should Tencent ever send all times in the other unit.
func TestChangeOfUnit(t *testing.T) {
	t.Parallel()
	body := string(edited(t, "end.json", `"StartTime":1739956115`, `"StartTime":1739956115000`))
	body = strings.Replace(body, `"EventTime":1739956146119`, `"EventTime":1739956146`, 1)
	got, want := decoded(t, hub.KindEnded, []byte(body)), decoded(t, hub.KindEnded, []byte(packetFile(t, "end.json")))
	if got.StartedAt != want.StartedAt || got.At != hub.UnixMilli(1739956146000) {
		t.Errorf("started %v at %v, want %v", got.StartedAt, got.At, want.StartedAt)
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for op, want := range map[string]hub.Outcome{
		"0": hub.OutcomeTimeUp, "1": hub.OutcomeAllLeft, "2": hub.OutcomeNotStarted, "3": "", "-1": "", "null": "",
	} {
		e := decoded(t, hub.KindEnded, edited(t, "end.json", `"OpType":0`, `"OpType":`+op))
		if e.Outcome != want {
			t.Errorf("OpType %s gives %q, want %q", op, e.Outcome, want)
		}
	}
}

func TestNeedsResponse(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for value, want := range map[string]*bool{"true": &yes, "false": &no, "null": nil} {
		e := decoded(t, hub.KindCreated, edited(t, "create.json", `"NeedResponse":false`, `"NeedResponse":`+value))
		if !reflect.DeepEqual(e.NeedsResponse, want) {
			t.Errorf("NeedResponse %s gives %v", value, e.NeedsResponse)
		}
	}
}

func TestScores(t *testing.T) {
	t.Parallel()
	e := decoded(t, hub.KindEnded, edited(t, "end.json", `"Score":0`, `"Score":9007199254740993`))
	if e.From.Score != 9007199254740993 || e.To[0].Score != 9007199254740993 {
		t.Errorf("scores %d and %d, want 9007199254740993", e.From.Score, e.To[0].Score)
	}
}

// TestRawKeepsWhatIsUnknown: unknown fields, digits and all, white space aside.
func TestRawKeepsWhatIsUnknown(t *testing.T) {
	t.Parallel()
	body := edited(t, "create.json", `"Timeout":30000`, "\n \"Timeout\" : 30000, \"New\": [144115245353757792, 1.50]\t")
	want := strings.Replace(packetFile(t, "create.json"), `"Timeout":30000`, `"Timeout":30000,"New":[144115245353757792,1.50]`, 1)
	if got := decoded(t, hub.KindCreated, body).Raw; string(got) != strings.TrimSpace(want) {
		t.Errorf("raw %s, want %s", got, want)
	}
}

// TestDigestSurvivesALog: an event that went through JSON must still be a duplicate of
// the webhook that comes again, whatever characters it holds.
func TestDigestSurvivesALog(t *testing.T) {
	t.Parallel()
	e := decoded(t, hub.KindCreated, edited(t, "create.json", "extension pk", "<a&b>\u2028\u2029\\u003c😀"))
	var back hub.Event
	if err := json.Unmarshal([]byte(asJSON(t, e)), &back); err != nil {
		t.Fatal(err)
	}
	if e.Digest() != back.Digest() {
		t.Errorf("raw was %s and came back as %s", e.Raw, back.Raw)
	}
	if want := "<a&b>\u2028\u2029<😀"; e.Extension != want {
		t.Errorf("extension %q, want %q", e.Extension, want)
	}
}

// TestIDTellsApart: what makes a webhook another event.
func TestIDTellsApart(t *testing.T) {
	t.Parallel()
	end := []byte(packetFile(t, "end.json"))
	ids := map[string]bool{}
	for _, app := range []hub.App{testApp, testApp + 1} {
		for _, kind := range []hub.Kind{hub.KindStarted, hub.KindEnded} {
			for _, body := range [][]byte{end, edited(t, "end.json", `"BattleId":"4`, `"BattleId":"5`)} {
				e, err := decodeBody(app, kind, body, noon)
				if err != nil {
					t.Fatal(err)
				}
				ids[e.ID] = true
			}
		}
	}
	if len(ids) != 8 {
		t.Errorf("%d ids, want 8", len(ids))
	}
}

func BenchmarkDecode(b *testing.B) {
	for packet, kind := range map[string]hub.Kind{
		"create.json": hub.KindCreated, "start.json": hub.KindStarted, "end.json": hub.KindEnded,
	} {
		body := []byte(packetFile(b, packet))
		b.Run(strings.TrimSuffix(packet, ".json"), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, err := decodeBody(testApp, kind, body, noon); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestDecodeAllocatesLittle pins what a webhook costs the garbage collector.
func TestDecodeAllocatesLittle(t *testing.T) {
	const most = 22
	body := []byte(packetFile(t, "end.json"))
	allocs := testing.AllocsPerRun(100, func() {
		if _, err := decodeBody(testApp, hub.KindEnded, body, noon); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > most {
		t.Errorf("a packet allocates %.0f times, want at most %d", allocs, most)
	}
}
