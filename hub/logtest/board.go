package logtest

import (
	"bytes"
	"errors"
	"testing"

	"battlehub/hub"
)

var boardTests = []test{
	{"NoneAtFirst", func(t *testing.T, l hub.Log) { checkBoard(t, l, hub.Position{}, nil) }},
	{"NewestIsKept", func(t *testing.T, l hub.Log) {
		a := mustAppend(t, l, newEvents(0, 3)...)
		mustSaveBoard(t, l, a[0].Position, []byte("first"))
		checkBoard(t, l, a[0].Position, []byte("first"))
		second := []byte("\x00second\xff")
		mustSaveBoard(t, l, a[2].Position, second)
		clear(second)
		mustSaveBoard(t, l, a[1].Position, []byte("late"))
		checkBoard(t, l, a[2].Position, []byte("\x00second\xff"))
	}},
	{"LargeOne", func(t *testing.T, l hub.Log) {
		board := bytes.Repeat([]byte("battle"), 1<<20)
		mustSaveBoard(t, l, top(t, l), board)
		checkBoard(t, l, top(t, l), board)
	}},
	{"Closed", func(t *testing.T, l hub.Log) {
		p := top(t, l)
		mustClose(t, l)
		if err := l.(hub.Boards).SaveBoard(t.Context(), p, nil); !errors.Is(err, hub.ErrClosed) {
			t.Errorf("SaveBoard on a closed log: %v", err)
		}
		if _, _, err := l.(hub.Boards).LoadBoard(t.Context()); !errors.Is(err, hub.ErrClosed) {
			t.Errorf("LoadBoard on a closed log: %v", err)
		}
	}},
}

func mustSaveBoard(t *testing.T, l hub.Log, p hub.Position, board []byte) {
	t.Helper()
	if err := l.(hub.Boards).SaveBoard(t.Context(), p, board); err != nil {
		t.Fatalf("SaveBoard(%v): %v", p, err)
	}
}

func checkBoard(t *testing.T, l hub.Log, p hub.Position, board []byte) {
	t.Helper()
	gotP, got, err := l.(hub.Boards).LoadBoard(t.Context())
	if err != nil || gotP != p || !bytes.Equal(got, board) {
		t.Errorf("LoadBoard: %v, %d bytes, %v: want %v, %d bytes", gotP, len(got), err, p, len(board))
	}
}
