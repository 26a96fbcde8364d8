package client

import (
	"errors"
	"testing"
	"time"
)

// The first wait is up to five seconds, then each bound is twice the one before, up to
// thirty; within its bound every wait is as likely as any other.
func TestBackoffBounds(t *testing.T) {
	t.Parallel()
	const rounds = 2000
	bounds := []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second, 30 * time.Second}
	longest := make([]time.Duration, len(bounds))
	for range rounds {
		var b backoff
		for i, bound := range bounds {
			wait := b.next(errors.New("lost"))
			if wait < 0 || wait >= bound {
				t.Fatalf("wait %d is %v, want below %v", i, wait, bound)
			}
			longest[i] = max(longest[i], wait)
		}
	}
	for i, bound := range bounds {
		// That none of 2000 is in the last tenth happens once in 10^91 runs.
		if longest[i] < bound*9/10 {
			t.Errorf("wait %d is never longer than %v, want up to %v", i, longest[i], bound)
		}
	}
}

func TestBackoffAfterManyFailures(t *testing.T) {
	t.Parallel()
	b := backoff{failures: 1 << 40}
	if wait := b.next(errors.New("lost")); wait < 0 || wait >= maxDelay {
		t.Errorf("waits %v", wait)
	}
	b.reset()
	if wait := b.next(errors.New("lost")); wait >= firstDelay {
		t.Errorf("waits %v after a reset", wait)
	}
}

func TestByeIsNoFailure(t *testing.T) {
	t.Parallel()
	var b backoff
	if wait := b.next(&byeError{reconnect: time.Second, err: errors.New("closed")}); wait != time.Second {
		t.Errorf("waits %v", wait)
	}
	if b.failures != 0 {
		t.Errorf("%d failures", b.failures)
	}
}

func TestByeWithoutATimeIsOne(t *testing.T) {
	t.Parallel()
	var b backoff
	b.next(&byeError{err: errors.New("closed")})
	if b.failures != 1 {
		t.Errorf("%d failures", b.failures)
	}
}

// Everyone was told the same time to come back, and must not come all at once.
func TestRetryAfterIsSpread(t *testing.T) {
	t.Parallel()
	const rounds = 1000
	var longest time.Duration
	for range rounds {
		var b backoff
		wait := b.next(&StatusError{Status: 503, RetryAfter: time.Minute})
		if wait < time.Minute || wait >= time.Minute+firstDelay {
			t.Fatalf("waits %v", wait)
		}
		longest = max(longest, wait)
	}
	if longest < time.Minute+firstDelay*9/10 {
		t.Errorf("never waits longer than %v", longest)
	}
}
