package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/bot/expiry"
	"wappasim/bot/webhook"
)

// change has Ana edit or delete a message at a second of the day.
func (r rig) change(m webhook.Message, second int64) changed {
	r.Helper()
	_, did, err := r.users.change(r.Context(), ana, m, time.Unix(second, 0).UTC(), Inactivity, 15*time.Second)
	if err != nil {
		r.Fatal(err)
	}
	return did
}

func (r rig) edit(id, of, to string, second int64) changed {
	r.Helper()
	return r.change(webhook.Message{ID: id, Edits: of, Type: "text", Text: to}, second)
}

func (r rig) delete(id, of string) changed {
	r.Helper()
	return r.change(webhook.Message{ID: id, Deletes: of, Type: "revoke", Text: "[deleted]"}, 100)
}

// texts returns the words of the session.
func (r rig) texts() (texts []string) {
	r.Helper()
	data, err := r.users.Get(r.Context(), ana)
	if err != nil {
		r.Fatal(err)
	}
	for _, m := range data.Messages {
		texts = append(texts, m.Text)
	}
	return texts
}

func (r rig) wantTexts(want ...string) {
	r.Helper()
	if got := r.texts(); !slices.Equal(got, want) {
		r.Errorf("the session has %q, want %q", got, want)
	}
}

func wantDid(t *testing.T, what string, got, want changed) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, changeWords[got], changeWords[want])
	}
}

