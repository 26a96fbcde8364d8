package main

import (
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestConnectionsInheritOptions: the kernel must give them to what it accepts.
func TestConnectionsInheritOptions(t *testing.T) {
	t.Parallel()
	ln, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	client, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw, err := conn.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Control(func(fd uintptr) {
		for _, o := range socketOptions {
			want := o.value
			if o.name == unix.SO_SNDBUF && o.level == unix.SOL_SOCKET {
				want = 2 * o.value // socket(7)
			}
			if got, err := unix.GetsockoptInt(int(fd), o.level, o.name); err != nil || got != want {
				t.Errorf("option %d of level %d is %d, %v: want %d", o.name, o.level, got, err, want)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
