package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// verdict is what became of a goal.
type verdict struct {
	Measured figure
	Beside   figure
	Ratio    float64 // 0: none
	Why      string  // not measured
	Reached  bool
}

// result finds what was measured under a name.
func (r *report) result(name string) (figures, bool) {
	for _, each := range r.Results {
		if each.Server == name {
			return each.Figures, true
		}
	}
	return nil, false
}

// judge looks a goal up in what was measured.
func (r *report) judge(w row, g goal) (v verdict) {
	ours, _ := r.result(w.Name)
	theirs, compared := r.result(w.Name + besideSuffix)
	var found bool
	if v.Measured, found = ours.find(g.Figure); !found {
		v.Measured.Refused = "not there"
	}
	v.Beside, _ = theirs.find(g.Figure)
	value := v.Measured.Value
	if compared && v.Beside.Value > 0 && v.Measured.Refused == "" {
		v.Ratio = v.Measured.Value / v.Beside.Value
	}
	if g.Ratio {
		value = v.Ratio
		v.Why = v.Beside.Refused
	}
	if v.Measured.Refused != "" {
		v.Why = v.Measured.Refused
	}
	v.Reached = v.Why == "" && (g.Least && value >= g.Limit || !g.Least && value <= g.Limit)
	return v
}

// writeTable prints the rows with their goals.
func (r *report) writeTable(w io.Writer, baseline *report) error {
	m := r.Machine
	fmt.Fprintf(w, "%s, %d cores, Linux %s, %s, load %s\n\n", m.CPU, m.Cores, m.Kernel, m.Go, m.Load)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, "row\twork\tfigure\tmeasured\tbeside\tratio\tgoal\t\t")
	if baseline != nil {
		fmt.Fprint(t, "before\t")
	}
	fmt.Fprintln(t)
	var reasons string
	for _, row := range rows {
		if _, measured := r.result(row.Name); measured {
			reasons += r.writeRow(t, row, baseline)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(w, reasons)
	return err
}

// writeRow prints a line for each goal, and returns why some were not measured.
func (r *report) writeRow(w io.Writer, row row, baseline *report) (reasons string) {
	name, work := row.Name, row.Work
	for _, g := range row.Goals {
		v := r.judge(row, g)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t", name, work, g.Figure, v.text(g, row.Beside))
		if baseline != nil {
			fmt.Fprintf(w, "%s\t", baseline.judge(row, g).Measured.text())
		}
		fmt.Fprintln(w)
		if v.Why != "" {
			reasons += fmt.Sprintf("%s, %s: not measured: %s\n", row.Name, g.Figure, v.Why)
		}
		name, work = "", ""
	}
	return reasons
}

// text is the part of a line from the figure on.
func (v verdict) text(g goal, with beside) string {
	other, ratio := "", ""
	if with != besideNothing {
		other = v.Beside.text()
	}
	if v.Ratio > 0 {
		ratio = fmt.Sprintf("%.2f", v.Ratio)
	}
	verdict := "missed"
	switch {
	case v.Why != "":
		verdict = ""
	case v.Reached:
		verdict = "reached"
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s", v.Measured.text(), other, ratio, g.text(v.Measured.Unit), verdict)
}

// text is a goal as people read it.
func (g goal) text(unit string) string {
	sign, limit := "≤", fmt.Sprintf("%g", g.Limit)
	if g.Least {
		sign = "≥"
	}
	switch {
	case g.Limit == 0:
		return "none"
	case g.Ratio:
		return sign + " " + limit + " ×"
	case unit == "":
		return sign + " " + limit
	}
	return sign + " " + limit + " " + unit
}
