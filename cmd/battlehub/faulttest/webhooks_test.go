package faulttest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"battlehub/hub"
)

// load sends webhooks as Tencent does: at its own pace, whatever becomes of them, and
// never twice. A slow or missing answer does not slow the sending down (an open loop: a
// closed one would send little just while something is broken).
type load struct {
	t     *testing.T
	name  string
	nodes []*node
	http  *http.Client
	quit  context.CancelFunc
	loop  sync.WaitGroup
	sends sync.WaitGroup

	flying atomic.Int64 // webhooks sent and not yet answered

	mu    sync.Mutex
	hooks []hook
}

const (
	// answerTime is after how long a sender gives up. Tencent does after 2 s; a loaded
	// machine gets more, since it only matters whether an answer comes.
	answerTime = 5 * time.Second
	// roomCount is how many rooms there are, pk-0 and so on.
	roomCount = 16
)

func room(i int) string { return fmt.Sprintf("pk-%d", i%roomCount) }

// startLoad sends so many webhooks a second, to one node after the other.
func startLoad(t *testing.T, name string, nodes []*node, rate int) *load {
	ctx, quit := context.WithCancel(context.Background())
	l := &load{t: t, name: name, nodes: nodes, quit: quit,
		http: &http.Client{Timeout: answerTime, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	t.Cleanup(l.stop)
	l.loop.Go(func() { l.run(ctx, time.Second/time.Duration(rate)) })
	return l
}

// run sends until ctx ends. What a busy machine cannot send at its time is left out, and so
// is what would be too much at once: the load must not be what brings the hub down.
func (l *load) run(ctx context.Context, every time.Duration) {
	const most = 200 // less than a hub takes at a time
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if l.flying.Load() < most {
				l.sendNth(n)
				n++
			}
		}
	}
}

// sendNth sends the nth webhook: in turn a Create, the Start of an earlier battle, and the
// End of one before that. The beginning has Starts and Ends of battles never created, as
// happens to whoever begins to listen late.
func (l *load) sendNth(n int) {
	const startedAfter, endedAfter = 4, 12
	kind, nth := hub.KindCreated, n/3
	switch n % 3 {
	case 1:
		kind, nth = hub.KindStarted, nth-startedAfter
	case 2:
		kind, nth = hub.KindEnded, nth-endedAfter
	}
	b := newBattle(fmt.Sprint(l.name, nth), room(nth&0xff), room(nth&0xff*5+1))
	l.send(b, kind, l.nodes[n%len(l.nodes)])
}

// send sends a webhook in the background.
func (l *load) send(b *battle, kind hub.Kind, to *node) {
	l.flying.Add(1)
	l.sends.Go(func() {
		defer l.flying.Add(-1)
		l.post(b, kind, to)
	})
}

// post sends a webhook and records what came back.
func (l *load) post(b *battle, kind hub.Kind, to *node) hook {
	h := hook{id: hub.EventID(testApp, kind, b.id), kind: kind, battle: b.id, node: to.name, at: time.Now()}
	h.answer, h.detail = l.answer(b, kind, to)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hooks = append(l.hooks, h)
	return h
}

func (l *load) answer(b *battle, kind hub.Kind, to *node) (answer, string) {
	query := url.Values{"SdkAppid": {testApp.String()}, "CallbackCommand": {commands[kind]}, "contenttype": {"json"}}
	request, err := http.NewRequest(http.MethodPost, to.base+"/webhook?"+query.Encode(), bytes.NewReader(b.packet(kind)))
	if err != nil {
		return unanswered, err.Error()
	}
	request.GetBody = nil // else net/http may send it again by itself
	response, err := l.http.Do(request)
	if err != nil {
		return unanswered, err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return unanswered, err.Error()
	}
	return judge(response.StatusCode, body)
}

// judge reads an answer. Only 503 says that the log could not take it; anything else but
// OK is a fault of the load or of the hub.
func judge(status int, body []byte) (answer, string) {
	var reply struct{ ActionStatus string }
	err := json.Unmarshal(body, &reply)
	detail := fmt.Sprintf("%d %s", status, body)
	switch {
	case err == nil && status == http.StatusOK && reply.ActionStatus == "OK":
		return answeredOK, ""
	case err == nil && status == http.StatusServiceUnavailable && reply.ActionStatus == "FAIL":
		return unavailable, detail
	default:
		return misanswered, detail
	}
}

// count counts the webhooks that were answered so.
func (l *load) count(a answer) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.hooks {
		if l.hooks[i].answer == a {
			n++
		}
	}
	return n
}

// answered returns the webhooks so far.
func (l *load) answered() []hook {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hooks[:len(l.hooks):len(l.hooks)]
}

// stop ends the sending and waits for the last answers. It may be called again.
func (l *load) stop() {
	l.quit()
	l.loop.Wait()
	l.sends.Wait()
	l.http.CloseIdleConnections()
}
