package logtest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"battlehub/hub"
)

var ticketTests = []test{
	{"IsTakenOnce", testTicketTakenOnce},
	{"Expires", func(t *testing.T, l hub.Log) {
		store := l.(hub.Tickets)
		if err := store.KeepTicket(t.Context(), "short", []byte("grant"), time.Millisecond); err != nil {
			t.Fatal(err)
		}
		<-time.After(20 * time.Millisecond) // what is measured is this machine's own clock
		if got, err := store.TakeTicket(t.Context(), "short"); got != nil || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}},
}

// testTicketTakenOnce: of many who take a ticket at once, one gets it.
func testTicketTakenOnce(t *testing.T, l hub.Log) {
	store := l.(hub.Tickets)
	if err := store.KeepTicket(t.Context(), "one", []byte("grant"), time.Minute); err != nil {
		t.Fatal(err)
	}
	var taken atomic.Int32
	var takers sync.WaitGroup
	for range 16 {
		takers.Go(func() {
			switch got, err := store.TakeTicket(t.Context(), "one"); {
			case err != nil:
				t.Error(err)
			case string(got) == "grant":
				taken.Add(1)
			case got != nil:
				t.Errorf("got %q", got)
			}
		})
	}
	takers.Wait()
	if taken.Load() != 1 {
		t.Errorf("taken %d times", taken.Load())
	}
	if got, err := store.TakeTicket(t.Context(), "none"); got != nil || err != nil {
		t.Errorf("a ticket that never was: %q, %v", got, err)
	}
}
