package redislog

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/redis/go-redis/v9"

	"battlehub/hub"
)

// maxBoard bounds what a stored board may unpack to. A battle takes 1 to 2 KB.
const maxBoard = 1 << 30

// SaveBoard keeps the board, see [hub.Boards], packed, with gzip's checksum. Of several
// nodes the newest board wins. A position that is not in the log gives a *[hub.ResetError].
func (l *Log) SaveBoard(ctx context.Context, pos hub.Position, board []byte) error {
	if err := l.alive(ctx); err != nil {
		return err
	}
	if pos.IsZero() {
		return &hub.ResetError{Reason: hub.GapRewritten}
	}
	packed, err := pack(board)
	if err != nil {
		return err
	}
	var refused string
	err = l.read(ctx, func(c *redis.Client) (err error) {
		keys := []string{l.keys.log, l.keys.board}
		refused, err = boardScript.Run(ctx, c, keys, streamID(pos), hex8(pos.Tag), packed).Text()
		return err
	})
	if err != nil {
		return l.closedOr(err)
	}
	if refused != "" {
		return &hub.ResetError{Reason: hub.GapReason(refused)}
	}
	return nil
}

// LoadBoard returns the kept board, see [hub.Boards]. It waits for a Redis that cannot be
// reached, until ctx ends: without the board, a start would read all of the log.
func (l *Log) LoadBoard(ctx context.Context) (hub.Position, []byte, error) {
	if err := l.alive(ctx); err != nil {
		return hub.Position{}, nil, err
	}
	var fields []any
	waiting := sync.OnceFunc(func() { l.log.Warn("redis cannot be reached; waiting for it") })
	err := l.attempt(ctx, l.reads, func(c *redis.Client) (err error) {
		fields, err = c.HMGet(ctx, l.keys.board, "id", "tag", "board").Result()
		return err
	}, func(fault) { waiting() })
	if err != nil {
		return hub.Position{}, nil, l.closedOr(err)
	}
	id, ok := fields[0].(string)
	if !ok {
		return hub.Position{}, nil, nil
	}
	tag, _ := fields[1].(string)
	pos, err := positionOf(id, tag)
	if err != nil {
		return pos, nil, err
	}
	packed, _ := fields[2].(string)
	board, err := unpack(packed)
	return pos, board, err
}

func pack(board []byte) ([]byte, error) {
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err == nil {
		_, err = z.Write(board)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("packing the board: %w", err)
	}
	return packed.Bytes(), nil
}

func unpack(packed string) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader([]byte(packed)))
	if err != nil {
		return nil, fmt.Errorf("unpacking the board: %w", err)
	}
	board, err := io.ReadAll(io.LimitReader(z, maxBoard+1))
	if err == nil && len(board) > maxBoard {
		err = fmt.Errorf("it is over %d bytes", maxBoard)
	}
	if err != nil {
		return nil, fmt.Errorf("unpacking the board: %w", err)
	}
	return board, nil
}
