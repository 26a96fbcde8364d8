package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"battlehub/hub"
	"battlehub/web"
	"battlehub/webhook"
)

// app is a running battlehub: newApp binds and builds, Start serves, Stop ends it.
type app struct {
	config   config
	log      *slog.Logger
	registry *prometheus.Registry
	hub      *hub.Hub
	draining atomic.Bool // not ready any more, whatever the hub says

	public, ops             net.Listener
	publicServer, opsServer *http.Server
	serving                 sync.WaitGroup
	failed                  chan error // a server that ended by itself

	undo     []undoStep
	stopOnce sync.Once
	stopErr  error
}

// undoStep takes back one step of building. Each has the time that it may take.
type undoStep struct {
	name string
	time time.Duration
	do   func(context.Context) error
}

// stopTimeout is what a step of stopping may take, the drain apart.
const stopTimeout = 10 * time.Second

// newApp binds the addresses and opens the logs; nothing is served yet. When it returns an
// error, all that it did is undone.
//
// It is one straight line, since the order matters twice: each step needs those before it,
// and Stop takes them back in reverse: the sessions first, then the servers, the hub, and
// the logs that everything wrote to last.
func newApp(ctx context.Context, c config, log *slog.Logger) (_ *app, err error) {
	a := &app{config: c, log: log, registry: prometheus.NewRegistry(), failed: make(chan error, 2)}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Stop())
		}
	}()
	if a.public, err = a.bind(ctx, c.Listen); err != nil {
		return nil, err
	}
	if a.ops, err = a.bind(ctx, c.OpsListen); err != nil {
		return nil, err
	}
	proxies, err := c.proxies()
	if err != nil {
		return nil, err
	}
	logs, hooks, err := a.openLogs()
	if err != nil {
		return nil, err
	}
	authorize, err := a.authorizer()
	if err != nil {
		return nil, err
	}

	a.opsServer = newServer(a.opsHandler(), log)
	a.onStop("ops server", stopTimeout, a.opsServer.Shutdown)

	a.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), buildInfo())
	ages := hub.NewAges(a.registry)
	hook, err := a.newWebhook(webhook.Options{Apps: hooks, Ages: ages, Log: log, Registerer: a.registry})
	if err != nil {
		return nil, err
	}
	a.hub = hub.New(logs, hub.Options{
		Node: c.Node, Ring: c.Ring,
		MaxSessions: c.MaxSessions, MaxPerIP: c.MaxPerIP, MaxPerUser: c.MaxPerUser, MaxReads: c.MaxReads, MaxTickets: c.MaxTickets, AcceptRate: c.AcceptRate,
		AllowOrigins: c.origins(), LocalOnly: c.localOnly(), TrustedProxies: proxies,
		Origin: c.PublicURL, Authorize: authorize,
		Intake: hook.Intake, Ages: ages, Log: log, Registerer: a.registry,
	})
	a.onStop("hub", stopTimeout, func(context.Context) error { a.hub.Close(); return nil })
	a.publicServer = newServer(a.publicHandler(hook, a.newSignIn(proxies)), log)
	a.publicServer.ConnState = newLobby(c.MaxSessions, a.registry).track
	a.onStop("public server", stopTimeout, a.publicServer.Shutdown)

	a.onStop("drain", c.Drain+stopTimeout, func(ctx context.Context) error {
		a.draining.Store(true)
		a.hub.Drain(ctx, c.Drain)
		return nil
	})
	return a, nil
}

func (a *app) bind(ctx context.Context, addr string) (net.Listener, error) {
	ln, err := listen(ctx, addr)
	if err != nil {
		return nil, err
	}
	a.onStop("listener "+addr, stopTimeout, func(context.Context) error {
		if err := ln.Close(); !errors.Is(err, net.ErrClosed) { // its server has closed it
			return err
		}
		return nil
	})
	return ln, nil
}

// openLogs opens the log of each app, for the hub and for the webhooks.
func (a *app) openLogs() (map[hub.App]hub.Log, map[hub.App]webhook.App, error) {
	open, spool, err := a.logOpeners()
	if err != nil {
		return nil, nil, err
	}
	logs, hooks := map[hub.App]hub.Log{}, map[hub.App]webhook.App{}
	for _, app := range a.config.Apps {
		l, err := open(app.SDKAppID)
		if err != nil {
			return nil, nil, fmt.Errorf("opening the log of app %d: %w", app.SDKAppID, err)
		}
		appender, err := spool(app.SDKAppID, l)
		if err != nil {
			return nil, nil, fmt.Errorf("opening the spool of app %d: %w", app.SDKAppID, err)
		}
		logs[app.SDKAppID] = l
		hooks[app.SDKAppID] = webhook.App{Log: appender, Tokens: app.WebhookToken}
	}
	return logs, hooks, nil
}

// publicHandler is what the world sees.
func (a *app) publicHandler(hook, signIn http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(string(a.config.WebhookPath), hook)
	mux.Handle("/v1/", a.hub.Handler())
	mux.Handle("/v1/session", signIn)
	mux.Handle("/v1/signin/", signIn)
	mux.Handle("/", web.Handler())
	return mux
}

// newServer bounds what a client can hold up. Sessions leave these bounds behind: a
// hijacked connection has none, and event streams set their own.
func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      60 * time.Second, // pprof profiles for up to 30 s
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10, // of which a session of many rooms needs half
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Start follows the logs and serves.
func (a *app) Start() {
	a.hub.Start()
	a.serve(a.opsServer, a.ops)
	a.serve(a.publicServer, a.public)
}

func (a *app) serve(s *http.Server, ln net.Listener) {
	a.serving.Go(func() {
		if err := s.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("serving %s: %w", ln.Addr(), err)
		}
	})
}

// Failed delivers the error of a server that ended by itself.
func (a *app) Failed() <-chan error { return a.failed }

// Addr is where the public server listens.
func (a *app) Addr() net.Addr { return a.public.Addr() }

// OpsAddr is where the ops server listens.
func (a *app) OpsAddr() net.Addr { return a.ops.Addr() }

// onStop registers how to take back what was just done, and how long that may take.
func (a *app) onStop(name string, time time.Duration, do func(context.Context) error) {
	a.undo = append(a.undo, undoStep{name, time, do})
}

// Stop drains the sessions and takes everything back, last step first. It goes on past
// failures and returns them all. It may be called again, and after a failed newApp.
func (a *app) Stop() error {
	a.stopOnce.Do(func() {
		var errs []error
		for i := len(a.undo) - 1; i >= 0; i-- {
			step := a.undo[i]
			ctx, cancel := context.WithTimeout(context.Background(), step.time)
			if err := step.do(ctx); err != nil {
				errs = append(errs, fmt.Errorf("stopping %s: %w", step.name, err))
			}
			cancel()
		}
		a.serving.Wait()
		a.stopErr = errors.Join(errs...)
	})
	return a.stopErr
}
