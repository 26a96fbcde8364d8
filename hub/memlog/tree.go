package memlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// A page of a bbolt file begins with its own number, u64; what it holds, u16; how many
// of that, u16; and how many further pages belong to it, u32. A branch page goes on with
// its children: position and size of a key, u32 each, and the number of a page, u64.
// All are in the machine's byte order.
const (
	pageHeaderLen = 16
	childLen      = 16
	branchFlag    = 1
)

var errTree = errors.New("its branch pages are no tree")

// verifyTrees proves that the branch pages of each bucket form a tree. bbolt descends by
// recursion: a damaged page that names one of its own ancestors as a child would make
// the stack overflow, which ends the process and cannot be recovered from.
func (d *disk) verifyTrees(tx *bbolt.Tx) error {
	return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
		if b.Root() == 0 {
			return nil // so small that it is part of the page that names it
		}
		if err := d.verifyTree(uint64(b.Root()), tx.DB().Info().PageSize); err != nil {
			return fmt.Errorf("%w: bucket %s: %w", ErrDamaged, name, err)
		}
		return nil
	})
}

// verifyTree goes down level by level. All leaves are on the same one, so that no leaf
// page but the first has to be read, and those are most of the file.
func (d *disk) verifyTree(root uint64, pageSize int) error {
	branches := map[uint64]bool{}
	for level := []uint64{root}; ; {
		if slices.ContainsFunc(level, func(id uint64) bool { return branches[id] }) {
			return errTree
		}
		var next []uint64
		for i, id := range level {
			children, branch, err := d.children(id, pageSize)
			if err != nil {
				return err
			}
			if i == 0 && !branch {
				return nil
			}
			if !branch || branches[id] {
				return errTree
			}
			branches[id] = true
			next = append(next, children...)
		}
		level = next
	}
}

// children returns the pages under a branch page, or that it is none.
func (d *disk) children(id uint64, pageSize int) (ids []uint64, branch bool, err error) {
	order := binary.NativeEndian
	header := make([]byte, pageHeaderLen)
	at := int64(id) * int64(pageSize)
	if _, err := d.file.ReadAt(header, at); err != nil {
		return nil, false, fmt.Errorf("page %d: %w", id, err)
	}
	if order.Uint16(header[8:]) != branchFlag {
		return nil, false, nil
	}
	elements := make([]byte, int(order.Uint16(header[10:]))*childLen)
	if _, err := d.file.ReadAt(elements, at+pageHeaderLen); err != nil || len(elements) == 0 {
		return nil, true, fmt.Errorf("page %d: no children: %w", id, errTree)
	}
	for e := range slices.Chunk(elements, childLen) {
		ids = append(ids, order.Uint64(e[8:]))
	}
	return ids, true, nil
}
