package faulttest

import (
	"fmt"
	"os"
	"sync"
	"time"
)

// outcome is what a scenario showed, beyond that it passed.
type outcome struct {
	fault                     string
	noticed, whole            time.Duration
	sent, ok, refused, silent int
	gaps, repaired            int
}

// tell logs the outcome, and adds it to the table that BATTLEHUB_FAULT_TABLE names.
func (s *stage) tell() {
	o := s.outcome()
	s.t.Logf("fault=%s noticed=%s whole=%s sent=%d ok=%d unavailable=%d unanswered=%d resets=%d repaired=%d",
		o.fault, brief(o.noticed), brief(o.whole), o.sent, o.ok, o.refused, o.silent, o.gaps, o.repaired)
	path := os.Getenv("BATTLEHUB_FAULT_TABLE")
	if path == "" {
		return
	}
	if err := addRow(path, o); err != nil {
		s.t.Error(err)
	}
}

func (s *stage) outcome() outcome {
	o := outcome{fault: s.name, noticed: s.noticedIn, whole: s.wholeIn, sent: len(s.load.answered()),
		ok: s.load.count(answeredOK), refused: s.load.count(unavailable), silent: s.load.count(unanswered)}
	for _, c := range s.clients {
		o.gaps += c.gaps()
	}
	for _, n := range s.nodes {
		o.repaired += int(n.metric("battlehub_redis_repaired_events_total"))
	}
	return o
}

func brief(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return d.Round(10 * time.Millisecond).String()
}

// tableLock lets one scenario write at a time.
var tableLock sync.Mutex

const tableHead = `| fault | noticed after | whole after | webhooks | answered OK | 503 | no answer | clients told of a gap | events repaired |
|---|---|---|---|---|---|---|---|---|
`

// addRow adds a row to the table, and begins the table if there is none.
func addRow(path string, o outcome) error {
	tableLock.Lock()
	defer tableLock.Unlock()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	text := fmt.Sprintf("| %s | %s | %s | %d | %d | %d | %d | %d | %d |\n",
		o.fault, brief(o.noticed), brief(o.whole), o.sent, o.ok, o.refused, o.silent, o.gaps, o.repaired)
	if info, err := file.Stat(); err == nil && info.Size() == 0 {
		text = tableHead + text
	}
	_, err = file.WriteString(text)
	return err
}
