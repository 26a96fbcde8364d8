package bench

import (
	"fmt"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// figure is one number that was measured, or why it was not.
type figure struct {
	Name    string  `json:"name"`
	Unit    string  `json:"unit"`
	Value   float64 `json:"value"`
	Refused string  `json:"refused,omitempty"` // then Value is 0 and means nothing
}

// figures is a list in the order in which it is shown.
type figures []figure

func (f *figures) add(name, unit string, value float64) {
	*f = append(*f, figure{Name: name, Unit: unit, Value: value})
}

func (f *figures) refuse(name, unit, why string) {
	*f = append(*f, figure{Name: name, Unit: unit, Refused: why})
}

// find returns the figure of a name.
func (f figures) find(name string) (figure, bool) {
	for _, each := range f {
		if each.Name == name {
			return each, true
		}
	}
	return figure{}, false
}

// quantiles are those that are shown, in percent.
var quantiles = []struct {
	name string
	at   float64
}{{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}, {"max", 100}}

func (m *measurement) figures() (f figures) {
	f.add("sessions", "", float64(m.Load.Sessions))
	f.add("connected in", "s", m.Connect.Took.Seconds())
	if m.Full.RSS > 0 {
		f.add("CPU per connect", "µs", perEach(m.Connect.CPU, m.Load.Sessions))
		f.add("RSS per session", "KB", float64(m.Full.RSS-m.Idle.RSS)/1024/float64(m.Load.Sessions))
	}
	if m.Events > 0 {
		m.steadyFigures(&f)
	}
	if m.Load.Storm > 0 {
		m.stormFigures(&f)
	}
	return f
}

func (m *measurement) steadyFigures(f *figures) {
	t := m.Crowd.Tally
	f.add("events", "", float64(m.Events))
	f.add("webhooks per second", "/s", float64(m.Events)/m.Answered.Seconds())
	f.addTally("", t)
	m.latencies(f, "latency", m.Crowd.Latency)
	m.latencies(f, "answer", m.Answers)
	if all := t.Deliveries + m.Crowd.Slow.Deliveries; m.Full.RSS > 0 && all > 0 {
		f.add("CPU per delivery", "µs", perEach(m.Steady.CPU, all))
		f.add("CPU per event", "µs", perEach(m.Steady.CPU, m.Events))
	}
	if m.Redis > 0 {
		f.add("Redis CPU per event", "µs", perEach(m.Redis, m.Events))
	}
	f.add("events per segment", "", float64(t.Deliveries)/float64(max(1, t.Segments)))
	f.add("events per read", "", float64(t.Deliveries)/float64(max(1, t.Reads)))
	if m.Load.Slow > 0 {
		m.slowFigures(f)
	}
	m.healthFigures(f)
}

// addTally adds what must be none, and what was delivered.
func (f *figures) addTally(prefix string, t tally) {
	f.add(prefix+"deliveries", "", float64(t.Deliveries))
	f.add(prefix+"lost", "", float64(t.Lost))
	f.add(prefix+"duplicates", "", float64(t.Duplicates))
	f.add(prefix+"out of order", "", float64(t.Disordered))
	f.add(prefix+"strays", "", float64(t.Strays))
	f.add(prefix+"told by snapshot", "", float64(t.Told))
	f.add(prefix+"disconnected", "", float64(sum(t.Closed)))
}

// latencies adds the percentiles of a histogram, as far as they were measured.
func (m *measurement) latencies(f *figures, name string, h *hdrhistogram.Histogram) {
	for _, q := range quantiles {
		name := name + " " + q.name
		if h == nil || h.TotalCount() == 0 {
			f.refuse(name, "ms", "nothing came")
			continue
		}
		latency := time.Duration(h.ValueAtPercentile(q.at))
		if why := m.Health.refuse(q.at, latency); why != "" {
			f.refuse(name, "ms", why)
			continue
		}
		f.add(name, "ms", float64(latency.Microseconds())/1000)
	}
}

// slowFigures tell what became of the sessions that stopped reading.
func (m *measurement) slowFigures(f *figures) {
	slow := 0
	for i := range m.Load.Sessions {
		if _, is := spread(m.Load.Slow, i); is {
			slow++
		}
	}
	f.add("slow sessions", "", float64(slow))
	f.add("slow: told by snapshot", "", float64(m.Crowd.Slow.Told))
	f.add("slow: deliveries", "", float64(m.Crowd.Slow.Deliveries))
	f.add("slow: disconnected", "", float64(sum(m.Crowd.Slow.Closed)))
	f.add("slow: gaps", "", float64(m.Crowd.Slow.Gaps))
}

func (m *measurement) stormFigures(f *figures) {
	f.add("storm: whole after", "s", m.Storm.Took.Seconds())
	f.add("storm: resumed", "", float64(m.Storms.Tally.Resumed+m.Storms.Slow.Resumed))
	if m.Replayed >= 0 {
		f.add("storm: replayed from the log", "", m.Replayed)
	}
	f.addTally("storm: ", m.Storms.Tally)
	if m.Full.RSS > 0 {
		f.add("storm: CPU per session", "µs", perEach(m.Storm.CPU, m.Load.Sessions))
	}
}

// healthFigures tell how well the tool kept up.
func (m *measurement) healthFigures(f *figures) {
	h := m.Health
	f.add("bench: CPU share", "%", 100*h.share(h.CPU))
	f.add("bench: readers busy", "%", 100*h.Busy)
	f.add("bench: late ticks", "", float64(h.Lateness.Late))
	f.add("bench: latest tick", "ms", float64(h.Lateness.Histogram.Max())/1e6)
	f.add("machine: CPU share of others", "%", 100*h.share(h.Others))
	f.add("machine: stolen", "%", 100*h.share(h.Stolen))
}

func perEach(d time.Duration, n int) float64 { return float64(d.Nanoseconds()) / 1000 / float64(n) }

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// text is a figure as people read it.
func (f figure) text() string {
	switch {
	case f.Refused != "":
		return "not measured"
	case f.Unit == "" && f.Value == math.Trunc(f.Value):
		return fmt.Sprintf("%.0f", f.Value)
	case f.Unit == "":
		return fmt.Sprintf("%.2f", f.Value)
	}
	return fmt.Sprintf("%.2f %s", f.Value, f.Unit)
}
