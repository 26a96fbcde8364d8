package redislog

import (
	"bytes"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"battlehub/hub"
	"battlehub/hub/logtest"
	"battlehub/hub/redislog/redistest"
)

// lateAnswers is an address in front of a server that holds back the answer to one command
// for longer than a client waits.
type lateAnswers struct {
	addr string
	on   atomic.Bool
}

func newLateAnswers(t *testing.T, to, command string) *lateAnswers {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &lateAnswers{addr: ln.Addr().String()}
	var loops sync.WaitGroup
	loops.Go(func() {
		for {
			in, err := ln.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			loops.Go(func() { l.serve(in, out, []byte(command)) })
		}
	})
	t.Cleanup(func() { // after the log, which closes its connections
		ln.Close()
		loops.Wait()
	})
	return l
}

func (l *lateAnswers) serve(in, out net.Conn, command []byte) {
	var late atomic.Bool
	var ways sync.WaitGroup
	pass := func(to, from net.Conn, look func([]byte)) {
		defer to.Close()
		defer from.Close()
		b := make([]byte, 64<<10)
		for {
			n, err := from.Read(b)
			if err != nil {
				return
			}
			look(b[:n])
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
	}
	ways.Go(func() {
		pass(out, in, func(b []byte) {
			if l.on.Load() && bytes.Contains(bytes.ToUpper(b), command) {
				late.Store(true)
			}
		})
	})
	ways.Go(func() {
		pass(in, out, func([]byte) {
			if late.Swap(false) {
				<-time.After(appendTimeout * 3 / 2)
			}
		})
	})
	ways.Wait()
}

// TestLateRole: the answer to ROLE comes too late. A connection on which an answer is still
// to come must not be used: it would be taken for that of an append.
func TestLateRole(t *testing.T) {
	t.Parallel()
	p := newLateAnswers(t, redistest.Start(t).Addr, "ROLE")
	p.on.Store(true)
	l := openLog(t, Options{URL: hub.Secret("redis://" + p.addr)})
	for range 2 {
		if _, err := l.Append(t.Context(), newEvents(0, 1)); err == nil || errors.Is(err, errRecord) {
			t.Errorf("Append: %v, want a time-out", err)
		}
	}
	p.on.Store(false)
	appendUntilTaken(t, l, newEvents(0, 1))
	checkOnce(t, logtest.ReadAll(t, l, hub.Position{}), newEvents(0, 1))
}
