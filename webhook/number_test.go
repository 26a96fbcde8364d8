package webhook

import (
	"encoding/json"
	"testing"

	"battlehub/hub"
)

func TestWhole(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw     string
		want    int64
		refused string
	}{
		"number":         {`60000`, 60000, ""},
		"negative":       {`-7`, -7, ""},
		"missing":        {``, 0, ""},
		"null":           {`null`, 0, ""},
		"largest":        {`9223372036854775807`, 9223372036854775807, ""},
		"over_64_bits":   {`9223372036854775808`, 0, "whole number"},
		"written_6e4":    {`6e4`, 60000, ""},
		"written_with_0": {`60000.0`, 60000, ""},
		"fraction":       {`0.5`, 0, "whole number"},
		"inexact":        {`1e16`, 0, "whole number"},
		"infinite":       {`1e999`, 0, "whole number"},
		"string":         {`"60000"`, 0, "whole number"},
		"bool":           {`false`, 0, "whole number"},
		"object":         {`{}`, 0, "whole number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fields{}
			got := f.whole("Score", json.RawMessage(c.raw))
			wantField(t, f.err, "Score", c.refused)
			if got != c.want {
				t.Errorf("whole(%s) = %d, want %d", c.raw, got, c.want)
			}
		})
	}
}

func TestInstant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw     string
		want    string // "" for unknown
		refused string
	}{
		"seconds":              {`1739954005`, "2025-02-19T08:33:25.000Z", ""},
		"milliseconds":         {`1739954004210`, "2025-02-19T08:33:24.210Z", ""},
		"last_as_seconds":      {`99999999999`, "5138-11-16T09:46:39.000Z", ""},
		"first_as_millis":      {`100000000000`, "1973-03-03T09:46:40.000Z", ""},
		"end_of_9999":          {`253402300799999`, "9999-12-31T23:59:59.999Z", ""},
		"zero":                 {`0`, "", ""},
		"missing":              {``, "", ""},
		"year_10000":           {`253402300800000`, "", "no time between"},
		"microseconds":         {`1739954004210000`, "", "no time between"},
		"negative":             {`-1`, "", "no time between"},
		"smallest":             {`-9223372036854775808`, "", "no time between"},
		"largest":              {`9223372036854775807`, "", "no time between"},
		"text":                 {`"2025-02-19T08:33:25Z"`, "", "whole number"},
		"fraction_of_a_second": {`1739954004.21`, "", "whole number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fields{}
			got := f.instant("EventTime", json.RawMessage(c.raw))
			wantField(t, f.err, "EventTime", c.refused)
			if c.want == "" && got != (hub.Time{}) || c.want != "" && got.String() != c.want {
				t.Errorf("instant(%s) = %v, want %q", c.raw, got, c.want)
			}
		})
	}
}

func TestMillis(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw     string
		want    int64
		refused string
	}{
		"minute":      {`60000`, 60000, ""},
		"unknown":     {`0`, 0, ""},
		"missing":     {``, 0, ""},
		"a_day":       {`86400000`, 86400000, ""},
		"over_a_day":  {`86400001`, 0, "24 hours"},
		"negative":    {`-1`, 0, "24 hours"},
		"overflowing": {`9223372036854775807`, 0, "24 hours"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fields{}
			got := f.millis("Duration", json.RawMessage(c.raw))
			wantField(t, f.err, "Duration", c.refused)
			if got != c.want {
				t.Errorf("millis(%s) = %d, want %d", c.raw, got, c.want)
			}
		})
	}
}
