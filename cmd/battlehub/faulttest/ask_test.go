package faulttest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"battlehub/hub"
)

// What nodes can be asked over HTTP.

// readyTimeout is after how long a node that does not answer is not ready; whoever asks
// asks again. Other questions may take longer, on a busy machine.
const (
	readyTimeout = 2 * time.Second
	askTimeout   = 20 * time.Second
)

// get asks for a URL. No answer is an error.
func get(url string, timeout time.Duration) (status int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// ready reports whether the node says that it is ready.
func (n *node) ready() bool {
	status, _, err := get(n.ops+"/readyz", readyTimeout)
	return err == nil && status == http.StatusOK
}

// refuses reports whether the node lives and says that it is not ready, as opposed to one
// that does not answer.
func (n *node) refuses() bool {
	status, _, err := get(n.ops+"/readyz", readyTimeout)
	return err == nil && status == http.StatusServiceUnavailable
}

// page is the answer of /v1/battles.
type page struct {
	Battles []shown
	Cursor  hub.Position
	Next    string
}

// board reads all that the node shows.
func (n *node) board() (board, hub.Position, error) {
	b := board{of: n.name, battles: map[string]shown{}}
	for after := ""; ; {
		status, body, err := get(n.base+"/v1/battles?limit=1000&after="+url.QueryEscape(after), askTimeout)
		if err != nil || status != http.StatusOK {
			return b, hub.Position{}, fmt.Errorf("%s: board: status %d, %v", n.name, status, err)
		}
		var p page
		if err := json.Unmarshal(body, &p); err != nil {
			return b, hub.Position{}, fmt.Errorf("%s: board: %w", n.name, err)
		}
		for _, s := range p.Battles {
			b.battles[s.ID] = s
		}
		if after = p.Next; after == "" {
			return b, p.Cursor, nil
		}
	}
}

// metric sums the node's samples of a metric whose labels contain all of some texts; 0 if
// there are none, or the node does not answer.
func (n *node) metric(name string, labels ...string) float64 {
	_, body, err := get(n.ops+"/metrics", askTimeout)
	if err != nil {
		return 0
	}
	sum := 0.0
	for lines := bufio.NewScanner(strings.NewReader(string(body))); lines.Scan(); {
		if v, ok := sample(lines.Text(), name, labels); ok {
			sum += v
		}
	}
	return sum
}

// sample reads a line of the metrics if it is one of those meant.
func sample(line, name string, labels []string) (float64, bool) {
	series, value, ok := strings.Cut(line, " ")
	if family, _, _ := strings.Cut(series, "{"); !ok || family != name {
		return 0, false
	}
	for _, label := range labels {
		if !strings.Contains(series, label) {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(value, 64)
	return v, err == nil
}
