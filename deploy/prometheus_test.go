//go:build linux

package deploy_test

import (
	"bufio"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestPromtool lets Prometheus' own tool judge the configuration and the rules, and run
// the rules' tests.
func TestPromtool(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"check", "config", "prometheus.yaml"},
		{"check", "rules", "alerts.yaml"},
		{"test", "rules", "alerts_test.yaml"},
	} {
		if out, err := exec.Command(tool(t, "promtool"), args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// rule is an alert, or a recorded series.
type rule struct {
	Record, Alert, Expr, For string
	Labels, Annotations      map[string]string
}

func readRules(t *testing.T) []rule {
	t.Helper()
	var file struct{ Groups []struct{ Rules []rule } }
	if err := yaml.Unmarshal([]byte(read(t, "alerts.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	var rules []rule
	for _, group := range file.Groups {
		rules = append(rules, group.Rules...)
	}
	return rules
}

// TestAlertsTellWhatToDo: whoever is woken up needs to know by whom and what for.
func TestAlertsTellWhatToDo(t *testing.T) {
	t.Parallel()
	tests := read(t, "alerts_test.yaml")
	for _, r := range readRules(t) {
		if r.Alert == "" {
			continue
		}
		if severity := r.Labels["severity"]; severity != "page" && severity != "ticket" {
			t.Errorf("%s: severity %q", r.Alert, severity)
		}
		if r.Annotations["summary"] == "" || !strings.Contains(strings.ToLower(r.Annotations["description"]), "look at") {
			t.Errorf("%s: what is it, what to look at? %q", r.Alert, r.Annotations)
		}
		if !strings.Contains(tests, `alertname="`+r.Alert+`"`) {
			t.Errorf("%s never fires in alerts_test.yaml", r.Alert)
		}
	}
}

// TestAlertsReadMetricsThatExist: an alert on a series that nobody has is silent for ever.
// Each name, and each value of a label, stands in what a hub of the stack tells.
func TestAlertsReadMetricsThatExist(t *testing.T) {
	t.Parallel()
	s := startStack(t, nil)
	_, metrics := fetch("http://" + s.hubs["hub1"].OpsAddr + "/metrics")
	names := regexp.MustCompile(`\bbattlehub_\w+`)
	selector := regexp.MustCompile(`\b(battlehub_\w+)\{(\w+)=~?"([^"]+)"`)
	for _, r := range readRules(t) {
		text := r.Expr + r.Annotations["description"]
		for _, name := range names.FindAllString(text, -1) {
			if !has(metrics, name, "") {
				t.Errorf("%s%s: a hub has no %s", r.Alert, r.Record, name)
			}
		}
		for _, match := range selector.FindAllStringSubmatch(text, -1) {
			for value := range strings.SplitSeq(match[3], "|") {
				if !has(metrics, match[1], match[2]+`="`+value+`"`) {
					t.Errorf("%s%s: no %s has %s %s", r.Alert, r.Record, match[1], match[2], value)
				}
			}
		}
	}
}

// has reports whether a series, or a part of a histogram, of the name has the label. A name
// that a text shortens, such as that of a histogram, is followed by its parts' endings.
func has(metrics, name, label string) bool {
	endings := []string{"", "_bucket", "_sum", "_count"}
	for in := bufio.NewScanner(strings.NewReader(metrics)); in.Scan(); {
		series, labels, _ := strings.Cut(in.Text(), "{")
		series, _, _ = strings.Cut(series, " ")
		if rest, ok := strings.CutPrefix(series, name); ok && slices.Contains(endings, rest) && strings.Contains(labels, label) {
			return true
		}
	}
	return false
}

// TestAlertsFindTheirTargets: rules name jobs, and prometheus.yaml may call them otherwise.
func TestAlertsFindTheirTargets(t *testing.T) {
	t.Parallel()
	config := read(t, "prometheus.yaml")
	for _, match := range regexp.MustCompile(`job="(\w+)"`).FindAllStringSubmatch(read(t, "alerts.yaml"), -1) {
		if !strings.Contains(config, "job_name: "+match[1]+"\n") {
			t.Errorf("prometheus.yaml has no job %s", match[1])
		}
	}
	if bind := setting(t, `(?s)frontend metrics\n  bind (:\d+)`); !strings.Contains(config, "balancer"+bind+`"`) {
		t.Errorf("prometheus.yaml does not scrape the balancer at %s", bind)
	}
}
