package recording_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"wappasim/sim/recording"
)

// rebuilt returns what changes say that Redis held after an event, but for what has expired.
func rebuilt(t *testing.T, changes []byte, after int, now time.Time) (keys []recording.Key) {
	t.Helper()
	var all []struct {
		N, DB   int
		Name    string
		Value   *string
		Expires time.Time
	}
	if err := json.Unmarshal(changes, &all); err != nil {
		t.Fatal(err)
	}
	type place struct {
		db   int
		name string
	}
	held := make(map[place]recording.Key)
	for _, c := range all {
		if c.N > after {
			break
		}
		delete(held, place{c.DB, c.Name})
		if c.Value != nil {
			held[place{c.DB, c.Name}] = recording.Key{DB: c.DB, Name: c.Name, Value: *c.Value, Expires: c.Expires}
		}
	}
	for _, k := range held {
		if k.Expires.IsZero() || k.Expires.After(now) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b recording.Key) int {
		return cmp.Or(cmp.Compare(a.DB, b.DB), cmp.Compare(a.Name, b.Name))
	})
	return keys
}

// TestKeysAreChanges notes what is the same, what changes, what gets a TTL and what goes.
func TestKeysAreChanges(t *testing.T) {
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.FixedZone("CET", 3600))
	a, b := recording.Key{Name: "a", Value: "1"}, recording.Key{DB: 3, Name: "b"}
	timed := b
	timed.Expires = at
	var keys recording.Keys
	if empty, err := json.Marshal(&keys); err != nil || string(empty) != "[]" {
		t.Errorf("got %s, %v", empty, err)
	}
	keys.Note(2, []recording.Key{a})
	keys.Note(4, []recording.Key{a, b})
	keys.Note(5, []recording.Key{a, b})
	keys.Note(3, []recording.Key{a, timed}) // a command that waited for long
	keys.Note(9, nil)
	got, err := json.Marshal(&keys)
	want := `[{"n":2,"db":0,"name":"a","value":"1"},{"n":4,"db":3,"name":"b","value":""},` +
		`{"n":4,"db":3,"name":"b","value":"","expires":"2026-01-05T08:00:00Z"},{"n":9,"db":0,"name":"a","value":null},{"n":9,"db":3,"name":"b","value":null}]`
	if err != nil || !bytes.Equal(got, []byte(want)) {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
	if got := rebuilt(t, got, 5, at.Add(-1)); len(got) != 2 || !got[1].Expires.Equal(at) {
		t.Errorf("got %+v", got)
	}
	if got := rebuilt(t, got, 5, at); len(got) != 1 {
		t.Errorf("got %+v", got)
	}
}
