package bench

import (
	"net/url"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"battlehub/hub"
)

// publisher sends webhooks as Tencent does, over as many connections as answers are
// waited for, up to a limit.
type publisher struct {
	plan   *plan
	target *url.URL
	app    hub.App
	token  hub.Secret // "": not signed

	slots   chan struct{} // one for each webhook that waits for its answer
	running sync.WaitGroup

	mu       sync.Mutex
	free     []*sender // the last that became free is the next to send: few are used, and those are warm
	answers  *hdrhistogram.Histogram
	failures map[string]int
}

// maxSenders bounds how many webhooks wait for their answer at the same time. Beyond it
// they are sent late, which their latency tells.
const maxSenders = 256

func newPublisher(p *plan, target *url.URL, app hub.App, token hub.Secret) *publisher {
	return &publisher{plan: p, target: target, app: app, token: token, slots: make(chan struct{}, maxSenders),
		answers: newHistogram(), failures: map[string]int{}}
}

// job is an event to be sent.
type job struct {
	k   int
	due instant
}

// send sends event k once a sender is free, without waiting for the answer, and returns
// when that was.
func (p *publisher) send(k int, due instant) instant {
	p.slots <- struct{}{}
	at := now()
	p.running.Add(1)
	p.take() <- job{k, due}
	return at
}

// take returns the jobs of a sender that is free or new.
func (p *publisher) take() chan<- job {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free) - 1; n >= 0 {
		s := p.free[n]
		p.free = p.free[:n]
		return s.jobs
	}
	s := &sender{publisher: p, jobs: make(chan job, 1)}
	go s.run()
	return s.jobs
}

// done notes how a webhook was answered and gives the sender back.
func (p *publisher) done(s *sender, due instant, err error) {
	took := now().since(due)
	p.mu.Lock()
	if err != nil {
		p.failures[err.Error()]++
	} else {
		_ = p.answers.RecordValue(int64(min(took, time.Minute)))
	}
	p.free = append(p.free, s)
	p.mu.Unlock()
	<-p.slots
	p.running.Done()
}

// drain waits for all answers, and returns what was noted since the last time.
func (p *publisher) drain() (answers *hdrhistogram.Histogram, failures map[string]int) {
	p.running.Wait()
	answers, failures = p.answers, p.failures
	p.answers, p.failures = newHistogram(), map[string]int{}
	return answers, failures
}

// Close ends the senders once all answers are there.
func (p *publisher) Close() {
	p.running.Wait()
	for _, s := range p.free {
		close(s.jobs)
	}
	p.free = nil
}
