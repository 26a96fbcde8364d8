package redistest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// node is what CLUSTER NODES says of a node.
type node struct {
	flags     string
	master    string // the name of the node it replicates, or "-"
	connected bool
	slots     []slotRange
}

// slotRange is the slots from the first to the last.
type slotRange struct{ first, last int }

// nodesBy returns the nodes that a node knows, by their names. Its own flags have
// "myself".
func nodesBy(s *Server) (map[string]node, error) {
	v, err := s.do("CLUSTER", "NODES")
	if err != nil {
		return nil, err
	}
	nodes := make(map[string]node)
	for line := range strings.Lines(fmt.Sprint(v)) {
		// id, address, flags, master, ping, pong, epoch, link, slots
		f := strings.Fields(line)
		if len(f) < 8 {
			return nil, fmt.Errorf("CLUSTER NODES says %q", line)
		}
		nodes[f[0]] = node{
			flags:     f[2],
			master:    f[3],
			connected: f[7] == "connected",
			slots:     slotRanges(f[8:]),
		}
	}
	return nodes, nil
}

// slotRanges parses "0-5460" and "42". It leaves out "[42->-...]", a slot on the move,
// which is listed without the brackets too.
func slotRanges(texts []string) []slotRange {
	var ranges []slotRange
	for _, text := range texts {
		from, to, isRange := strings.Cut(text, "-")
		if !isRange {
			to = from
		}
		first, err1 := strconv.Atoi(from)
		last, err2 := strconv.Atoi(to)
		if errors.Join(err1, err2) == nil {
			ranges = append(ranges, slotRange{first, last})
		}
	}
	return ranges
}

func (n node) hasSlot(slot int) bool {
	return slices.ContainsFunc(n.slots, func(r slotRange) bool {
		return r.first <= slot && slot <= r.last
	})
}

func (n node) slotCount() int {
	count := 0
	for _, r := range n.slots {
		count += r.last - r.first + 1
	}
	return count
}

// is tells whether the node has the flag.
func (n node) is(flag string) bool {
	return slices.Contains(strings.Split(n.flags, ","), flag)
}
