package main

import (
	"context"
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
)

// listen binds the address for a server of many long connections.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	lc := net.ListenConfig{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3},
		Control:         setSocketOptions,
	}
	lc.SetMultipathTCP(false) // TCP_USER_TIMEOUT fails on such sockets (tailscale/tailscale#15063)
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening: %w; is another battlehub running, or choose another address", err)
	}
	return rawconn.Listener{Listener: ln}, nil
}

func setSocketOptions(_, _ string, c syscall.RawConn) error {
	var err error
	if ctlErr := c.Control(func(fd uintptr) {
		if err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_SNDBUF, sendBuffer); err == nil {
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(ackTimeout.Milliseconds()))
		}
	}); ctlErr != nil {
		return ctlErr
	}
	return err
}
