package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"battlehub/hub"
)

// reference is a server that does nothing but write(2): for each webhook it writes a
// prepared frame to all sockets, one after another, on one goroutine. It keeps no board, no
// log, no order and no promise; it is what the kernel takes for the same bytes to the same
// sockets. A client that does not read stops it.
type reference struct {
	mu     sync.Mutex
	rooms  map[string][]int // sockets, by the room that they follow; "": all
	frames map[hub.Kind][]byte
	number int
	out    []byte

	// deliver writes a frame to sockets. Tests replace it by worse ones.
	deliver func(frame []byte, sockets []int)
}

func newReference() *reference {
	return &reference{rooms: map[string][]int{}, frames: preparedFrames(), deliver: writeAll}
}

// writeAll is what is measured.
func writeAll(frame []byte, sockets []int) {
	for _, fd := range sockets {
		_, _ = unix.Write(fd, frame) // of a client that is gone, which costs no less
	}
}

// serve serves until the listener is closed.
func (r *reference) serve(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go r.handle(conn)
	}
}

// handle serves one connection: a session's, whose socket is kept, or the webhooks'.
func (r *reference) handle(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		if request.Method == http.MethodGet {
			r.join(conn, request.URL.Query().Get("room"))
			return
		}
		body, err := io.ReadAll(io.LimitReader(request.Body, 1<<20))
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n"+
			`{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}`) // the next read tells that it is gone
		r.publish(body)
	}
}

// join greets a session and keeps its socket, out of the runtime's poller and blocking:
// nothing but write(2) is done with it.
func (r *reference) join(conn net.Conn, room string) {
	file, err := conn.(*net.TCPConn).File()
	if err != nil {
		return
	}
	defer file.Close()
	socket, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return
	}
	greeting := []byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	greeting = appendTextFrame(greeting, []byte(`{"type":"hello","protocol":1,"cursor":"1795697-0000000000-00000000","resumed":false}`))
	greeting = appendTextFrame(greeting, []byte(`{"type":"snapshot","cursor":"1795697-0000000000-00000000","battles":[],"done":true}`))
	r.mu.Lock()
	defer r.mu.Unlock()
	_, _ = unix.Write(socket, greeting)
	r.rooms[room] = append(r.rooms[room], socket)
}

// publish writes an event to whom it concerns.
func (r *reference) publish(webhook []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kind := kindOf(webhook)
	battle := value(webhook, []byte(`"BattleId":"`))
	r.number++
	r.out = fill(r.out[:0], r.frames[kind], battle, r.number)
	r.deliver(r.out, r.rooms[""])
	for _, room := range roomsOf(webhook) {
		r.deliver(r.out, r.rooms[string(room)])
	}
}

func kindOf(webhook []byte) hub.Kind {
	command := string(value(webhook, []byte(`"CallbackCommand":"`)))
	for kind, name := range commands {
		if name == command {
			return kind
		}
	}
	return ""
}

// roomsOf returns the two rooms, as packet.go writes them.
func roomsOf(webhook []byte) [][]byte {
	if from := value(webhook, []byte(`"FromRoomId":"`)); from != nil {
		return [][]byte{from, value(webhook, []byte(`"ToRoomIdList":["`))}
	}
	first, second, _ := bytes.Cut(webhook, []byte(`"ToRoomList"`))
	name := []byte(`"RoomId":"`)
	return [][]byte{value(first, name), value(second, name)}
}

// Reference is the subcommand: its fields are flags (kong). It serves until ctx ends.
type Reference struct {
	Listen string `env:"-" default:"127.0.0.1:0" help:"Serve here."`
}

func (c *Reference) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("--listen: %w", err)
	}
	fmt.Fprintf(os.Stderr, `{"msg":"listening","addr":%q}`+"\n", l.Addr())
	return l, nil
}
