package webhook

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"battlehub/hub"
)

// The tests of this file are named after the attack. None may panic the handler, cost
// more than its due, or leave anything in the log.

// attack posts a body to a fresh handler and expects the status.
func attack(t *testing.T, query, body string, status int, tokens ...hub.Secret) {
	t.Helper()
	log := newMapLog()
	wantAnswer(t, post(handler(log, tokens...), query, body), status)
	if status != http.StatusOK && len(log.events) != 0 {
		t.Errorf("the log took %v", log.events)
	}
}

// TestTruncatedBody cuts every packet that is kept at every byte.
func TestTruncatedBody(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"create.json", "start.json", "end.json", "create-room.json", "destroy-room.json", "change-owner.json"} {
		packet := strings.TrimSpace(packetFile(t, name))
		for cut := range packet {
			attack(t, appQuery, packet[:cut], http.StatusBadRequest)
		}
	}
}

// TestBodyCutOffOnTheWay: the connection breaks before all was sent.
func TestBodyCutOffOnTheWay(t *testing.T) {
	t.Parallel()
	log := newMapLog()
	body := io.MultiReader(strings.NewReader(packetFile(t, "create.json")), iotest.ErrReader(io.ErrUnexpectedEOF))
	wantAnswer(t, serve(handler(log), http.MethodPost, appQuery, body), http.StatusBadRequest)
	if len(log.events) != 0 {
		t.Errorf("the log took %v", log.events)
	}
}

// TestHugeBody sends up to the limit and one byte over it, with its length told and not.
func TestHugeBody(t *testing.T) {
	t.Parallel()
	packet := packetFile(t, "create.json")
	fits := packet + strings.Repeat(" ", maxBody-len(packet))
	attack(t, appQuery, fits, http.StatusOK)
	announced := strings.NewReader(fits + " ")
	wantAnswer(t, serve(handler(newMapLog()), http.MethodPost, appQuery, announced), http.StatusRequestEntityTooLarge)
	if announced.Len() != len(fits)+1 {
		t.Error("a body whose length told enough was read")
	}
	unsized := io.MultiReader(strings.NewReader(fits), strings.NewReader(" "))
	wantAnswer(t, serve(handler(newMapLog()), http.MethodPost, appQuery, unsized), http.StatusRequestEntityTooLarge)
}

// TestEndlessBody is refused after the limit, although it never ends.
func TestEndlessBody(t *testing.T) {
	t.Parallel()
	body := &endless{}
	wantAnswer(t, serve(handler(newMapLog()), http.MethodPost, appQuery, body), http.StatusRequestEntityTooLarge)
	if body.read > 2*maxBody {
		t.Errorf("%d bytes were read", body.read)
	}
}

// endless is a reader of spaces that counts what is taken.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	e.read += len(p)
	return len(p), nil
}

// TestDeeplyNestedBody: deep enough to end a decoder that recurses, and less deep in a
// field that nobody reads.
func TestDeeplyNestedBody(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
	attack(t, appQuery, nested(500_000), http.StatusBadRequest)
	attack(t, appQuery, strings.Repeat(`{"a":`, 100_000)+"1"+strings.Repeat("}", 100_000), http.StatusBadRequest)
	attack(t, appQuery, string(edited(t, "create.json", `"Timeout":30000`, `"Timeout":`+nested(100_000))), http.StatusBadRequest)
	attack(t, appQuery, string(edited(t, "create.json", `"Timeout":30000`, `"X":`+nested(5_000))), http.StatusOK)
}

