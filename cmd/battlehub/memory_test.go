package main

import (
	"runtime/debug"
	"testing"
)

// TestGarbageIsGivenBack: what a crowd left behind goes when it is quiet, and not before.
func TestGarbageIsGivenBack(t *testing.T) {
	const most = 16 << 20
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // Go itself must not do it
	debug.FreeOSMemory()
	for range 64 {
		crowd = make([]byte, 1<<20)
	}
	busy := readHeap()
	busy.allocated -= 2 * quietBytes // as if allocated since
	if busy.giveBack(); readHeap().unused() < most {
		t.Error("given back while much is going on")
	}
	if readHeap().giveBack(); readHeap().unused() > most {
		t.Errorf("%d bytes are unused still", readHeap().unused())
	}
}

var crowd []byte // so that the compiler allocates it
