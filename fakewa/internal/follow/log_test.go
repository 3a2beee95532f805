package follow_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"wappasim/fakewa/internal/follow"
)

// read reads once, with room for so many entries.
func read(t *testing.T, l *follow.Log[int], after uint64, room int) (first, missing uint64, got []int) {
	t.Helper()
	into := make([]int, room)
	first, missing, n, _ := l.Read(t.Context(), after, into)
	return first, missing, into[:n]
}

func TestReadersGetWhatIsKept(t *testing.T) {
	l := follow.New[int](4)
	for i := range 6 { // number n is entry 10n
		if n := l.Add(10 * (i + 1)); n != uint64(i+1) {
			t.Errorf("entry %d has the number %d", i+1, n)
		}
	}
	for _, c := range []struct {
		after, first, missing uint64
		got                   []int
	}{
		{0, 3, 2, []int{30, 40, 50}},
		{1, 3, 1, []int{30, 40, 50}},
		{2, 3, 0, []int{30, 40, 50}},
		{4, 5, 0, []int{50, 60}},
		{5, 6, 0, []int{60}},
	} {
		if first, missing, got := read(t, l, c.after, 3); first != c.first || missing != c.missing || !slices.Equal(got, c.got) {
			t.Errorf("after %d: %d, %d are missing, %v; want %v", c.after, first, missing, got, c)
		}
	}
}

func TestNobodyMissesWhatWasCleared(t *testing.T) {
	l := follow.New[int](2)
	l.Add(1)
	l.Add(2)
	l.Clear()
	l.Add(3)
	for after := range uint64(3) {
		if first, missing, got := read(t, l, after, 9); first != 3 || missing != 0 || !slices.Equal(got, []int{3}) {
			t.Errorf("after %d: %d, %d are missing, %v", after, first, missing, got)
		}
	}
	l.Add(4)
	l.Add(5)
	if first, missing, got := read(t, l, 1, 9); first != 4 || missing != 1 || !slices.Equal(got, []int{4, 5}) {
		t.Errorf("got %d, %d are missing, %v; only 3 is", first, missing, got)
	}
}

// TestReadersFollow has readers of different pace follow a log that grows, until it is
// closed.
func TestReadersFollow(t *testing.T) {
	const entries = 5000
	l := follow.New[int](entries)
	var all sync.WaitGroup
	for room := 1; room <= 64; room *= 4 {
		all.Go(func() {
			into, want := make([]int, room), 0
			for {
				first, missing, n, ok := l.Read(t.Context(), uint64(want), into)
				if !ok {
					break
				}
				if first != uint64(want+1) || missing != 0 {
					t.Errorf("got %d after %d, %d are missing", first, want, missing)
				}
				for _, e := range into[:n] {
					if want++; e != want {
						t.Errorf("got %d, want %d", e, want)
					}
				}
			}
			if want != entries {
				t.Errorf("a reader has got %d", want)
			}
		})
	}
	for i := range entries {
		l.Add(i + 1)
	}
	l.Close()
	all.Wait()
	if n := l.Add(1); n != 0 {
		t.Errorf("a closed log has an entry %d more", n)
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	l := follow.New[int](1)
	l.Add(1)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan bool)
	go func() {
		_, _, _, ok := l.Read(ctx, 7, make([]int, 1)) // a number that there is not yet
		ended <- ok
	}()
	cancel()
	if <-ended {
		t.Error("it has read something")
	}
}
