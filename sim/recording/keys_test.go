package recording_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"testing"
	"time"
	"unicode/utf16"

	"wappasim/sim/recording"
)

// rebuilt returns what changes say that Redis held after an event, but for what has expired.
func rebuilt(t *testing.T, changes []byte, after int, now time.Time) (keys []recording.Key) {
	t.Helper()
	var noted struct {
		Changes []struct {
			N, DB   int
			Name    string
			Value   *string
			Parts   []json.RawMessage
			Expires time.Time
		}
	}
	if err := json.Unmarshal(changes, &noted); err != nil {
		t.Fatal(err)
	}
	type place struct {
		db   int
		name string
	}
	type inUnits struct {
		recording.Key
		value []uint16
	}
	held := make(map[place]inUnits)
	for _, c := range noted.Changes {
		if c.N > after {
			break
		}
		at, key := place{c.DB, c.Name}, recording.Key{DB: c.DB, Name: c.Name, Expires: c.Expires}
		switch before := held[at].value; {
		case c.Value != nil:
			held[at] = inUnits{key, utf16.Encode([]rune(*c.Value))}
		case c.Parts != nil:
			held[at] = inUnits{key, joined(t, before, c.Parts)}
		default:
			delete(held, at)
		}
	}
	for _, k := range held {
		if k.Expires.IsZero() || k.Expires.After(now) {
			k.Value = string(utf16.Decode(k.value))
			keys = append(keys, k.Key)
		}
	}
	slices.SortFunc(keys, func(a, b recording.Key) int {
		return cmp.Or(cmp.Compare(a.DB, b.DB), cmp.Compare(a.Name, b.Name))
	})
	return keys
}

// joined makes a value of parts of the one before.
func joined(t *testing.T, before []uint16, parts []json.RawMessage) (made []uint16) {
	t.Helper()
	for _, part := range parts {
		var text string
		var span [2]int
		if json.Unmarshal(part, &text) == nil {
			made = append(made, utf16.Encode([]rune(text))...)
		} else if err := json.Unmarshal(part, &span); err != nil {
			t.Fatal(err)
		} else {
			made = append(made, before[span[0]:span[1]]...)
		}
	}
	return made
}

// TestKeysAreChanges notes what is the same, what changes, what gets a TTL and what goes.
func TestKeysAreChanges(t *testing.T) {
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.FixedZone("CET", 3600))
	a, b := recording.Key{Name: "a", Value: "1"}, recording.Key{DB: 3, Name: "b"}
	timed := b
	timed.Expires = at
	var keys recording.Keys
	if empty, err := json.Marshal(&keys); err != nil || string(empty) != `{"changes":[]}` {
		t.Errorf("got %s, %v", empty, err)
	}
	keys.Note(2, []recording.Key{a})
	keys.Note(4, []recording.Key{a, b})
	keys.Note(5, []recording.Key{a, b})
	keys.Note(3, []recording.Key{a, timed}) // a command that waited for long
	keys.Note(9, nil)
	got, err := json.Marshal(&keys)
	want := `{"changes":[{"n":2,"db":0,"name":"a","value":"1"},{"n":4,"db":3,"name":"b","value":""},` +
		`{"n":4,"db":3,"name":"b","value":"","expires":"2026-01-05T08:00:00Z"},{"n":9,"db":0,"name":"a"},{"n":9,"db":3,"name":"b"}]}`
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
