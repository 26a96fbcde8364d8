package webhook

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw     string
		want    string
		refused string // part of the refusal
	}{
		"string":            {`"brennan"`, "brennan", ""},
		"escaped":           {`"\u4e3b\u64ad \ud83d\ude00"`, "主播 😀", ""},
		"empty":             {`""`, "", ""},
		"missing":           {``, "", ""},
		"null":              {`null`, "", ""},
		"above_2_53":        {`144115245353757792`, "144115245353757792", ""},
		"above_64_bits":     {`123456789012345678901234567890`, "123456789012345678901234567890", ""},
		"negative":          {`-5`, "-5", ""},
		"zero":              {`0`, "0", ""},
		"fraction":          {`1.5`, "", "must be a string or a whole number"},
		"exponent":          {`1e5`, "", "must be a string or a whole number"},
		"bool":              {`true`, "", "must be a string or a whole number"},
		"object":            {`{"a":1}`, "", "must be a string or a whole number"},
		"list":              {`["a"]`, "", "must be a string or a whole number"},
		"at_the_limit":      {`"` + strings.Repeat("a", maxID) + `"`, strings.Repeat("a", maxID), ""},
		"too_long":          {`"` + strings.Repeat("a", maxID+1) + `"`, "", "longer than 256 bytes"},
		"too_many_digits":   {strings.Repeat("9", maxID+1), "", "longer than 256 bytes"},
		"newline":           {`"a\nb"`, "", "not text"},
		"escape_sequence":   {`"\u001b[2J"`, "", "not text"},
		"c1_control":        {`"\u0085"`, "", "not text"},
		"half_a_surrogate":  {`"\ud800"`, "", "not text"},
		"replacement_given": {`"\ufffd"`, "", "not text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fields{}
			got := f.id("RoomId", json.RawMessage(c.raw))
			wantField(t, f.err, "RoomId", c.refused)
			if c.refused == "" && got != c.want {
				t.Errorf("id(%s) = %q, want %q", c.raw, got, c.want)
			}
		})
	}
}

// wantField checks that a refusal names the field and tells the problem, or, when the
// problem is "", that there is none.
func wantField(t *testing.T, err error, name, problem string) {
	t.Helper()
	if problem == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	if r := refused(err); r == nil || r.result != resultBadRequest {
		t.Errorf("got %v, want a bad request", err)
	} else if !strings.HasPrefix(r.info, name+" ") || !strings.Contains(r.info, problem) {
		t.Errorf("ErrorInfo %q, want it to say of %s %q", r.info, name, problem)
	}
}

func TestRequired(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{"missing": "", "null": "null", "empty": `""`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fields{}
			f.required("BattleId", json.RawMessage(raw))
			wantField(t, f.err, "BattleId", "missing or empty")
		})
	}
}

// TestFirstWrongFieldIsNamed: a later one may only be a consequence.
func TestFirstWrongFieldIsNamed(t *testing.T) {
	t.Parallel()
	f := &fields{}
	f.required("BattleId", nil)
	f.required("FromRoomId", nil)
	wantField(t, f.err, "BattleId", "missing")
}
