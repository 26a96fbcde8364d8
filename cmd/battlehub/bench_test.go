package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// These benchmarks measure a battlehub process from outside, with the clients beside it on
// the same machine. Each is one measurement: run them with -benchtime 1x.

// subscriber is a session read by hand, so that the measuring costs little.
type subscriber struct {
	conn net.Conn
	in   *bufio.Reader
}

// subscribe opens a session for a room, or for all when room is empty, and reads hello and
// the snapshot.
func (p *process) subscribe(b *testing.B, room string, buffer int) *subscriber {
	b.Helper()
	query := ""
	if room != "" {
		query = "?room=" + room
	}
	s := p.open(b, query, "", bufio.NewReaderSize(nil, buffer))
	b.Cleanup(func() { s.conn.Close() })
	return s
}

// open opens a session with a query and perhaps a header line, and reads hello and the
// snapshot.
func (p *process) open(b *testing.B, query, header string, in *bufio.Reader) *subscriber {
	b.Helper()
	conn, err := net.Dial("tcp", p.Addr)
	if err != nil {
		b.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /v1/ws%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n%s\r\n", query, conn.RemoteAddr(), header)
	in.Reset(conn)
	s := &subscriber{conn, in}
	for line := ""; line != "\r\n"; {
		if line, err = s.in.ReadString('\n'); err != nil {
			b.Fatal(err)
		}
	}
	for range 2 {
		if _, err := s.frame(); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

// frame reads one frame, which is valid until the next call.
func (s *subscriber) frame() ([]byte, error) {
	head, err := s.in.Peek(4)
	if err != nil {
		return nil, err
	}
	size, header := int(head[1]), 2
	if size == 126 {
		size, header = int(binary.BigEndian.Uint16(head[2:])), 4
	}
	whole, err := s.in.Peek(header + size)
	if err != nil {
		return nil, err
	}
	_, err = s.in.Discard(header + size)
	return whole[header:], err
}

// rss is the resident memory of the process, in bytes.
func (p *process) rss(b *testing.B) int64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid()))
	if err != nil {
		b.Fatal(err)
	}
	_, line, _ := strings.Cut(string(text), "VmRSS:")
	kb, err := strconv.ParseInt(strings.Fields(line)[0], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return kb << 10
}

// cpu is the processor time that the process has used.
func (p *process) cpu(b *testing.B) time.Duration { return cpuOf(b, p.Pid()) }

// cpuOf is the processor time that a process has used.
func cpuOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+2:]))
	var ticks int64
	for _, f := range fields[11:13] { // utime and stime, of 10 ms each (proc(5))
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// send posts a Create webhook between two rooms; its extension carries the time of sending.
func (p *process) send(b *testing.B, client *http.Client, battle, from, to string) {
	now := time.Now().UnixNano()
	body := fmt.Sprintf(`{"CallbackCommand":"Live.CallbackAfterCreateBattle","Operator_Account":"brennanli","BattleId":%q,`+
		`"FromRoomId":%q,"ToRoomIdList":[%q],"Timeout":30000,"Duration":60000,"NeedResponse":true,"ExtensionInfo":"sent=%d","EventTime":%d}`,
		battle, from, to, now, now/1e6)
	resp, err := client.Post(p.base+"/webhook?SdkAppid=1400000000&CallbackCommand=Live.CallbackAfterCreateBattle", "application/json", strings.NewReader(body))
	if err != nil {
		b.Error(err)
		return
	}
	_, _ = io.Copy(io.Discard, resp.Body) // unread, the connection would not be used again
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		b.Errorf("webhook answered %d", resp.StatusCode)
	}
}

// delayOf reads the time of sending out of an event.
func delayOf(frame []byte) (time.Duration, bool) {
	_, rest, found := bytes.Cut(frame, []byte("sent="))
	if !found || len(rest) < 19 {
		return 0, false
	}
	nanos, err := strconv.ParseInt(string(rest[:19]), 10, 64)
	return time.Duration(time.Now().UnixNano() - nanos), err == nil
}

