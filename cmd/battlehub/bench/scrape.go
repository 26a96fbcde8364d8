package bench

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// replayedSeries counts sessions that were given the events they missed from the log, and
// not from the hub's memory.
const replayedSeries = `battlehub_sessions_joined_total{by="replayed"}`

// scrape reads one series of a hub's metrics.
func scrape(ctx context.Context, ops, series string) (float64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+ops+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, fmt.Errorf("reading the hub's metrics: %w", err)
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if value, found := strings.CutPrefix(lines.Text(), series+" "); found {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("the hub's metrics have no %s", series)
}
