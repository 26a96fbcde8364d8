package rawconn

import "net"

// Listener accepts connections as Conn, those that are TCP.
type Listener struct{ net.Listener }

// Accept implements net.Listener.
func (l Listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return Of(conn), nil
}

// Of takes over a connection if it is TCP, and open; else it returns it as it is.
func Of(conn net.Conn) net.Conn {
	tcp, is := conn.(*net.TCPConn)
	if !is {
		return conn
	}
	c, err := New(tcp)
	if err != nil {
		return conn // closed: it will say so itself
	}
	return c
}