// TestWronglyTypedFields puts every JSON type in the place of every field that is read of
// every packet. Each either is refused, or means the field's absence.
func TestWronglyTypedFields(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ packet, old string }{
		{"create.json", `"Live.CallbackAfterCreateBattle"`},
		{"create.json", `"4siHsNsWN/T3aub9zKraqPbSEGRX2z6gs3LDFi+d/3M="`},
		{"create.json", `"brennanli"`}, {"create.json", `"pk-3"`}, {"create.json", `["pk-5"]`}, {"create.json", `"pk-5"`},
		{"create.json", `30000`}, {"create.json", `60000`}, {"create.json", `"extension pk"`}, {"create.json", `1739954005000`},
		{"start.json", `{"RoomId":"pk-3","Owner_Account":"brennan"}`}, {"start.json", `"brennan"`},
		{"start.json", `[{"RoomId":"pk-5","Owner_Account":"tandy"}]`}, {"start.json", `"tandy"`},
		{"end.json", `"OpType":0`}, {"end.json", `"Score":0`}, {"end.json", `144115245353757792`},
		{"end.json", `"EndTime":1739956145`}, {"end.json", `"CreateTime":1739956115`},
		{"create-room.json", `"pk-3"`}, {"create-room.json", `"brennan"`}, {"create-room.json", `1703589922`},
		{"destroy-room.json", `"pk-3"`}, {"destroy-room.json", `144115216631667826`}, {"destroy-room.json", `1703589922780`},
		{"change-owner.json", `"pk-3"`}, {"change-owner.json", `"user2"`}, {"change-owner.json", `1703589922780`},
	} {
		name, _, keyed := strings.Cut(c.old, `":`)
		for _, wrong := range []string{`true`, `{"a":{}}`, `[[]]`, `0.5`} {
			value := wrong
			if keyed && strings.HasPrefix(c.old, `"`) {
				value = name + `":` + wrong
			}
			attack(t, appQuery, string(edited(t, c.packet, c.old, value)), http.StatusBadRequest)
		}
	}
	for _, wrong := range []string{`1`, `"true"`, `[]`, `{}`} {
		attack(t, appQuery, string(edited(t, "create.json", `"NeedResponse":false`, `"NeedResponse":`+wrong)), http.StatusBadRequest)
	}
}

// TestBodyThatIsNoObject sends valid JSON that is no packet.
func TestBodyThatIsNoObject(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`null`, `[]`, `"x"`, `1`, `true`, `{}`, `[{}]`, ``, ` `, `{}{}`, "\ufeff{}"} {
		attack(t, appQuery, body, http.StatusBadRequest)
		status := http.StatusBadRequest
		if body == `{}` {
			status = http.StatusOK // the URL tells the command, which is not ours
		}
		attack(t, appQuery+"&CallbackCommand=Group.CallbackBeforeSendMsg", body, status)
	}
}

// TestNonUTF8Body puts bytes that are no text where encoding/json would replace them.
func TestNonUTF8Body(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80"} {
		attack(t, appQuery, string(edited(t, "create.json", "pk-3", bad)), http.StatusBadRequest)
		attack(t, appQuery, string(edited(t, "create.json", "extension pk", bad)), http.StatusBadRequest)
		attack(t, appQuery, string(edited(t, "change-owner.json", "user2", bad)), http.StatusBadRequest)
	}
}

// TestEnormousRoomList must not cost an allocation a room. It measures, so it runs alone.
func TestEnormousRoomList(t *testing.T) {
	for _, c := range []struct {
		packet, old, list string
		kind              hub.Kind
	}{
		{"create.json", `["pk-5"]`, roomIDs(90_000), hub.KindCreated},
		{"start.json", `[{"RoomId":"pk-5","Owner_Account":"tandy"}]`, "[" + strings.Repeat("{},", 300_000) + "{}]", hub.KindStarted},
	} {
		body := edited(t, c.packet, c.old, c.list)
		attack(t, appQuery, string(body), http.StatusBadRequest)
		allocs := testing.AllocsPerRun(1, func() {
			if _, err := decodeBody(testApp, c.kind, body, noon); err == nil {
				t.Error("taken")
			}
		})
		if allocs > 500 {
			t.Errorf("%s: %v allocations", c.packet, allocs)
		}
	}
}

