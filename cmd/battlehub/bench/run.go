package bench

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"battlehub/hub"
)

// load is what is done to a server.
type load struct {
	Sessions int
	Owners   float64 // share of them that follow one room each
	Rooms    int
	Active   int // rooms that battles happen in
	Slow     float64

	pace
	Warm     time.Duration // events sent before those that count
	Duration time.Duration
	Storm    int           // events that happen while everybody is away; 0: nobody goes
	Rest     time.Duration // idle before the memory is read

	Prime    int // of a worker's sessions connect and go once before: what the first bring along is not theirs
	Window   int
	Workers  int // 0: as few as the limit of open files allows
	Patience time.Duration
}

// target is a server that runs.
type target struct {
	URL     *url.URL
	Webhook *url.URL
	App     hub.App
	Token   hub.Secret // signs webhooks; "": unsigned
	Secret  hub.Secret // signs the tokens of sessions; "": none
	Pids    []int
	Redis   int    // the pid of the Redis behind it; 0: none, or unknown
	Ops     string // host:port of its metrics; "": unknown
}

// run is one load on one target.
type run struct {
	load
	target
	start func() (line, error) // a worker

	plan      plan
	fleet     *fleet
	publisher *publisher
	sent      int
}

// measurement is what came of a run.
type measurement struct {
	Load     load
	Events   int
	Connect  phase // all sessions connected
	Idle     usage // the server before, per all its processes
	Full     usage // and when all sessions are in and at rest
	Steady   phase // events at the given pace
	Storm    phase
	Health   health
	Crowd    muster        // of the steady events
	Redis    time.Duration // CPU that the Redis behind the hub took for the steady events
	Storms   muster
	Replayed float64                 // sessions that after the storm were served from the log; -1: unknown
	Answers  *hdrhistogram.Histogram // of webhooks
	Answered time.Duration           // from the first event to the last answer
}

// phase is a while with a beginning, and what the server used in it.
type phase struct {
	Took time.Duration
	CPU  time.Duration
}

// events is how many happen in a while at the load's pace.
func (l *load) events(d time.Duration) int { return int(l.Rate * d.Seconds()) }

// measure does the load to the target.
func (r *run) measure(ctx context.Context) (m measurement, err error) {
	m.Load = r.load
	defer r.close()
	if err := r.prepare(); err != nil {
		return m, err
	}
	for _, step := range []func(context.Context, *measurement) error{r.connect, r.rest, r.steady, r.storm} {
		if err := step(ctx, &m); err != nil {
			return m, err
		}
		if err := ctx.Err(); err != nil {
			return m, err
		}
	}
	return m, nil
}

// prepare makes the plan and launches the workers.
func (r *run) prepare() error {
	tag := make([]byte, 4)
	_, _ = rand.Read(tag) // it does not fail (crypto/rand)
	r.plan = plan{Run: hex.EncodeToString(tag), Sessions: r.Sessions, Owners: r.Owners, Rooms: r.Rooms, Active: r.Active, Slow: r.Slow, Together: together(r.Rate),
		Events: r.events(r.Warm) + r.events(r.Duration) + r.load.Storm}
	addr, err := resolve(r.URL)
	if err != nil {
		return fmt.Errorf("--url: %w", err)
	}
	if r.publisher, err = newPublisher(&r.plan, r.Webhook, r.App, r.Token); err != nil {
		return err
	}
	if r.fleet, err = launch(max(r.Workers, workersFor(r.Sessions)), r.start); err != nil {
		return err
	}
	return r.fleet.setUp(r.plan, door{Addr: addr, Host: r.URL.Host, Secret: r.Secret, Window: r.Window})
}

// close undoes prepare, as far as it came.
func (r *run) close() {
	if r.publisher != nil {
		_ = r.publisher.Close() // it is of no more use
	}
	if r.fleet != nil {
		_ = r.fleet.Close() // what it had to say, it said
	}
}

// resolve finds an address, once: a resolver is not what is measured.
func resolve(u *url.URL) (netip.AddrPort, error) {
	addr, err := net.ResolveTCPAddr("tcp", withPort(u))
	if err != nil {
		return netip.AddrPort{}, err
	}
	port := addr.AddrPort()
	return netip.AddrPortFrom(port.Addr().Unmap(), port.Port()), nil
}

func withPort(u *url.URL) string {
	if u.Port() == "" {
		return net.JoinHostPort(u.Hostname(), "80")
	}
	return u.Host
}

// begin reads what the server has used; the function it returns tells what it used since.
func (r *run) begin() (end func() (phase, error), err error) {
	at := now()
	before, err := usageOf(r.Pids)
	return func() (phase, error) {
		after, err := usageOf(r.Pids)
		return phase{Took: now().since(at), CPU: after.CPU - before.CPU}, err
	}, err
}

