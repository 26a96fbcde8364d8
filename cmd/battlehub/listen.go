package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"battlehub/hub/rawconn"
)

// What sockets inherit from the listener.
const (
	// sendBuffer bounds what the kernel takes for a client that does not read. With
	// Linux' defaults that is up to 4 MB before a write blocks and the client is known to
	// be slow. The kernel doubles the value.
	sendBuffer = 64 << 10

	// ackTimeout ends connections whose peer no longer acknowledges what was sent, such as
	// a bookmark. Keepalive cannot: it does not run while data is in flight.
	ackTimeout = 30 * time.Second

	// Keepalive ends idle connections whose peer has gone: after so long without a word it
	// is asked, so often, until it has not answered so many times.
	keepAliveIdle     = 30 * time.Second
	keepAliveInterval = 10 * time.Second
	keepAliveCount    = 3
)

// listen binds the address for a server of many long connections.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	lc := net.ListenConfig{
		KeepAlive: -1, // not by Go, which would make four system calls for each connection
		Control:   setSocketOptions,
	}
	lc.SetMultipathTCP(false) // TCP_USER_TIMEOUT fails on such sockets (tailscale/tailscale#15063)
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening: %w; is another battlehub running, or choose another address", err)
	}
	return rawconn.Listener{Listener: ln}, nil
}

// socketOptions are the listener's.
var socketOptions = []struct{ level, name, value int }{
	{unix.SOL_SOCKET, unix.SO_SNDBUF, sendBuffer},
	{unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(ackTimeout.Milliseconds())},
	{unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
	{unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, int(keepAliveIdle.Seconds())},
	{unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, int(keepAliveInterval.Seconds())},
	{unix.IPPROTO_TCP, unix.TCP_KEEPCNT, keepAliveCount},
}

func setSocketOptions(_, _ string, c syscall.RawConn) error {
	var errs []error
	ctlErr := c.Control(func(fd uintptr) {
		for _, o := range socketOptions {
			errs = append(errs, unix.SetsockoptInt(int(fd), o.level, o.name, o.value))
		}
	})
	return errors.Join(append(errs, ctlErr)...)
}
