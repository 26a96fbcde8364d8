package bench

import "time"

// row is one line of the table of what this project promises: work, and what it may take.
type row struct {
	Name   string
	Work   string
	Load   load
	Redis  bool // the hub shares its log through one
	JWT    bool // sessions show tokens
	Beside beside
	Few    load // with besideFew
	Goals  []goal
}

// beside is what a row's figures are compared with.
type beside int

const (
	besideNothing   beside = iota
	besideReference        // the reference server under the same load
	besideFew              // a hub of the same kind with fewer sessions
)

// goal is the most that a figure may be; or the least.
type goal struct {
	Figure string
	Limit  float64
	Ratio  bool // Limit is of the ratio to what is beside
	Least  bool
}

// fan is the load that most rows vary: sessions that follow everything.
func fan(sessions int, rate float64, d time.Duration) load {
	return load{Sessions: sessions, Rooms: 100, Active: 100, pace: pace{Rate: rate, Burst: 1}, Warm: 2 * time.Second, Duration: d,
		Rest: time.Second, Window: 256, Patience: 30 * time.Second}
}

// owners is the same with sessions that follow a room each, with battles in the active ones.
func owners(sessions, active int, rate float64, d time.Duration) load {
	l := fan(sessions, rate, d)
	l.Owners, l.Rooms, l.Active = 1, sessions, active
	return l
}

func idle(sessions int) load {
	l := owners(sessions, 2, 1, 0)
	l.Prime, l.Rest = 100, 5*time.Second
	return l
}

func connects(sessions int) load {
	l := fan(sessions, 1, 0)
	l.Prime, l.Window = 100, 64
	return l
}

func stormy(sessions, missed int) load {
	l := fan(sessions, 1, 0)
	l.Storm, l.Window, l.Patience = missed, 1024, time.Minute
	return l
}

// burst is read by two processes: one could not keep up.
func burst(sessions int, events float64) load {
	l := fan(sessions, events, time.Second)
	l.Workers = 2
	return l
}

func flood(rate float64, d time.Duration) load {
	l := owners(1000, 1000, rate, d)
	l.Burst = 16
	return l
}

const (
	cpuPerDelivery = "CPU per delivery"
	cpuPerEvent    = "CPU per event"
	cpuPerConnect  = "CPU per connect"
	p99            = "latency p99"
)

// rows is the table.
var rows = []row{
	{Name: "fan-100", Work: "1,000 sessions × 100 events/s", Load: fan(1000, 100, 10*time.Second), Beside: besideReference,
		Goals: []goal{{Figure: cpuPerDelivery, Limit: 1.2, Ratio: true}, {Figure: p99, Limit: 1.5, Ratio: true}, {Figure: p99, Limit: 8}}},
	{Name: "fan-20", Work: "1,000 sessions × 20 events/s", Load: fan(1000, 20, 10*time.Second), Beside: besideReference,
		Goals: []goal{{Figure: cpuPerDelivery, Limit: 1.2, Ratio: true}, {Figure: p99, Limit: 1.5, Ratio: true}}},
	{Name: "idle", Work: "10,000 idle sessions", Load: idle(10_000),
		Goals: []goal{{Figure: "RSS per session", Limit: 9}}},
	{Name: "rooms", Work: "10,000 owners, 500 two-room events/s, Redis", Load: owners(10_000, 10_000, 500, 10*time.Second), Redis: true,
		Goals: []goal{{Figure: cpuPerEvent, Limit: 150}, {Figure: p99, Limit: 5}}},
	{Name: "connect", Work: "connect, hello, empty board", Load: connects(5000),
		Goals: []goal{{Figure: cpuPerConnect, Limit: 60}}},
	{Name: "connect-jwt", Work: "the same with a JWT", Load: connects(5000), JWT: true,
		Goals: []goal{{Figure: cpuPerConnect, Limit: 100}}},
	{Name: "storm", Work: "15,000 sessions drop, miss 100 events, resume", Load: stormy(15_000, 100), Redis: true,
		Goals: []goal{{Figure: "storm: whole after", Limit: 10}, {Figure: "storm: replayed from the log"}, {Figure: "storm: lost"}}},
	{Name: "burst", Work: "2,000 events in a second to 1,000 sessions", Load: burst(1000, 2000),
		Goals: []goal{{Figure: "lost"}, {Figure: p99, Limit: 400}, {Figure: "events per segment", Limit: 2, Least: true}}},
	{Name: "flat", Work: "a room's event, 10 → 19,000 sessions", Load: owners(19_000, 2, 2000, 3*time.Second),
		Beside: besideFew, Few: owners(10, 2, 2000, 3*time.Second),
		Goals: []goal{{Figure: cpuPerEvent, Limit: 1.1, Ratio: true}}},
	{Name: "ingest", Work: "15,200 webhooks/s offered, Redis", Load: flood(15_200, 5*time.Second), Redis: true,
		Goals: []goal{{Figure: "webhooks per second", Limit: 15_000, Least: true}, {Figure: "answer p99", Limit: 20}}},
}