// BenchmarkIdleSessions measures what an idle WebSocket session costs in resident memory,
// from outside, once it has settled.
func BenchmarkIdleSessions(b *testing.B) {
	const sessions = 10_000
	for b.Loop() {
		p := startProcess(b)
		for range 100 { // what the first connections bring along is not theirs
			p.subscribe(b, "warm-up", 4096)
		}
		before := p.rss(b)
		for i := range sessions {
			p.subscribe(b, "pk-"+strconv.Itoa(i), 4096)
		}
		<-time.After(3 * time.Second)
		connected := p.rss(b)
		b.ReportMetric(float64(connected-before)/sessions/1024, "KB/session")
		<-time.After(60 * time.Second) // two heartbeats and the collector's own pace
		b.ReportMetric(float64(p.rss(b)-before)/sessions/1024, "KB/session-after-60s")
	}
}

// BenchmarkFanOut sends events at a steady rate to sessions that follow everything, and
// measures from the sending of the webhook to the reading of the event.
func BenchmarkFanOut(b *testing.B) {
	for _, rate := range []int{20, 100} {
		b.Run(fmt.Sprintf("1000_sessions_%d_a_second", rate), func(b *testing.B) {
			for b.Loop() {
				fanOut(b, 1000, rate, 10*time.Second)
			}
		})
	}
}

func fanOut(b *testing.B, sessions, rate int, length time.Duration) {
	p := startProcess(b)
	events := int(length.Seconds()) * rate
	var readers sync.WaitGroup
	delays := make([][]time.Duration, sessions)
	for i := range sessions {
		s := p.subscribe(b, "", 16<<10)
		delays[i] = make([]time.Duration, 0, events)
		readers.Go(func() {
			for len(delays[i]) < events {
				frame, err := s.frame()
				if err != nil {
					b.Error(err)
					return
				}
				if d, ok := delayOf(frame); ok {
					delays[i] = append(delays[i], d)
				}
			}
		})
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	start, cpu := time.Now(), p.cpu(b)
	var senders sync.WaitGroup
	for i := range events { // open loop: a slow answer does not slow the sending
		<-time.After(time.Until(start.Add(time.Duration(i) * time.Second / time.Duration(rate))))
		senders.Go(func() { p.send(b, client, "b"+strconv.Itoa(i), "pk-3", "pk-5") })
	}
	senders.Wait()
	readers.Wait()
	used := p.cpu(b) - cpu
	all := slices.Concat(delays...)
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(used.Microseconds())/float64(len(all)), "server-µs/delivery")
}

// BenchmarkRoomEvent measures the server's time for an event of two rooms that nobody else
// follows, with few and with many sessions connected.
func BenchmarkRoomEvent(b *testing.B) {
	for _, sessions := range []int{10, 10_000} {
		b.Run(fmt.Sprintf("%d_sessions", sessions), func(b *testing.B) {
			for b.Loop() {
				roomEvents(b, sessions)
			}
		})
	}
}

func roomEvents(b *testing.B, sessions int) {
	const events = 5000
	p := startProcess(b)
	for i := range sessions {
		p.subscribe(b, "idle-"+strconv.Itoa(i), 4096)
	}
	challenger, challenged := p.subscribe(b, "pk-3", 16<<10), p.subscribe(b, "pk-5", 16<<10)
	client := &http.Client{}
	round := func(from, to int) {
		for i := from; i < to; i++ {
			p.send(b, client, "b"+strconv.Itoa(i), "pk-3", "pk-5")
			for _, s := range []*subscriber{challenger, challenged} {
				for found := false; !found; {
					frame, err := s.frame()
					if err != nil {
						b.Fatal(err)
					}
					_, found = delayOf(frame)
				}
			}
		}
	}
	round(0, 500)
	before := p.cpu(b)
	round(500, 500+events)
	b.ReportMetric(float64((p.cpu(b)-before).Microseconds())/events, "server-µs/event")
}
