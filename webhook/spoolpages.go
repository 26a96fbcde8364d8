package webhook

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"

	"go.etcd.io/bbolt"
)

// A page of a bbolt file begins with its own number, u64; what it holds, u16; how many of
// that, u16; and how many further pages belong to it, u32. A branch page goes on with its
// children: position and size of a key, u32 each, and the number of a page, u64. All are
// in the machine's byte order.
const (
	pageHeadLen = 16
	childLen    = 16
	branchPage  = 1
	leafPage    = 2
	metaPages   = 2
	freshPages  = 4 // of a database that was never written to
)

var errSpoolPages = errors.New("its pages contradict each other")

// spoolPages proves that a file's pages are what bbolt will take them for when it goes
// from one to the next, frees them and fills them again. One that names its ancestor as
// its child, or a million pages as its own, would use up all memory; one that counts as
// free and is not, would be overwritten.
type spoolPages struct {
	file *os.File
	size int64  // of a page, in bytes
	used []bool // whether the page belongs to a tree
}

func newSpoolPages(file *os.File, tx *bbolt.Tx) *spoolPages {
	size := int64(tx.DB().Info().PageSize)
	return &spoolPages{file: file, size: size, used: make([]bool, tx.Size()/size)}
}

// tree goes through the pages of a bucket, level by level: all leaves are on the last.
func (p *spoolPages) tree(b *bbolt.Bucket) error {
	level := []uint64{uint64(b.Root())}
	if level[0] == 0 {
		return nil // so small that it is part of the page that names it
	}
	for len(level) > 0 {
		var below []uint64
		leaves := 0
		for _, id := range level {
			children, err := p.page(id)
			if err != nil {
				return fmt.Errorf("%w: page %d: %w", ErrSpoolDamaged, id, err)
			}
			if children == nil {
				leaves++
			}
			below = append(below, children...)
		}
		if leaves > 0 && leaves < len(level) {
			return fmt.Errorf("%w: %w", ErrSpoolDamaged, errSpoolPages)
		}
		level = below
	}
	return nil
}

// page takes a page for the tree, and returns its children if it is a branch.
func (p *spoolPages) page(id uint64) (children []uint64, err error) {
	order, head := binary.NativeEndian, make([]byte, pageHeadLen)
	if _, err := p.file.ReadAt(head, int64(id)*p.size); err != nil {
		return nil, err
	}
	kind, n := order.Uint16(head[8:]), int(order.Uint16(head[10:]))
	if order.Uint64(head) != id || kind != leafPage && (kind != branchPage || n == 0) {
		return nil, errSpoolPages
	}
	if err := p.take(id, uint64(order.Uint32(head[12:]))); err != nil || kind == leafPage {
		return nil, err
	}
	elements := make([]byte, n*childLen)
	_, err = p.file.ReadAt(elements, int64(id)*p.size+pageHeadLen)
	for e := range slices.Chunk(elements, childLen) {
		children = append(children, order.Uint64(e[8:]))
	}
	return children, err
}

// take marks a page and those that belong to it, which nothing else may use.
func (p *spoolPages) take(id, more uint64) error {
	if id < metaPages || id+more >= uint64(len(p.used)) || slices.Contains(p.used[id:id+more+1], true) {
		return errSpoolPages
	}
	for i := range more + 1 {
		p.used[id+i] = true
	}
	return nil
}

// rest checks that no page of a tree counts as free, and takes the list of those that do.
func (p *spoolPages) rest(tx *bbolt.Tx) error {
	free := 0
	for id := metaPages; id < len(p.used); id++ {
		info, err := tx.Page(id)
		switch {
		case err != nil:
		case info.Type == "free" && p.used[id]:
			err = errSpoolPages
		case info.Type == "free":
			free++
		case info.Type == "freelist" && !p.used[id]:
			err = p.take(uint64(id), uint64(info.OverflowCount))
		}
		if err != nil {
			return fmt.Errorf("%w: page %d: %w", ErrSpoolDamaged, id, err)
		}
	}
	if free != tx.DB().Stats().FreePageN {
		return fmt.Errorf("%w: pages beyond its end count as free", ErrSpoolDamaged)
	}
	return nil
}
