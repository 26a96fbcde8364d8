package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// healthCmd asks a hub whether it is ready. It is part of the binary because a
// container's image holds nothing else that could ask.
type healthCmd struct {
	URL       string        `env:"BATTLEHUB_HEALTH_URL" placeholder:"URL" help:"What to ask. Default: /readyz at --ops-listen."`
	OpsListen string        `default:"localhost:8081" help:"Where the hub listens for operations."`
	Timeout   time.Duration `default:"3s" help:"Give up after this long."`
}

// Run succeeds if the hub answers 200 in time; else the error has the first line of
// what it answered.
func (c *healthCmd) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	target, err := c.target()
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return fmt.Errorf("--url: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // without the URL, which is named already
		}
		return fmt.Errorf("no answer from %s: %w", target, err)
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK {
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10)) // what came is better than nothing
	return fmt.Errorf("%s: %s: %q", target, response.Status, firstLine(string(body)))
}

// target returns what to ask. A hub that listens on every address is asked on loopback,
// by number: an empty image has no /etc/hosts that says where localhost is.
func (c *healthCmd) target() (string, error) {
	if c.URL != "" {
		return c.URL, nil
	}
	host, port, err := net.SplitHostPort(c.OpsListen)
	if err != nil {
		return "", fmt.Errorf("--ops-listen: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || host == "localhost" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + "/readyz", nil
}
