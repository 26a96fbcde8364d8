package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"battlehub/hub/redislog/redistest"
)

// BenchmarkIngest sends webhooks through HTTP and Redis, by more senders at a time than there
// are events on the way, and reports what one node takes: run it with -benchtime 1x. Senders,
// hub and Redis share the machine's cores.
func BenchmarkIngest(b *testing.B) {
	for _, rooms := range []int{10, 100_000} {
		b.Run(fmt.Sprintf("64_senders_%d_rooms", rooms), func(b *testing.B) {
			for b.Loop() {
				ingest(b, 64, rooms, 100_000)
			}
		})
	}
}

func ingest(b *testing.B, senders, rooms, webhooks int) {
	s := redistest.Start(b)
	p := startProcess(b, "--redis-url="+s.URL(), "--data-dir="+b.TempDir())
	p.hammer(b, senders, rooms, 0, 5000) // connections and caches are not what is measured
	hubCPU, redisCPU, own, start := p.cpu(b), cpuOf(b, s.Pid()), cpuOf(b, os.Getpid()), time.Now()
	delays := p.hammer(b, senders, rooms, 5000, webhooks)
	took := time.Since(start)
	b.ReportMetric(float64(webhooks)/took.Seconds(), "webhooks/s")
	b.ReportMetric(float64(delays[len(delays)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(delays[len(delays)*99/100].Microseconds())/1000, "p99-ms")
	for name, used := range map[string]time.Duration{"hub": p.cpu(b) - hubCPU, "redis": cpuOf(b, s.Pid()) - redisCPU, "senders": cpuOf(b, os.Getpid()) - own} {
		b.ReportMetric(float64(used.Microseconds())/float64(webhooks), name+"-µs/event")
	}
}

// hammer sends webhooks, each as soon as the answer to the one before is there, and returns
// how long the answers took, sorted.
func (p *process) hammer(b *testing.B, senders, rooms, from, n int) []time.Duration {
	b.Helper()
	delays := make([][]time.Duration, senders)
	var next atomic.Int64
	next.Store(int64(from))
	var all sync.WaitGroup
	for i := range senders {
		all.Go(func() {
			c, err := newRawSender(p.base)
			if err != nil {
				b.Error(err)
				return
			}
			defer c.conn.Close()
			for {
				k := int(next.Add(1)) - 1
				if k >= from+n {
					return
				}
				took, err := c.send(k, rooms)
				if err != nil {
					b.Error(err)
					return
				}
				delays[i] = append(delays[i], took)
			}
		})
	}
	all.Wait()
	sorted := slices.Concat(delays...)
	slices.Sort(sorted)
	return sorted
}

// rawSender sends webhooks over one connection by hand: net/http's client would take more of
// the machine than the hub.
type rawSender struct {
	conn net.Conn
	in   *bufio.Reader
	host string
	body bytes.Buffer
	out  bytes.Buffer
}

func newRawSender(base string) (*rawSender, error) {
	host := strings.TrimPrefix(base, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	return &rawSender{conn: conn, in: bufio.NewReader(conn), host: host}, nil
}

// send sends the k-th webhook and returns how long its answer took.
func (c *rawSender) send(k, rooms int) (time.Duration, error) {
	now := time.Now()
	c.body.Reset()
	fmt.Fprintf(&c.body, `{"CallbackCommand":"Live.CallbackAfterCreateBattle","Operator_Account":"brennanli","BattleId":"%032d",`+
		`"FromRoomId":"pk-%d","ToRoomIdList":["pk-%d"],"Timeout":30000,"Duration":60000,"NeedResponse":false,"ExtensionInfo":"extension pk","EventTime":%d}`,
		k, k%rooms, (k+1)%rooms, now.UnixMilli())
	c.out.Reset()
	fmt.Fprintf(&c.out, "POST /webhook?SdkAppid=1400000000&CallbackCommand=Live.CallbackAfterCreateBattle&contenttype=json HTTP/1.1\r\n"+
		"Host: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", c.host, c.body.Len(), c.body.Bytes())
	if _, err := c.conn.Write(c.out.Bytes()); err != nil {
		return 0, err
	}
	if err := c.answer(); err != nil {
		return 0, err
	}
	return time.Since(now), nil
}

// answer reads one answer, which must be OK.
func (c *rawSender) answer() error {
	status, err := c.in.ReadString('\n')
	if err != nil {
		return err
	}
	length := 0
	for line := status; line != "\r\n"; {
		if line, err = c.in.ReadString('\n'); err != nil {
			return err
		}
		if text, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			length, _ = strconv.Atoi(strings.TrimSpace(text))
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(c.in, body); err != nil {
		return err
	}
	if !strings.Contains(status, " 200 ") {
		return fmt.Errorf("answered %s %s", strings.TrimSpace(status), body)
	}
	return nil
}

// BenchmarkStart is a node's start, from the command to ready, with what ten battles a second
// leave: 10,000 battles on the stored board, and a minute of events since. Of the log before
// the board, which a day makes 2.6 million entries long, nothing is read (BenchmarkBoot in
// hub/redislog has a log of a million).
func BenchmarkStart(b *testing.B) {
	s := redistest.Start(b)
	first := startProcess(b, "--redis-url="+s.URL(), "--drain=0s")
	first.hammer(b, 16, 1000, 0, 10_000)
	first.Signal(syscall.SIGTERM) // it stores the board
	if err := first.Wait(); err != nil {
		b.Fatal(err)
	}
	startProcess(b, "--redis-url="+s.URL()).hammer(b, 16, 1000, 10_000, 1800)
	for b.Loop() {
		startProcess(b, "--redis-url="+s.URL())
	}
}
