package simulate

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// pick draws one of the choices.
func pick[T any](rng *rand.Rand, choices []T) T {
	return choices[rng.IntN(len(choices))]
}

// between draws a number from low up to high.
func between(rng *rand.Rand, low, high float64) float64 {
	return low + (high-low)*rng.Float64()
}

// milliseconds draws whole milliseconds from low to high: Tencent's clock has no more.
func milliseconds(rng *rand.Rand, low, high int) time.Duration {
	return time.Duration(low+rng.IntN(high-low+1)) * time.Millisecond
}

// latency draws how long a webhook is on its way: the same for a Create and the Start
// that follows it at once, so that either comes first.
func latency(rng *rand.Rand) time.Duration { return milliseconds(rng, 15, 120) }

// fraction returns a share of d, in whole milliseconds.
func fraction(d time.Duration, share float64) time.Duration {
	return time.Duration(float64(d) * share).Truncate(time.Millisecond)
}

// compress shortens a length by speed, to no less than a millisecond.
func compress(d time.Duration, speed float64) time.Duration {
	return max(time.Millisecond, fraction(d, 1/speed))
}

// clientAddress draws an address of a network that is reserved for documentation
// (RFC 5737), so that no log points at anybody.
func clientAddress(rng *rand.Rand) string {
	return fmt.Sprintf("203.0.113.%d", 1+rng.IntN(254))
}
