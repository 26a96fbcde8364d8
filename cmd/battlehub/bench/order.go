package bench

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// task is what a process with sessions is told to do.
type task string

const (
	taskSetUp   task = "set up"   // make the sessions
	taskConnect task = "connect"  // those that are away, resuming where they were
	taskExpect  task = "expect"   // what is sent from now on
	taskSettle  task = "settle"   // wait until all is there
	taskCatchUp task = "catch up" // let slow sessions read again, and wait until they have all
	taskForget  task = "forget"   // the same, and what they heard
	taskDrop    task = "drop"     // every connection
	taskTake    task = "take"     // hand over what was counted
)

// order is sent to a worker, encoded by gob; answers come in the same order.
type order struct {
	Task     task
	Plan     plan // with taskSetUp, and what follows, too
	Door     door
	From, To int // the sessions that are this worker's

	First    int           // with taskConnect: only so many of them; 0: all
	Stretch  stretch       // with taskExpect
	Patience time.Duration // with taskConnect and taskSettle: how long at most
}

// answer is what a worker says to every order.
type answer struct {
	Err      string
	Live     int            // sessions that are connected
	Missing  int            // deliveries that are not there yet
	Last     instant        // when the last session joined, or the last expected delivery came
	Failures map[string]int // sessions that did not get in, by cause
	Busy     float64        // share of the time that the sessions' loop had something to do, since the last measured stretch began
	CPU      time.Duration  // of the whole process so far

	Tally, Slow tally  // with taskTake
	Latency     []byte // an HDR histogram in nanoseconds
}

func encode(h *hdrhistogram.Histogram) ([]byte, error) {
	return h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
}
