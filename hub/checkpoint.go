package hub

import (
	"encoding/json"
	"fmt"
	"slices"
)

// A checkpoint is what a feed knows, in a form that a log can keep (see [Boards]): of the
// board the facts, from which everything else follows.
type checkpoint struct {
	Version int               `json:"version"`
	Battles []checkpointEntry `json:"battles"`
	Owners  []ownership       `json:"owners,omitempty"`
	Revoked []Revocation      `json:"revoked,omitempty"`
}

type checkpointEntry struct {
	Facts facts    `json:"facts"`
	First Position `json:"first"`
	Heard Time     `json:"heard"`
	Ended Time     `json:"ended,omitzero"`
}

const checkpointVersion = 1

// checkpoint copies what the feed knows. Events are immutable, so encoding the copy needs no
// lock. The caller holds f.mu.
func (f *feed) checkpoint() checkpoint {
	c := checkpoint{Version: checkpointVersion, Revoked: f.revoked.list()}
	for _, r := range f.board.battles {
		c.Battles = append(c.Battles, checkpointEntry{r.facts, r.first, r.heard, r.ended})
	}
	for _, o := range f.owners.rooms {
		c.Owners = append(c.Owners, *o)
	}
	return c
}

// parseCheckpoint reads what a log kept.
func parseCheckpoint(data []byte) (*checkpoint, error) {
	var c checkpoint
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("reading the stored board: %w", err)
	}
	if c.Version != checkpointVersion {
		return nil, fmt.Errorf("the stored board has version %d, this battlehub reads %d", c.Version, checkpointVersion)
	}
	return &c, nil
}

// board makes the board anew.
func (c *checkpoint) board() board {
	// Ended battles leave in the order in which they ended.
	slices.SortFunc(c.Battles, func(a, b checkpointEntry) int { return a.Ended.Compare(b.Ended.Time) })
	b := newBoard()
	for _, e := range c.Battles {
		if len(e.Facts.all()) == 0 {
			continue
		}
		r := &record{facts: e.Facts, first: e.First, heard: e.Heard, ended: e.Ended}
		r.encode()
		r.id = r.battle.ID
		b.place(r)
	}
	return b
}

// owners makes the owners anew.
func (c *checkpoint) owners() owners {
	o := newOwners()
	for i := range c.Owners {
		o.put(&c.Owners[i])
	}
	return o
}