// connect lets everybody in.
func (r *run) connect(_ context.Context, m *measurement) (err error) {
	if err := r.prime(); err != nil {
		return err
	}
	if m.Idle, err = usageOf(r.Pids); err != nil {
		return err
	}
	at := now()
	end, err := r.begin()
	if err != nil {
		return err
	}
	all, err := r.fleet.all(order{Task: taskConnect, Patience: r.Patience})
	if err != nil {
		return err
	}
	if m.Connect, err = end(); err != nil {
		return err
	}
	m.Connect.Took = all.Last.since(at)
	if all.Live < r.Sessions {
		return fmt.Errorf("only %d of %d sessions got in: %s", all.Live, r.Sessions, causes(all.Failures))
	}
	_, err = r.fleet.all(order{Task: taskTake})
	return err
}

// prime lets a few sessions connect and go.
func (r *run) prime() error {
	if r.Prime == 0 {
		return nil
	}
	if _, err := r.fleet.all(order{Task: taskConnect, First: r.Prime, Patience: r.Patience}); err != nil {
		return err
	}
	_, err := r.fleet.all(order{Task: taskForget})
	return err
}

// rest reads the server's memory once nothing has happened for a while.
func (r *run) rest(ctx context.Context, m *measurement) (err error) {
	select {
	case <-ctx.Done():
	case <-time.After(r.Rest):
	}
	m.Full, err = usageOf(r.Pids)
	return err
}

// steady sends events at the load's pace: some to warm everything, and those that count.
func (r *run) steady(ctx context.Context, m *measurement) error {
	if r.events(r.Duration) == 0 {
		return nil
	}
	if _, _, _, err := r.send(ctx, r.events(r.Warm), false); err != nil {
		return err
	}
	machine, redis := readMachineTime(), r.redisCPU()
	own, err := r.own()
	if err != nil {
		return err
	}
	end, err := r.begin()
	if err != nil {
		return err
	}
	m.Events = r.events(r.Duration)
	late, settled, all, err := r.send(ctx, m.Events, true)
	if err != nil {
		return err
	}
	if m.Steady, err = end(); err != nil {
		return err
	}
	ownAfter, err := r.own()
	if err != nil {
		return err
	}
	after := readMachineTime()
	m.Redis = r.redisCPU() - redis
	m.Crowd = all
	m.Answers, m.Answered = settled.answers, settled.took
	m.Health = health{Lateness: late, Busy: settled.busy, Took: m.Steady.Took, CPU: ownAfter - own,
		Others: max(0, after.Busy-machine.Busy-(ownAfter-own)-m.Steady.CPU-m.Redis), Stolen: after.Stolen - machine.Stolen}
	return nil
}

// redisCPU is what the Redis behind the hub has used; 0: unknown.
func (r *run) redisCPU() time.Duration {
	if r.target.Redis == 0 {
		return 0
	}
	cpu, _ := cpuOf(r.target.Redis) // should it be gone, the hub has more to tell
	return cpu
}

// own is what this process and its workers have used.
func (r *run) own() (time.Duration, error) {
	workers, err := r.fleet.all(order{}) // nothing to do, but to answer
	if err != nil {
		return 0, err
	}
	self, err := cpuOf(os.Getpid())
	return self + workers.CPU, err
}

// settled is how the webhooks of a stretch were answered, and how busy readers were.
type settled struct {
	answers *hdrhistogram.Histogram
	took    time.Duration // from the start to the last answer
	busy    float64
}

// send sends the next n events, and waits until all is there or the patience is over.
func (r *run) send(ctx context.Context, n int, measured bool) (lateness, settled, muster, error) {
	s := stretch{Pace: r.pace, From: r.sent, To: r.sent + n, Start: now().plus(50 * time.Millisecond), Measured: measured}
	r.sent += n
	if _, err := r.fleet.all(order{Task: taskExpect, Stretch: s}); err != nil {
		return lateness{}, settled{}, muster{}, err
	}
	late := s.playOnTime(ctx, r.publisher)
	var w settled
	var refused map[string]int // whose event is neither due nor lost
	if w.answers, refused = r.publisher.drain(); len(refused) > 0 {
		return late, w, muster{}, errors.New(causes(refused))
	}
	w.took = now().since(s.Start)
	waited, err := r.fleet.all(order{Task: taskSettle, Patience: r.Patience})
	if err != nil {
		return lateness{}, settled{}, muster{}, err
	}
	w.busy = waited.Busy
	if measured && r.Slow > 0 {
		if _, err := r.fleet.all(order{Task: taskCatchUp, Patience: r.Patience}); err != nil {
			return late, w, muster{}, err
		}
	}
	all, err := r.fleet.all(order{Task: taskTake})
	return late, w, all, err
}

// causes lists counts, the most frequent first.
func causes(counts map[string]int) string {
	keys := make([]string, 0, len(counts))
	for cause := range counts {
		keys = append(keys, cause)
	}
	slices.SortFunc(keys, func(a, b string) int { return counts[b] - counts[a] })
	for i, cause := range keys {
		keys[i] = fmt.Sprintf("%d × %s", counts[cause], cause)
	}
	return strings.Join(keys, "; ")
}
