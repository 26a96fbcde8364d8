package bench

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"battlehub/hub"
	"battlehub/hub/auth"
)

// door says where sessions connect, and with what.
type door struct {
	Addr   netip.AddrPort
	Host   string     // for the Host header
	Secret hub.Secret // signs each session's token; "": none is shown
	Window int        // this many connect at the same time
}

// slowBuffer is the receive buffer of a session that stops reading, in bytes: little, so
// that the server finds out soon.
const slowBuffer = 4 << 10

// sources are how many addresses sessions to a loopback address come from. From one alone,
// 28,000 connections exist before its ports are used up, those of the last minute included.
const sources = 200

// source is the address that a session comes from; invalid: what the kernel chooses.
func (d *door) source(i int) netip.Addr {
	if !d.Addr.Addr().Is4() || !d.Addr.Addr().IsLoopback() {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte{127, 0, 1, byte(1 + i%sources)})
}

// sockaddr is an address as the kernel takes it, and its family.
func sockaddr(a netip.AddrPort) (unix.Sockaddr, int) {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}, unix.AF_INET
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}, unix.AF_INET6
}

// dial begins to connect a session.
func (c *crowd) dial(s *session) error {
	s.stage = dialing
	to, family := sockaddr(c.door.Addr)
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	s.fd = fd
	if err := c.prepare(s); err != nil {
		return err
	}
	if err := unix.Connect(fd, to); err != nil && !errors.Is(err, unix.EINPROGRESS) {
		return fmt.Errorf("connect: %w", err)
	}
	return c.loop.add(s, unix.EPOLLOUT)
}

// prepare sets a socket's options and its own address.
func (c *crowd) prepare(s *session) error {
	if s.tally == &c.slow {
		if err := unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, slowBuffer); err != nil {
			return fmt.Errorf("SO_RCVBUF: %w", err)
		}
	}
	source := c.door.source(s.index)
	if !source.IsValid() {
		return nil
	}
	// Without this, bind takes a port that no other connection from there may have.
	if err := unix.SetsockoptInt(s.fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1); err != nil {
		return fmt.Errorf("IP_BIND_ADDRESS_NO_PORT: %w", err)
	}
	from, _ := sockaddr(netip.AddrPortFrom(source, 0))
	if err := unix.Bind(s.fd, from); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	return nil
}

// dialled sends the handshake once the connection is there.
func (c *crowd) dialled(s *session) error {
	code, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && code != 0 {
		err = unix.Errno(code)
	}
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	request, err := c.handshake(s)
	if err != nil {
		return err
	}
	if _, err := unix.Write(s.fd, request); err != nil { // it fits a new socket's buffer
		return fmt.Errorf("sending the handshake: %w", err)
	}
	s.stage = upgrading
	return c.loop.control(unix.EPOLL_CTL_MOD, s.fd, unix.EPOLLIN)
}

// handshake asks for a session: for its room, from the cursor that it has got to, with its
// token. The key is always the same: it guards against caches, of which there is none
// (RFC 6455 §1.3).
func (c *crowd) handshake(s *session) ([]byte, error) {
	query, authorization := "?", ""
	if s.room >= 0 {
		query += "room=" + roomName(s.room) + "&"
	}
	if len(s.cursor) > 0 {
		query += "cursor=" + string(s.cursor)
	}
	if c.door.Secret != "" {
		token, err := c.token(s)
		if err != nil {
			return nil, err
		}
		authorization = "Authorization: Bearer " + string(token) + "\r\n"
	}
	return fmt.Appendf(nil, "GET /v1/ws%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n%s\r\n", query, c.door.Host, authorization), nil
}

// token makes the token of a moderator, or of the owner of a room. Each session is a user
// of its own, as there are limits for one.
func (c *crowd) token(s *session) (hub.Secret, error) {
	at := time.Now()
	g := hub.Grant{User: fmt.Sprintf("bench-%d", s.index), Issued: at, Expires: at.Add(time.Hour)}
	if s.room >= 0 {
		g.Rooms = []string{roomName(s.room)}
	}
	token, err := auth.Mint(c.door.Secret, g)
	if err != nil {
		return "", fmt.Errorf("--jwt-secret: %w", err)
	}
	return token, nil
}