func TestEditsInTheSession(t *testing.T) {
	onRedis(t, func(r rig) {
		words := []string{`a,"n":7}]}`, `{"id":"two","at":"`, `\",\"n\":1}`, "caf\u00e9 <b>\u2028\n"}
		ids := []string{"one", "two", `th"ree\`, "four"}
		for i, id := range ids {
			if _, err := r.users.Append(r.Context(), ana, Message{ID: id, At: time.Unix(1, 0).UTC(), Type: "text", Text: words[i]}, Inactivity, 15*time.Second); err != nil {
				r.Fatal(err)
			}
		}
		for i, id := range ids {
			before := r.texts()
			wantDid(t, id, r.edit("edit of "+id, id, words[len(words)-1-i], 5), changedSession)
			before[i] = words[len(words)-1-i]
			r.wantTexts(before...)
		}
		data, err := r.users.Get(r.Context(), ana)
		if err != nil {
			r.Fatal(err)
		}
		for _, m := range data.Messages {
			if m.At.Unix() != 1 || m.Edited.Unix() != 5 || m.Type != "text" {
				t.Errorf("got %+v: want the time of the message, and that of its edit", m)
			}
		}
		if a := r.append("five"); a.N != 5 {
			t.Errorf("the next message is number %d, want 5", a.N)
		}
	})
}

func TestDeletionsFromTheSession(t *testing.T) {
	for _, order := range [][]string{{"a", "b", "c"}, {"a", "c", "b"}, {"b", "a", "c"}, {"b", "c", "a"}, {"c", "a", "b"}, {"c", "b", "a"}} {
		t.Run(strings.Join(order, ""), func(t *testing.T) {
			onRedis(t, func(r rig) {
				left := []string{"text of a", "text of b", "text of c"}
				for _, id := range []string{"a", "b", "c"} {
					r.append(id)
				}
				for _, id := range order[:2] {
					wantDid(t, id, r.delete("delete "+id, id), changedSession)
					left = slices.DeleteFunc(left, func(s string) bool { return s == "text of "+id })
					r.wantTexts(left...)
				}
				if a := r.append("d"); a.N != 4 || !a.New {
					t.Errorf("got %+v: the next message is number 4, whatever was deleted", a)
				}
				wantDid(t, order[2], r.delete("delete "+order[2], order[2]), changedSession)
				r.wantTexts("text of d")
			})
		})
	}
}

func TestDeletingAllEndsTheSession(t *testing.T) {
	onRedis(t, func(r rig) {
		r.append("a")
		r.append("b")
		r.delete("1", "b")
		r.delete("2", "a")
		if n := r.client.Exists(r.Context(), "wappa:user:+1").Val(); n != 0 {
			t.Error("the session is still there")
		}
		if used := r.client.PTTL(r.Context(), paceKey).Val(); used < 2*pairInterval-time.Second {
			t.Errorf("its two confirmations use up %s of the pace, want two times %s", used, pairInterval)
		}
		if a := r.append("c"); a.N != 1 || !a.New {
			t.Errorf("got %+v, want a new session", a)
		}
	})
}

func TestDeletingAllKeepsFields(t *testing.T) {
	onRedis(t, func(r rig) {
		r.append("a")
		if err := r.users.Upsert(r.Context(), ana, map[string]any{"name": "Ana"}); err != nil {
			t.Fatal(err)
		}
		r.append("b")
		r.delete("1", "a")
		r.delete("2", "b")
		r.append("c")
		data, err := r.users.Get(r.Context(), ana)
		if err != nil || string(data.Fields["name"]) != `"Ana"` || len(data.Messages) != 1 {
			t.Errorf("got %+v, %v", data, err)
		}
	})
}

func TestChangesRestartTheTimer(t *testing.T) {
	onRedis(t, func(r rig) {
		due := func() float64 { return r.client.ZScore(r.Context(), deadline, ana).Val() }
		r.append("a")
		r.append("b")
		early := func(what string, change func()) {
			t.Helper()
			if err := r.client.ZAdd(r.Context(), deadline, redis.Z{Score: 1, Member: ana}).Err(); err != nil {
				t.Fatal(err)
			}
			if change(); due() < float64(time.Now().UnixMilli()+10_000) {
				t.Errorf("%s does not restart the timer", what)
			}
		}
		early("an edit", func() { r.edit("e", "a", "new", 5) })
		early("a deletion", func() { r.delete("d", "a") })
		r.users.limit = 2
		r.edit("f", "b", "new", 5)
		if due() > float64(time.Now().UnixMilli()+1000) {
			t.Error("an edit puts off a session that is full")
		}
		r.users.limit = 1000
		for what, change := range map[string]func(){
			"an edit that came": func() { r.edit("e", "b", "newer", 6) }, "an old edit": func() { r.edit("g", "b", "older", 4) }, "what is not there": func() { r.delete("h", "z") },
		} {
			before := due()
			change()
			if due() != before {
				t.Errorf("%s restarts the timer", what)
			}
		}
		r.wantTexts("new")
	})
}

func TestChangesInAnyOrder(t *testing.T) {
	onRedis(t, func(r rig) {
		wantDid(t, "an edit before its message", r.edit("e1", "a", "a2", 5), changedNoted)
		if a := r.append("a"); a.New {
			t.Error("the message that was edited before it came is stored again")
		}
		wantDid(t, "a later edit", r.edit("e3", "a", "a4", 7), changedSession)
		wantDid(t, "an earlier edit", r.edit("e2", "a", "a3", 6), changedNothing)
		wantDid(t, "an edit once more", r.edit("e1", "a", "a2", 5), changedDuplicate)
		r.wantTexts("a4")
		wantDid(t, "a deletion before its message", r.delete("d1", "b"), changedNothing)
		if b := r.append("b"); b.New {
			t.Error("the message that was deleted before it came is stored")
		}
		wantDid(t, "an edit of what is deleted", r.edit("e4", "b", "b2", 9), changedNothing)
		wantDid(t, "a deletion", r.delete("d2", "a"), changedSession)
		wantDid(t, "a deletion once more", r.delete("d2", "a"), changedDuplicate)
		wantDid(t, "another deletion", r.delete("d3", "a"), changedNothing)
		wantDid(t, "an edit of what was deleted", r.edit("e5", "a", "a5", 9), changedNothing)
		r.wantTexts()
		if a := r.append("c"); a.N != 1 {
			t.Errorf("the next message is number %d, want 1", a.N)
		}
	})
}

func TestEditsAfterTheHistory(t *testing.T) {
	onRedis(t, func(r rig) {
		r.say("a")
		if s := r.begin(r.open("A")); s.do != "send" {
			t.Fatalf("got %+v", s)
		}
		wantDid(t, "a deletion", r.delete("d", "z"), changedNothing)
		wantDid(t, "a late edit", r.edit("e1", "a", "a2", 5), changedNoted)
		wantDid(t, "another", r.edit("e2", "a", "a3", 6), changedSession)
		r.wantTexts("a3")
		wantDid(t, "a late deletion", r.delete("d2", "a"), changedSession)
		r.wantTexts()
	})
}

// TestRepeatedChange is a call of go-redis whose answer was lost.
func TestRepeatedChange(t *testing.T) {
	onRedis(t, func(r rig) {
		r.users.newID = func() string { return "the same" }
		for range 2 {
			wantDid(t, "an edit", r.edit("e", "a", "a2", 5), changedNoted)
			r.wantTexts("a2")
		}
		for range 2 {
			wantDid(t, "a deletion", r.delete("d", "a"), changedSession)
			r.wantTexts()
		}
	})
}

// TestChangesOfEarlierSessions edits what a version without edits has stored.
func TestChangesOfEarlierSessions(t *testing.T) {
	onRedis(t, func(r rig) {
		const session = `{"name":"Ana","messages":[{"id":"a","at":"2026-01-05T09:00:00Z","text":"<one>","n":1},{"id":"b","at":"2026-01-05T09:00:01Z","type":"image","text":"[image]","n":2}]}`
		if err := r.client.Set(r.Context(), "wappa:user:+1", session, time.Hour).Err(); err != nil {
			t.Fatal(err)
		}
		wantDid(t, "an edit", r.edit("e", "a", "two", 5), changedSession)
		got := r.client.Get(r.Context(), "wappa:user:+1").Val()
		want := strings.Replace(session, `"<one>"`, fmt.Sprintf(`"two","edited":%q`, time.Unix(5, 0).UTC().Format(time.RFC3339)), 1)
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if r.append("c").N != 3 {
			t.Error("the next message is not number 3")
		}
	})
}

// TestChangeMarksAreReadByEarlierVersions: a replica of a version without edits finds the
// marks of changes, and takes them for those of messages.
func TestChangeMarksAreReadByEarlierVersions(t *testing.T) {
	onRedis(t, func(r rig) {
		r.edit("e", "a", "a2", 5)
		r.delete("d", "b")
		for _, id := range []string{"a", "b", "d", "e"} {
			if a := r.append(id); a.New || a.Confirm {
				t.Errorf("%s: got %+v, want a duplicate", id, a)
			}
		}
	})
}

func TestChangesInACluster(t *testing.T) {
	layout := expiry.Layout{Cluster: true}
	c := newUserCache(nil, layout, func() string { return "x" }, "user", 1, 1)
	for _, key := range []string{c.key(ana), c.seenKey(ana, "e"), c.changeKey(ana, "a"), c.paceKey(ana)} {
		if !strings.HasPrefix(key, layout.Prefix(ana)) {
			t.Errorf("%s is not in the user's slot", key)
		}
	}
}
