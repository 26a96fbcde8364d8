package redislog

import (
	"context"
	"crypto/tls"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ackTimeout ends a connection whose peer no longer acknowledges what was sent. The kernel
// would go on for a quarter of an hour, and keepalive cannot help: it does not run while
// data is in flight.
const ackTimeout = 10 * time.Second

// dialer bounds how long a connection may be dead without anybody noticing.
func dialer(config *tls.Config) func(context.Context, string, string) (net.Conn, error) {
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
	if config == nil {
		return d.DialContext
	}
	return (&tls.Dialer{NetDialer: d, Config: config}).DialContext
}
