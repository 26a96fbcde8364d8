package hub

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics counts what the hub does. Every label value is known at the start, and rooms,
// battles and clients are never labels: series would grow without bound.
type metrics struct {
	opened    map[string]prometheus.Counter
	closed    map[CloseReason]prometheus.Counter
	refusals  map[refusalReason]prometheus.Counter
	limits    map[limit]prometheus.Counter
	shown     map[RefusalReason]prometheus.Counter
	gaps      map[GapReason]prometheus.Counter
	lagging   prometheus.Counter
	resets    map[GapReason]prometheus.Counter
	events    map[Kind]prometheus.Counter
	framesOut map[FrameType]prometheus.Counter
	bytesOut  prometheus.Counter
	framesIn  map[FrameType]prometheus.Counter
}

// otherFrame is the label of client frames of a type that does not exist.
const otherFrame FrameType = "other"

func newMetrics(h *Hub, reg prometheus.Registerer) *metrics {
	auto := promauto.With(reg)
	counter := func(name, help string) prometheus.Counter {
		return auto.NewCounter(prometheus.CounterOpts{Name: "battlehub_" + name, Help: help})
	}
	m := &metrics{
		opened: counters(auto, "sessions_joined_total", "Sessions that got their hello, by what followed it: a snapshot, or events since their cursor from the ring (resumed) or the log (replayed).",
			"by", []string{"snapshot", "resumed", "replayed"}),
		closed:   counters(auto, "sessions_closed_total", "Sessions that ended, by reason.", "reason", CloseReasons),
		refusals: counters(auto, "sessions_refused_total", "Sessions that were not admitted, by reason.", "reason", refusalReasons),
		limits:   counters(auto, "limits_reached_total", "Times that a client was refused something since it had done too much, by limit.", "limit", limits),
		shown:    counters(auto, "credentials_refused_total", "Credentials that granted nothing, by reason.", "reason", RefusalReasons),
		gaps: counters(auto, "session_gaps_total", "Times that a client was told of missed events and sent a snapshot, by reason.", "reason",
			[]GapReason{GapExpired, GapRewritten, GapLagged}),
		lagging: counter("session_lags_total", "Times that a session's queue overflowed, so that it was served from the ring."),
		resets: counters(auto, "log_resets_total", "Times that this node had to start over, since the log could not continue what it had, by reason.", "reason",
			[]GapReason{GapExpired, GapRewritten}),
		events: counters(auto, "events_applied_total", "Events applied, by kind.", "kind", append(slices.Clone(Kinds), AccessKinds...)),
		framesOut: counters(auto, "frames_sent_total", "Frames handed to clients' sockets, by type.", "type",
			[]FrameType{FrameHello, FrameSnapshot, FrameEvent, FrameBookmark, FrameGap, FrameBye, FrameSubscribed, FramePong, FrameError}),
		bytesOut: counter("frames_sent_bytes_total", "Bytes of the frames, WebSocket headers included, handed to clients' sockets."),
		framesIn: counters(auto, "frames_received_total", "Frames that clients sent, by type.", "type",
			[]FrameType{FrameSubscribe, FrameUnsubscribe, FrameAuth, FramePing, otherFrame}),
	}
	m.gauges(h, auto)
	return m
}

// gauges are read when scraped: a number that is kept by adding and subtracting drifts the
// first time that something is forgotten.
func (m *metrics) gauges(h *Hub, auto promauto.Factory) {
	for _, transport := range []string{"websocket", "sse"} {
		auto.NewGaugeFunc(prometheus.GaugeOpts{Name: "battlehub_sessions", Help: "Open sessions, by transport.",
			ConstLabels: prometheus.Labels{"transport": transport}}, func() float64 { return float64(h.wheel.open(transport)) })
	}
	for app, f := range h.feeds {
		labels := prometheus.Labels{"app": app.String()}
		gauge := func(name, help string, value func(f *feed) float64) {
			auto.NewGaugeFunc(prometheus.GaugeOpts{Name: "battlehub_" + name, Help: help, ConstLabels: labels}, func() float64 {
				f.mu.RLock()
				defer f.mu.RUnlock()
				return value(f)
			})
		}
		gauge("log_up", "Whether this node hears its log.", func(f *feed) float64 {
			if f.live {
				return 1
			}
			return 0
		})
		gauge("board_battles", "Battles on the board, ended ones included.", func(f *feed) float64 { return float64(len(f.board.battles)) })
		gauge("board_battles_open", "Battles on the board that have not ended.", func(f *feed) float64 { return float64(len(f.board.open)) })
		gauge("ring_entries", "Entries of the log held in memory for resumes.", func(f *feed) float64 { return float64(f.ring.next - f.ring.first) })
		gauge("ring_bytes", "Bytes of the entries held in memory for resumes.", func(f *feed) float64 { return float64(f.ring.bytes) })
	}
}

// counters makes one counter for each value of a closed set, resolved once.
func counters[T ~string](auto promauto.Factory, name, help, label string, values []T) map[T]prometheus.Counter {
	vec := auto.NewCounterVec(prometheus.CounterOpts{Name: "battlehub_" + name, Help: help}, []string{label})
	m := make(map[T]prometheus.Counter, len(values))
	for _, v := range values {
		m[v] = vec.WithLabelValues(string(v))
	}
	return m
}

func (m *metrics) joined(by string)        { m.opened[by].Inc() }
func (m *metrics) left(r CloseReason)      { m.closed[r].Inc() }
func (m *metrics) reached(l limit)         { m.limits[l].Inc() }
func (m *metrics) refused(r refusalReason) { m.refusals[r].Inc() }

// credentialRefused counts a credential that granted nothing.
func (m *metrics) credentialRefused(r RefusalReason) {
	if c := m.shown[r]; c != nil {
		c.Inc()
	}
}

func (m *metrics) gap(r GapReason) { m.gaps[r].Inc() }

// reset counts a start over.
func (m *metrics) reset(r GapReason) {
	if c := m.resets[r]; c != nil {
		c.Inc()
	}
}

// applied counts an event; one of a kind that this version does not know is not counted.
func (m *metrics) applied(k Kind) {
	if c := m.events[k]; c != nil {
		c.Inc()
	}
}

// sent counts frames, those of a type that follow each other at once: whoever lags is sent
// many events at a time.
func (m *metrics) sent(frames []*frame) {
	for i := 0; i < len(frames); {
		first, bytes := i, 0
		for typ := frames[i].typ; i < len(frames) && frames[i].typ == typ; i++ {
			bytes += len(frames[i].wire)
		}
		m.framesOut[frames[first].typ].Add(float64(i - first))
		m.bytesOut.Add(float64(bytes))
	}
}

func (m *metrics) received(t FrameType) {
	c := m.framesIn[t]
	if c == nil {
		c = m.framesIn[otherFrame]
	}
	c.Inc()
}
