package redislog

import (
	"context"
	"crypto/tls"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"battlehub/hub/rawconn"
)

// ackTimeout ends a connection whose peer no longer acknowledges what was sent. The kernel
// would go on for a quarter of an hour, and keepalive cannot help: it does not run while
// data is in flight.
const ackTimeout = 10 * time.Second

// dialFunc is a dialer as go-redis takes it.
type dialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// dialer bounds how long a connection may be dead without anybody noticing.
func dialer(config *tls.Config, p profile) dialFunc {
	d := &net.Dialer{
		Timeout:         dialTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 3 * time.Second, Count: 3},
		Control: func(network, _ string, c syscall.RawConn) (err error) {
			if network == "unix" {
				return nil
			}
			if ctlErr := c.Control(func(fd uintptr) {
				err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(ackTimeout.Milliseconds()))
			}); ctlErr != nil {
				return ctlErr
			}
			return err
		},
	}
	d.SetMultipathTCP(false) // TCP_USER_TIMEOUT fails on such sockets (tailscale/tailscale#15063)
	if config != nil {
		return (&tls.Dialer{NetDialer: d, Config: config}).DialContext
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := d.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		conn = rawconn.Of(conn)
		if p.trusting {
			conn = unpeekable{conn}
		}
		return conn, nil
	}
}

// unpeekable keeps the socket of a connection from go-redis, which would look at it before
// each command, by an ordinary system call, for whether it was closed. An append finds out
// by itself and is tried again; its one connection is hardly ever idle.
type unpeekable struct{ net.Conn }
