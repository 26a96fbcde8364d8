package hub

import (
	"encoding/json"
	"fmt"
	"slices"
)

// A checkpoint is the board in a form that a log can keep (see [Boards]): the facts,
// from which everything else follows.
type checkpoint struct {
	Version int               `json:"version"`
	Battles []checkpointEntry `json:"battles"`
}

type checkpointEntry struct {
	Facts facts    `json:"facts"`
	First Position `json:"first"`
	Heard Time     `json:"heard"`
	Ended Time     `json:"ended,omitzero"`
}

const checkpointVersion = 1

// checkpoint copies the board's facts. Events are immutable, so encoding the copy
// needs no lock.
func (b *board) checkpoint() checkpoint {
	c := checkpoint{Version: checkpointVersion}
	for _, r := range b.battles {
		c.Battles = append(c.Battles, checkpointEntry{r.facts, r.first, r.heard, r.ended})
	}
	return c
}

// restoreBoard makes the board of a checkpoint.
func restoreBoard(data []byte) (board, error) {
	var c checkpoint
	if err := json.Unmarshal(data, &c); err != nil {
		return board{}, fmt.Errorf("reading the stored board: %w", err)
	}
	if c.Version != checkpointVersion {
		return board{}, fmt.Errorf("the stored board has version %d, this battlehub reads %d", c.Version, checkpointVersion)
	}
	// Ended battles leave in the order in which they ended.
	slices.SortFunc(c.Battles, func(a, b checkpointEntry) int { return a.Ended.Compare(b.Ended.Time) })
	b := newBoard()
	for _, e := range c.Battles {
		if len(e.Facts.all()) == 0 {
			continue
		}
		r := &record{facts: e.Facts, first: e.First, heard: e.Heard, ended: e.Ended}
		r.encode()
		b.battles[r.battle.ID] = r
		b.place(r)
	}
	return b, nil
}
