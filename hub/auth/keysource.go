package auth

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// How often keys are fetched. Who signs publishes a new key well before using it, since
// everybody caches them; and takes an old one back no faster than it is fetched again.
const (
	refreshInterval = 15 * time.Minute
	// refreshSpacing is the least time between the beginnings of two fetches, whatever
	// tokens come: who sends unknown kids must not make the hub attack the endpoint.
	refreshSpacing = 30 * time.Second
)

var errNoKeysYet = errors.New("the published keys (--jwks-url) have not been fetched yet")

// keySource keeps the keys that an endpoint publishes. While that is down, those it had
// last still count.
type keySource struct {
	url     string
	client  *http.Client
	log     *slog.Logger
	metrics *fetchMetrics

	ctx  context.Context // ends at close
	stop context.CancelFunc
	wg   sync.WaitGroup // the loop and the fetch

	mu      sync.Mutex
	closed  bool
	set     *keySet       // nil until the first fetch that succeeded
	got     time.Time     // when set was
	err     error         // of the last fetch; while it is not nil, nobody knows what other keys there are
	began   time.Time     // the last fetch
	running chan struct{} // closed when the fetch that runs is over; nil: none runs
}

// newKeySource begins to fetch.
func newKeySource(url string, client *http.Client, log *slog.Logger, reg prometheus.Registerer) *keySource {
	s := &keySource{url: url, client: client, log: log, err: errNoKeysYet}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.metrics = newFetchMetrics(s, reg)
	s.wg.Go(s.refreshLoop)
	return s
}

// close ends the fetch that runs, if any, and waits for it.
func (s *keySource) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.wg.Wait()
}

// find returns the key, or nil if none is published. For one that it does not know, it asks
// the endpoint, unless that was just asked. An error means that this could not be found out.
func (s *keySource) find(ctx context.Context, id keyID) (crypto.PublicKey, error) {
	if set, _ := s.state(); set.find(id) != nil {
		return set.find(id), nil
	}
	if running := s.refresh(); running != nil {
		select {
		case <-running:
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for published keys: %w", ctx.Err())
		}
	}
	set, err := s.state()
	if key := set.find(id); key != nil {
		return key, nil
	}
	return nil, err
}

func (s *keySource) state() (*keySet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.set, s.err
}

// refreshLoop fetches from time to time, and soon again after a failure.
func (s *keySource) refreshLoop() {
	for s.ctx.Err() == nil {
		if running := s.refresh(); running != nil {
			<-running
		}
		pause := refreshInterval
		if _, err := s.state(); err != nil {
			pause = refreshSpacing
		}
		select {
		case <-s.ctx.Done():
		case <-time.After(pause):
		}
	}
}

// refresh begins a fetch, if none runs, and returns what is closed when it is over; nil if
// the last one began too short a time ago.
func (s *keySource) refresh() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.running != nil:
		return s.running
	case s.closed || time.Since(s.began) < refreshSpacing:
		return nil
	}
	s.began, s.running = time.Now(), make(chan struct{})
	s.wg.Go(s.fetch)
	return s.running
}

// fetch gets the keys and keeps them. It has no other context than the source's own: a
// client that goes away must not end what others wait for.
func (s *keySource) fetch() {
	set, result, err := fetchKeySet(s.ctx, s.client, s.url)
	if err != nil {
		err = fmt.Errorf("fetching published keys (--jwks-url): %w", err)
	}
	s.tell(set, err)
	s.metrics.fetches[result].Inc()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err = err; err == nil {
		s.set, s.got = set, time.Now()
	}
	close(s.running)
	s.running = nil
}

// tell logs a fetch. There is no more than one in refreshSpacing.
func (s *keySource) tell(set *keySet, err error) {
	had, _ := s.state()
	switch {
	case s.ctx.Err() != nil:
	case err != nil && had != nil:
		s.log.Warn("published keys not refreshed; those fetched before still count", "err", err)
	case err != nil:
		s.log.Error("published keys not fetched; tokens signed by them cannot be checked", "err", err)
	case len(set.keys) == 0:
		s.log.Warn("no published key is of use", "ignored", set.ignored, "why", set.why)
	default:
		s.log.Debug("published keys fetched", "keys", len(set.keys), "ignored", set.ignored, "why", set.why)
	}
}

// age is how long ago the keys were fetched; false: none ever was.
func (s *keySource) age() (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.got), s.set != nil
}
