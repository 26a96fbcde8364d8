package webhook

import (
	"log/slog"
	"time"

	"golang.org/x/time/rate"
)

// refusalLog is a log that refusals cannot flood: anybody can send webhooks that are
// refused, as many as they like.
type refusalLog struct {
	*slog.Logger
	rare map[result]*rate.Sometimes // one each, so that no reason hides another
}

// newRefusalLog writes to log; a nil one is not written to.
func newRefusalLog(log *slog.Logger) *refusalLog {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	l := &refusalLog{Logger: log, rare: map[result]*rate.Sometimes{}}
	for res := range statuses {
		l.rare[res] = &rate.Sometimes{First: 10, Interval: time.Second}
	}
	return l
}

// refused logs the first ten refusals of a kind, then one a second. The metrics count
// them all.
func (l *refusalLog) refused(d *delivery, err error) {
	res := refused(err).result
	l.rare[res].Do(func() {
		l.Warn("webhook refused", "result", res, "app", d.app, "command", d.command, "err", err)
	})
}
