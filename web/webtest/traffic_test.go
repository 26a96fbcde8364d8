package webtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// traffic is what a busy app sends: battles that come, start and end, so that as many are open
// at any time. Its webhooks go over a few connections that stay open, as Tencent's do.
type traffic struct {
	hub    *hubProcess
	client *http.Client
	outbox []webhookCall
	live   []*battle // the oldest first
	fresh  []*battle // created, not started
	n      int       // battles so far
}

// senders is how many webhooks are under way at a time.
const senders = 8

// startTraffic makes so many battles live.
func startTraffic(t *testing.T, h *hubProcess, open int) *traffic {
	t.Helper()
	tr := &traffic{hub: h, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}}}
	t.Cleanup(tr.client.CloseIdleConnections)
	for i := range open {
		// They began one after the other, and none of them ends by itself while the test runs.
		b := tr.battle().lasting(time.Hour, time.Duration(i%1800)*time.Second)
		tr.live = append(tr.live, b.start(t))
	}
	tr.send(t)
	return tr
}

func (tr *traffic) battle() *battle {
	tr.n++
	room := func(i int) string { return "pk-" + strconv.Itoa((2*tr.n+i)%20_000) }
	b := newBattle(tr.hub, fmt.Sprint("traffic ", tr.n), room(0), room(1))
	b.outbox = &tr.outbox
	return b
}

// happen sends three times n webhooks: so many battles start that were created the last time,
// so many end, and so many more are created. At the first time none starts.
func (tr *traffic) happen(t *testing.T, n int) {
	t.Helper()
	for _, b := range tr.fresh {
		tr.live = append(tr.live, b.start(t))
	}
	tr.fresh = nil
	for _, b := range tr.live[:n] {
		b.end(t, 0, time.Minute, tr.n%1000, 500)
	}
	tr.live = tr.live[n:]
	for range n {
		tr.fresh = append(tr.fresh, tr.battle().lasting(time.Hour, 0).create(t, true))
	}
	tr.send(t)
}

// pace is how often what is due is sent.
const pace = 50 * time.Millisecond

// run sends so many webhooks a second for a while, as evenly as the machine allows, and returns
// how many it were.
func (tr *traffic) run(t *testing.T, perSecond int, d time.Duration) int {
	t.Helper()
	end := time.Now().Add(d)
	return tr.flow(t, perSecond, func() bool { return time.Now().After(end) })
}

// start lets webhooks flow until stop is called, which returns once the last was taken.
func (tr *traffic) start(t *testing.T, perSecond int) (stop func()) {
	t.Helper()
	var stopped atomic.Bool
	var group sync.WaitGroup
	group.Go(func() { tr.flow(t, perSecond, stopped.Load) })
	stop = func() {
		stopped.Store(true)
		group.Wait()
	}
	t.Cleanup(stop)
	return stop
}

func (tr *traffic) flow(t *testing.T, perSecond int, done func() bool) int {
	each := max(1, perSecond/int(time.Second/pace)/3)
	sent, begun := 0, time.Now()
	for range time.Tick(pace) {
		// What a late tick missed is made up for.
		for due := int(time.Since(begun) / pace); sent < due*3*each && !done(); sent += 3 * each {
			tr.happen(t, each)
		}
		if done() || t.Failed() {
			break
		}
	}
	return sent
}

// send empties the outbox.
func (tr *traffic) send(t *testing.T) {
	t.Helper()
	calls := make(chan webhookCall)
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for range senders {
		group.Go(func() {
			for c := range calls {
				if err := tr.post(c); err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	for _, c := range tr.outbox {
		calls <- c
	}
	close(calls)
	group.Wait()
	tr.outbox = tr.outbox[:0]
	if failed != nil {
		t.Error(failed)
	}
}

// post sends a webhook until it is taken, as Tencent does while a hub is down.
func (tr *traffic) post(c webhookCall) error {
	err := tr.try(c)
	if err == nil {
		return nil
	}
	deadline := time.Now().Add(patience)
	for range time.Tick(pace) {
		if err = tr.try(c); err == nil || time.Now().After(deadline) {
			break
		}
	}
	return err
}

func (tr *traffic) try(c webhookCall) error {
	response, err := tr.client.Post(c.url, "application/json", bytes.NewReader(c.body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if body, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
		return fmt.Errorf("webhook: %s %s %v", response.Status, body, err)
	}
	return nil
}
