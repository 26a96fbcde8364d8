package rawconn

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/nettest"
)

// pair returns both ends of a connection that a Listener accepted.
func pair(t testing.TB) (server, client *Conn) {
	t.Helper()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Listener{tcp}
	defer l.Close()
	dialled, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return accepted.(*Conn), Of(dialled).(*Conn)
}

// TestConn is what Go demands of every net.Conn: deadlines, closing, several goroutines.
func TestConn(t *testing.T) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		server, client := pair(t)
		return server, client, func() { server.Close(); client.Close() }, nil
	})
}

// A write larger than what the sockets hold must go out in several pieces, none left out.
func TestWriteBeyondTheBuffers(t *testing.T) {
	server, client := pair(t)
	defer client.Close()
	sent := make([]byte, 16<<20)
	for i := range sent {
		sent[i] = byte(i * 7 / 13)
	}
	failed := make(chan error, 1)
	go func() {
		defer server.Close()
		_, err := server.Write(sent)
		failed <- err
	}()
	got, err := io.ReadAll(client)
	if err := errors.Join(err, <-failed); err != nil {
		t.Fatal(err)
	}
	if string(got) != string(sent) {
		t.Fatalf("%d bytes came of %d, or not the same", len(got), len(sent))
	}
}

// What failed must be told in the net package's words, of which go-redis and net/http make
// decisions.
func TestErrors(t *testing.T) {
	server, client := pair(t)
	defer server.Close()
	if err := client.SetLinger(0); err != nil { // so that closing resets
		t.Fatal(err)
	}
	if err := server.SetReadDeadline(time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	_, err := server.Read(make([]byte, 1))
	if timeout, ok := errors.AsType[net.Error](err); !ok || !timeout.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the deadline: %v", err)
	}
	if err := server.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	client.Close()
	if _, err := server.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("reset: %v", err)
	}
	if _, err := client.Write([]byte{1}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// A Read and a Write must leave no garbage: they are most of what a busy hub does.
func TestTransferAllocatesNothing(t *testing.T) {
	server, client := pair(t)
	defer server.Close()
	defer client.Close()
	b := make([]byte, 100)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := client.Write(b); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(server, b); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
