package sim

import (
	"math/rand/v2"
	"time"
)

// hash is FNV-1a, from a seed on.
func hash(seed uint64, content []byte) uint64 {
	h := uint64(14695981039346656037) ^ mix(seed)
	for _, b := range content {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}

// mix spreads the bits of a number (the end of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// latency turns a drawn number into the time that something takes.
func (w *World) latency(drawn uint64) time.Duration {
	const least = 50 * time.Microsecond
	return least + time.Duration(drawn%uint64(w.opts.latency))
}

// source returns the random numbers of a seed for one purpose.
func source(seed uint64, purpose string) *rand.Rand {
	return rand.New(rand.NewPCG(seed, hash(seed, []byte(purpose))))
}
