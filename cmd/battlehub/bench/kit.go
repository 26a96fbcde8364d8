package bench

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"time"

	"battlehub/hub"
)

// kit starts what a measurement needs.
type kit struct {
	program string // battlehub itself
	log     io.Writer
}

// hubSettings are those of a hub that is started to be measured.
type hubSettings struct {
	App    hub.App
	Token  hub.Secret // of webhooks; "" takes unsigned ones
	Secret hub.Secret // of sessions' tokens; "" lets everybody in
	More   []string   // further flags
}

func (s hubSettings) args() []string {
	args := []string{"--sdkappid=" + s.App.String()}
	if s.Token != "" {
		args = append(args, "--webhook-token="+string(s.Token))
	}
	if s.Secret != "" {
		args = append(args, "--jwt-secret="+string(s.Secret))
	}
	return hubArgs(append(args, s.More...)...)
}

// hub starts a hub; stop may always be called.
func (k *kit) hub(ctx context.Context, s hubSettings) (t target, stop func(), err error) {
	server, err := startServer(ctx, k.program, s.args()...)
	if err != nil {
		return target{}, func() {}, err
	}
	t = server.target()
	t.App, t.Token, t.Secret = s.App, s.Token, s.Secret
	return t, server.Stop, nil
}

// reference starts a reference server.
func (k *kit) reference(ctx context.Context) (t target, stop func(), err error) {
	server, err := startServer(ctx, k.program, "bench", "reference")
	if err != nil {
		return target{}, func() {}, err
	}
	return server.target(), server.Stop, nil
}

func (s *server) target() target {
	base := &url.URL{Scheme: "http", Host: s.Addr, Path: "/"}
	return target{URL: base, Webhook: base.JoinPath("webhook"), App: 1400000000, Pids: []int{s.Pid}, Ops: s.Ops}
}

// measure does a load to a target.
func (k *kit) measure(ctx context.Context, name string, l load, t target) (measurement, error) {
	fmt.Fprintf(k.log, "%s: %d sessions, %g events/s for %v …\n", name, l.Sessions, l.Rate, l.Duration.Round(time.Millisecond))
	r := run{load: l, target: t, start: func() (line, error) { return startWorker(ctx, k.program) }}
	return r.measure(ctx)
}

// Serve serves until ctx ends.
func (c *Reference) Serve(ctx context.Context) error {
	l, err := c.listen()
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	err = newReference().serve(l)
	if ctx.Err() != nil {
		return nil
	}
	return err
}
