package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sys/unix"
)

// report is everything that a command measured. As JSON it is what --baseline reads.
type report struct {
	Machine machine  `json:"machine"`
	At      string   `json:"at"` // RFC 3339
	Results []result `json:"results"`
}

// result is what was measured of one server.
type result struct {
	Server  string  `json:"server"`
	Figures figures `json:"figures"`
}

// machine is what the figures hold for.
type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Kernel string `json:"kernel"`
	Go     string `json:"go"`
	Load   string `json:"load"` // averages of 1, 5 and 15 minutes when it began
}

func thisMachine() machine {
	m := machine{Cores: runtime.NumCPU(), Go: runtime.Version()}
	cpuinfo, _ := os.ReadFile("/proc/cpuinfo") // without it, it stays nameless
	_, name, _ := strings.Cut(string(cpuinfo), "model name")
	name, _, _ = strings.Cut(name, "\n")
	m.CPU = strings.Trim(name, "\t :")
	load, _ := os.ReadFile("/proc/loadavg")
	m.Load = strings.Join(strings.Fields(string(load))[:3:3], " ")
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		m.Kernel = unix.ByteSliceToString(u.Release[:])
	}
	return m
}

func newReport() *report {
	return &report{Machine: thisMachine(), At: time.Now().UTC().Format(time.RFC3339)}
}

func (r *report) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// readReport reads what writeJSON wrote.
func readReport(path string) (*report, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("--baseline: %s is not what battlehub bench --json wrote: %w", path, err)
	}
	return &r, nil
}

// column is a result with a heading.
type column struct {
	head string
	figures
}

// columns are the results, and after each its like in the baseline.
func (r *report) columns(baseline *report) (columns []column) {
	for _, each := range r.Results {
		columns = append(columns, column{each.Server, each.Figures})
		if baseline == nil {
			continue
		}
		for _, before := range baseline.Results {
			if before.Server == each.Server {
				columns = append(columns, column{"before", before.Figures})
			}
		}
	}
	return columns
}

// writeText prints for people: a line a figure, a column a server, and the first column's
// ratio to each other.
func (r *report) writeText(w io.Writer, baseline *report) error {
	m := r.Machine
	fmt.Fprintf(w, "%s, %d cores, Linux %s, %s, load %s\n\n", m.CPU, m.Cores, m.Kernel, m.Go, m.Load)
	columns := r.columns(baseline)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for i, c := range columns {
		fmt.Fprintf(t, "\t%s", c.head)
		if i > 0 {
			fmt.Fprintf(t, "\tratio")
		}
	}
	fmt.Fprintln(t, "\t")
	for _, name := range names(columns) {
		fmt.Fprintln(t, name+line1(columns, name)+"\t")
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return writeRefusals(w, columns)
}

// line1 is what all columns say of a figure.
func line1(columns []column, name string) (text string) {
	first, _ := columns[0].find(name)
	for i, c := range columns {
		f, found := c.find(name)
		if !found {
			f.Refused = "not there"
		}
		text += "\t" + f.text()
		if i > 0 {
			text += "\t" + ratio(first, f)
		}
	}
	return text
}

// ratio compares what is in a unit; counts are not for comparison.
func ratio(a, b figure) string {
	if a.Unit == "" || a.Refused != "" || b.Refused != "" || b.Value == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", a.Value/b.Value)
}

// names lists all figures, each once.
func names(columns []column) (all []string) {
	for _, c := range columns {
		for _, f := range c.figures {
			if !slices.Contains(all, f.Name) {
				all = append(all, f.Name)
			}
		}
	}
	return all
}

// writeRefusals says of each figure that was not measured why.
func writeRefusals(w io.Writer, columns []column) error {
	for _, c := range columns {
		for _, f := range c.figures {
			if f.Refused == "" {
				continue
			}
			if _, err := fmt.Fprintf(w, "%s, %s: not measured: %s\n", c.head, f.Name, f.Refused); err != nil {
				return err
			}
		}
	}
	return nil
}
