package bot

import (
	"testing"
	"time"
)

func (r rig) rename(user string, names ...string) (in, to string) {
	r.Helper()
	in, to, err := r.users.rename(r.Context(), user, names...)
	if err != nil {
		r.Fatal(err)
	}
	return in, to
}

// said has somebody send a message, and returns in whose session it is, and its number.
func (r rig) said(user, id string) (in string, n int) {
	r.Helper()
	in, a, err := r.users.append(r.Context(), user, Message{ID: id, At: time.Unix(1, 0).UTC(), Type: "text", Text: id}, Inactivity, 15*time.Second)
	if err != nil {
		r.Fatal(err)
	}
	return in, a.N
}

func TestSessionsUnderNewNames(t *testing.T) {
	onRedis(t, func(r rig) {
		want := func(user, id, in string, n int) {
			t.Helper()
			if gotIn, gotN := r.said(user, id); gotIn != in || gotN != n {
				t.Errorf("%s of %s is number %d of %s, want %d of %s", id, user, gotN, gotIn, n, in)
			}
		}
		want("US.3", "before", "US.3", 1)
		if in, to := r.rename("US.2", "", "US.3"); in != "US.2" || to != "US.3" { // it comes first
			t.Errorf("got %s, %s", in, to)
		}
		if in, to := r.rename("US.1", "+5", "US.2"); in != "US.1" || to != "+5" {
			t.Errorf("got %s, %s", in, to)
		}
		want("US.3", "its own session is open", "US.3", 2)
		r.client.Del(r.Context(), "wappa:user:US.3")
		want("US.3", "a", "US.1", 1)
		want("US.2", "b", "US.1", 2)
		want("+5", "c", "US.1", 3)
		want("US.1", "d", "US.1", 4)
		if a, err := r.users.Append(r.Context(), "US.3", Message{ID: "a", Text: "a"}, Inactivity, 15*time.Second); err != nil || a.New {
			t.Errorf("a message that is delivered again: got %+v, %v", a, err)
		}
		data, err := r.users.Get(r.Context(), "US.1")
		if err != nil {
			t.Fatal(err)
		}
		for i, to := range []string{"US.3", "US.2", "+5", ""} {
			if data.Messages[i].To != to {
				t.Errorf("message %d: the user is reached at %q, want %q", i+1, data.Messages[i].To, to)
			}
		}
		if in, to := r.rename("+5", "+6", "US.1"); in != "US.1" || to != "+6" { // an old id again
			t.Errorf("got %s, %s", in, to)
		}
		want("US.1", "e", "US.1", 5)
	})
}

// TestAliasesInACircle is what nobody should see.
func TestAliasesInACircle(t *testing.T) {
	onRedis(t, func(r rig) {
		for alias, name := range map[string]string{"US.1": "US.2", "US.2": "US.1"} {
			if err := r.client.Set(r.Context(), r.users.aliasKey(alias), name, time.Hour).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.users.Append(r.Context(), "US.1", Message{ID: "a", Text: "a"}, Inactivity, 15*time.Second); err == nil {
			t.Error("no error")
		}
		if names, err := r.users.names(r.Context(), "US.1"); err != nil || len(names) != 2 {
			t.Errorf("got %q, %v", names, err)
		}
	})
}

func TestAddress(t *testing.T) {
	at := func(second int64, to string) Message { return Message{At: time.Unix(second, 0), To: to} }
	for name, c := range map[string]struct {
		messages []Message
		want     string
	}{
		"nobody changed":                        {[]Message{at(1, ""), at(2, "")}, "US.1"},
		"changed":                               {[]Message{at(1, ""), at(2, "US.2"), at(3, "US.2")}, "US.2"},
		"changed twice":                         {[]Message{at(2, "US.2"), at(3, "US.3")}, "US.3"},
		"changed back":                          {[]Message{at(2, "US.2"), at(3, "")}, "US.1"},
		"an earlier message comes later":        {[]Message{at(2, "US.2"), at(1, "")}, "US.2"},
		"one of the same second comes later":    {[]Message{at(2, "US.2"), at(2, "")}, "US.2"},
		"two changes in a second, the last one": {[]Message{at(2, "US.2"), at(2, "US.3")}, "US.3"},
		"nothing":                               {nil, "US.1"},
	} {
		if got := address("US.1", c.messages); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}
