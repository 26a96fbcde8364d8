package bench

// bitmap is a set of events by their number.
type bitmap []uint64

func newBitmap(size int) bitmap { return make(bitmap, (size+63)/64) }

func (b bitmap) has(k int) bool { return b[k/64]>>(k%64)&1 == 1 }

// add reports whether k is new.
func (b bitmap) add(k int) bool {
	fresh := !b.has(k)
	b[k/64] |= 1 << (k % 64)
	return fresh
}
