package main

import (
	"context"
	"io"

	"battlehub/hub"
	"battlehub/hub/memlog"
	"battlehub/hub/redislog"
	"battlehub/webhook"
)

// logOpeners return what opens the log of an app, inside this process or in Redis, and what
// stands between the webhooks and that log.
func (a *app) logOpeners() (open func(hub.App) (hub.Log, error), spool func(hub.App, hub.Log) (webhook.Appender, error), err error) {
	if a.config.RedisURL == "" {
		return a.openInside, direct, nil
	}
	o, err := a.redisOptions()
	if err != nil {
		return nil, nil, err
	}
	logRedis(a.log)
	open = func(app hub.App) (hub.Log, error) {
		o.App = app
		l, err := redislog.Open(o)
		if err != nil {
			return nil, err
		}
		a.closeAtStop("log", l)
		return l, nil
	}
	if a.config.DataDir == "" {
		return open, direct, nil
	}
	metrics := webhook.NewSpoolMetrics(a.registry)
	return open, func(app hub.App, l hub.Log) (webhook.Appender, error) { return a.openSpool(app, l, metrics) }, nil
}

// openInside opens an embedded log.
func (a *app) openInside(app hub.App) (hub.Log, error) {
	l, err := memlog.Open(memlog.Options{
		App: app, Dir: a.config.DataDir, Retention: a.config.Retention, MaxBytes: int64(a.config.RetentionSize), Log: a.log,
	})
	if err != nil {
		return nil, err
	}
	a.closeAtStop("log", l)
	return l, nil
}

// openSpool opens what keeps an app's webhooks while Redis cannot.
func (a *app) openSpool(app hub.App, l hub.Log, metrics *webhook.SpoolMetrics) (webhook.Appender, error) {
	s, err := webhook.OpenSpool(webhook.SpoolOptions{
		App: app, Dir: a.config.DataDir, MaxBytes: int64(a.config.SpoolMax), Log: l, Logger: a.log, Metrics: metrics,
	})
	if err != nil {
		return nil, err
	}
	a.closeAtStop("spool", s)
	return s, nil
}

// direct lets webhooks go to the log straight away.
func direct(_ hub.App, l hub.Log) (webhook.Appender, error) { return l, nil }

func (a *app) closeAtStop(name string, c io.Closer) {
	a.onStop(name, stopTimeout, func(context.Context) error { return c.Close() })
}
