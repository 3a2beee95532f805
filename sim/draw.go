package sim

import (
	"math/rand/v2"
	"time"
)

// hash returns a number for content that is sent in a world with a seed.
func hash(seed uint64, content []byte) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211 // of FNV-1a
	h := uint64(offset)
	for range 8 {
		h = (h ^ seed&0xff) * prime
		seed >>= 8
	}
	for _, b := range content {
		h = (h ^ uint64(b)) * prime
	}
	return h
}

// latency draws how long content with a hash takes when it is sent for the n-th time.
func (w *World) latency(hash uint64, n int) time.Duration {
	const least = 50 * time.Microsecond
	return least + time.Duration(rand.NewPCG(hash, uint64(n)).Uint64()%uint64(w.opts.latency))
}

// source returns the random numbers of a seed for one purpose.
func source(seed uint64, purpose string) *rand.Rand {
	return rand.New(rand.NewPCG(seed, hash(seed, []byte(purpose))))
}
