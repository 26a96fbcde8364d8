package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// Table is the subcommand that measures what this project promises: its fields are flags.
type Table struct {
	Runs     int      `env:"-" default:"5" help:"Measure each row this often, and show the median."`
	Row      []string `env:"-" placeholder:"NAME" help:"Only this row. Repeatable. The names are in the first column."`
	JSON     bool     `env:"-" name:"json" help:"Print JSON."`
	Baseline string   `env:"-" placeholder:"FILE" help:"Compare with what --json wrote to this file."`
}

// Validate names the first setting that makes no sense. Kong calls it.
func (c *Table) Validate() error {
	if c.Runs < 1 {
		return errors.New("--runs: at least 1")
	}
	for _, name := range c.Row {
		if !slices.ContainsFunc(rows, func(r row) bool { return r.Name == name }) {
			return fmt.Errorf("--row %s: there is none of that name", name)
		}
	}
	return nil
}

// Measure measures the rows and prints them to out; log hears what goes on.
func (c *Table) Measure(ctx context.Context, out, log io.Writer) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	var baseline *report
	if c.Baseline != "" {
		if baseline, err = readReport(c.Baseline); err != nil {
			return err
		}
	}
	k, r := kit{program: program, log: log}, newReport()
	for _, row := range rows {
		if len(c.Row) > 0 && !slices.Contains(c.Row, row.Name) {
			continue
		}
		if err := k.row(ctx, row, c.Runs, r); err != nil {
			return err
		}
	}
	if c.JSON {
		return r.writeJSON(out)
	}
	return r.writeTable(out, baseline)
}

// row measures a row some times, and adds the medians to a report. What could not be
// measured at all is told in the row's place: the others still count.
func (k *kit) row(ctx context.Context, w row, runs int, r *report) error {
	var ours, theirs []figures
	for i := range runs {
		fmt.Fprintf(k.log, "%s, run %d of %d\n", w.Name, i+1, runs)
		a, b, err := k.once(ctx, w)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			a = w.failed(err)
			fmt.Fprintf(k.log, "%s: %v\n", w.Name, err)
		}
		ours, theirs = append(ours, a), append(theirs, b)
	}
	r.Results = append(r.Results, result{w.Name, medians(ours)})
	if w.Beside != besideNothing {
		r.Results = append(r.Results, result{w.Name + besideSuffix, medians(theirs)})
	}
	return nil
}

// besideSuffix names what a row is compared with.
const besideSuffix = ", beside"

// failed are the figures of a row when there are none.
func (w *row) failed(err error) (f figures) {
	for _, g := range w.Goals {
		f.refuse(g.Figure, "", err.Error())
	}
	return f
}

// once measures a row, and what it is compared with.
func (k *kit) once(ctx context.Context, w row) (ours, theirs figures, err error) {
	if ours, err = k.onHub(ctx, w, w.Load); err != nil {
		return nil, nil, err
	}
	switch w.Beside {
	case besideReference:
		theirs, err = k.onReference(ctx, w.Load)
	case besideFew:
		theirs, err = k.onHub(ctx, w, w.Few)
	}
	return ours, theirs, err
}

// tableSecret signs the tokens of the table's sessions.
const tableSecret = "the secret of a hub that is gone in a moment"

// onHub measures a load on a fresh hub, with a fresh Redis if the row has one.
func (k *kit) onHub(ctx context.Context, w row, l load) (figures, error) {
	s := hubSettings{App: 1400000000}
	if w.JWT {
		s.Secret = tableSecret
	}
	redis := 0
	if w.Redis {
		url, pid, stop, err := k.redis(ctx)
		defer stop()
		if err != nil {
			return nil, err
		}
		redis, s.More = pid, append(s.More, "--redis-url="+url)
	}
	t, stop, err := k.hub(ctx, s)
	defer stop()
	if err != nil {
		return nil, err
	}
	t.Redis = redis
	m, err := k.measure(ctx, w.Name, l, t)
	return m.figures(), err
}

func (k *kit) onReference(ctx context.Context, l load) (figures, error) {
	t, stop, err := k.reference(ctx)
	defer stop()
	if err != nil {
		return nil, err
	}
	m, err := k.measure(ctx, "reference", l, t)
	return m.figures(), err
}

// medians are those of each figure. One that was refused in most runs stays refused.
func medians(runs []figures) (all figures) {
	for _, f := range runs[0] {
		var values []float64
		refused := ""
		for _, run := range runs {
			each, found := run.find(f.Name)
			switch {
			case !found:
			case each.Refused != "":
				refused = each.Refused
			default:
				values = append(values, each.Value)
				f.Unit = each.Unit
			}
		}
		f.Value, f.Refused = 0, refused
		if 2*len(values) > len(runs) {
			slices.Sort(values)
			f.Value, f.Refused = values[len(values)/2], ""
		}
		all = append(all, f)
	}
	return all
}