// TestOversizedIDs: one byte over the bound in each of them, and far over it.
func TestOversizedIDs(t *testing.T) {
	t.Parallel()
	for _, n := range []int{maxID + 1, 500_000} {
		long := strings.Repeat("x", n)
		for _, c := range []struct{ packet, old string }{
			{"create.json", "4siHsNsWN/T3aub9zKraqPbSEGRX2z6gs3LDFi+d/3M="}, {"create.json", "pk-3"},
			{"create.json", "pk-5"}, {"create.json", "brennanli"}, {"start.json", "tandy"}, {"start.json", "brennan"},
			{"create-room.json", "pk-3"}, {"create-room.json", "brennan"}, {"destroy-room.json", "pk-3"},
			{"change-owner.json", "pk-3"}, {"change-owner.json", "user2"},
		} {
			attack(t, appQuery, string(edited(t, c.packet, c.old, long)), http.StatusBadRequest)
		}
	}
	attack(t, appQuery, string(edited(t, "create.json", "extension pk", strings.Repeat("x", maxExtension))), http.StatusOK)
	attack(t, appQuery, string(edited(t, "create.json", "extension pk", strings.Repeat("x", maxExtension+1))), http.StatusBadRequest)
}

// TestSignatures goes through the ways to get around the Sign.
func TestSignatures(t *testing.T) {
	t.Parallel()
	sign := func(token hub.Secret, off time.Duration) string {
		s, at := Sign(token, time.Now().Add(off))
		return appQuery + "&Sign=" + s + "&RequestTime=" + at
	}
	for name, query := range map[string]string{
		"absent":                appQuery,
		"empty":                 appQuery + "&Sign=&RequestTime=",
		"forged":                sign("guess", 0),
		"of_the_empty_token":    sign("", 0),
		"stale":                 sign(testToken, -2*time.Minute),
		"future":                sign(testToken, 2*time.Minute),
		"time_moved":            strings.Replace(sign(testToken, -2*time.Minute), "RequestTime=", "RequestTime=1", 1),
		"second_sign_smuggled":  sign("guess", 0) + "&sign=" + vectorSign,
		"time_in_another_case":  sign(testToken, -2*time.Minute) + "&requesttime=9999999999",
		"sign_in_the_body_only": appQuery + "&RequestTime=1669872112",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			attack(t, query, packetFile(t, "create.json"), http.StatusUnauthorized, testToken)
		})
	}
}

// TestAnotherAppsSign: each app has a token of its own.
func TestAnotherAppsSign(t *testing.T) {
	t.Parallel()
	mine, other := newMapLog(), newMapLog()
	h := New(Options{Apps: map[hub.App]App{
		testApp:     {Log: mine, Tokens: []hub.Secret{testToken}},
		testApp + 1: {Log: other, Tokens: []hub.Secret{"other token"}},
	}})
	create := packetFile(t, "create.json")
	wantAnswer(t, post(h, signed("SdkAppid=1400000001", testToken), create), http.StatusUnauthorized)
	wantAnswer(t, post(h, signed(appQuery, "other token"), create), http.StatusUnauthorized)
	wantAnswer(t, post(h, signed("SdkAppid=1400000001", "other token"), create), http.StatusOK)
	if len(mine.events) != 0 || len(other.events) != 1 {
		t.Errorf("logs hold %d and %d events, want 0 and 1", len(mine.events), len(other.events))
	}
}

// TestStrangersBodyIsNotRead: what fails the cheap checks costs no memory.
func TestStrangersBodyIsNotRead(t *testing.T) {
	t.Parallel()
	h := handler(newMapLog(), testToken)
	for _, c := range []struct {
		method, query string
		status        int
	}{
		{http.MethodPut, signed(appQuery, testToken), http.StatusMethodNotAllowed},
		{http.MethodPost, "SdkAppid=7", http.StatusForbidden},
		{http.MethodPost, signed(appQuery, "guess"), http.StatusUnauthorized},
		{http.MethodPost, signed(appQuery, testToken) + "&contenttype=xml", http.StatusUnsupportedMediaType},
	} {
		body := iotest.ErrReader(io.ErrUnexpectedEOF) // a read would answer 400
		wantAnswer(t, serve(h, c.method, c.query, body), c.status)
	}
}
