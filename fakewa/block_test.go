package fakewa_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
)

// blockList is the body of a call that blocks or unblocks users.
func blockList(users ...string) string {
	var list []string
	for _, user := range users {
		list = append(list, fmt.Sprintf(`{"user":%q}`, user))
	}
	return `{"messaging_product":"whatsapp","block_users":[` + strings.Join(list, ",") + `]}`
}

func TestBlockedUserIsRefused(t *testing.T) {
	clock := fakewa.StillClock(fixed())
	s := fakewa.Test(t, fakewa.Config{Webhook: &recorder{}, Clock: clock})
	path := number + "/block_users"
	say(t, s)
	ask(t, s,
		asked{"GET", path, "", 200, 0, `{"data":[]}`},
		asked{"POST", path, blockList("+1 (650) 555-1234"), 200, 0, `{"block_users":{"added_users":[{"input":"+1 (650) 555-1234","wa_id":"16505551234"}]},"messaging_product":"whatsapp"}`},
		asked{"POST", path, blockList("16505551234"), 200, 0, `"added_users"`}, // who is blocked stays so
		asked{"GET", path, "", 200, 0, `{"data":[{"messaging_product":"whatsapp","wa_id":"16505551234"}],"paging":{"cursors":{"after":`},
		asked{"POST", number + "/messages", hi, 400, 130403, "block list"},
		asked{"DELETE", path, blockList("16505551234", "16505559999"), 200, 0, `{"block_users":{"removed_users":[{"input":"16505551234","wa_id":"16505551234"},{"input":"16505559999","wa_id":"16505559999"}]},"messaging_product":"whatsapp"}`},
		asked{"GET", path, "", 200, 0, `{"data":[]}`},
		asked{"POST", number + "/messages", hi, 200, 0, "wamid."},

		asked{"POST", path, `{"block_users":[{"user":"1"}]}`, 400, 100, "messaging_product is missing"},
		asked{"POST", path, `{"messaging_product":"whatsapp"}`, 400, 100, "block_users is missing or empty"},
		asked{"POST", path, blockList(), 400, 100, "block_users is missing or empty"},
		asked{"POST", path, `{"messaging_product":"whatsapp","block_users":"16505551234"}`, 400, 100, "block_users is a string; it must be an array"},
		asked{"POST", path, `{"messaging_product":"whatsapp","block_users":["16505551234"]}`, 400, 100, "block_users[0] is a string; it must be an object"},
		asked{"POST", path, `{"messaging_product":"whatsapp","block_users":[{"user":"16505551234"},{}]}`, 400, 100, "block_users[1].user is missing"},
		asked{"POST", path, `{"messaging_product":"whatsapp","block_users":[{"user":1}]}`, 400, 100, "block_users[0].user is a number"},
		asked{"GET", path, "", 200, 0, `{"data":[]}`},
	)
}

// TestBlockNamesTheUsersThatCannotBeBlocked reads which of four users were blocked, and
// why the others were not.
func TestBlockNamesTheUsersThatCannotBeBlocked(t *testing.T) {
	clock := fakewa.StillClock(fixed())
	s := fakewa.Test(t, fakewa.Config{Webhook: &recorder{}, Clock: clock})
	if _, err := s.Phone("16505550001").Say(t.Context(), "hi"); err != nil {
		t.Fatal(err)
	}
	if err := clock.Advance(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	say(t, s)
	if err := clock.Advance(t.Context(), 24*time.Hour); err != nil { // the first was 24 h and 1 s ago
		t.Fatal(err)
	}
	status, answer := call(t, s, "POST", "/"+number+"/block_users", "Bearer x", blockList("+16505551234", "+16505550001", "+16505550002", "Ana"))
	type user struct {
		Input  string
		WaID   string `json:"wa_id"`
		Errors []struct {
			Code      int
			Message   string
			ErrorData struct{ Details string } `json:"error_data"`
		}
	}
	var got struct {
		Product    string `json:"messaging_product"`
		BlockUsers struct {
			Added  []user `json:"added_users"`
			Failed []user `json:"failed_users"`
		} `json:"block_users"`
		Error struct {
			Code    int
			TraceID string `json:"fbtrace_id"`
		}
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	added, failed := got.BlockUsers.Added, got.BlockUsers.Failed
	if status != http.StatusBadRequest || got.Product != "whatsapp" || got.Error.Code != 139100 || got.Error.TraceID == "" || len(added) != 1 || len(failed) != 3 {
		t.Fatalf("got %d %s", status, answer)
	}
	if added[0].WaID != "16505551234" {
		t.Errorf("got %s", answer)
	}
	for i, want := range []struct {
		waID    string
		code    int
		details string
	}{
		{"16505550001", 131047, "24h0m1s ago, more than 24 hours"},
		{"16505550002", 131047, "has never written"},
		{"", 131009, `"Ana" is neither`},
	} {
		f := failed[i]
		if f.WaID != want.waID || len(f.Errors) != 1 || f.Errors[0].Code != want.code || f.Errors[0].Message == "" || !strings.Contains(f.Errors[0].ErrorData.Details, want.details) {
			t.Errorf("got %+v, want %v", f, want)
		}
	}
	log := s.Requests()
	if r := log[len(log)-1]; r.Status != http.StatusBadRequest || r.Error == nil || r.Error.Code != 139100 {
		t.Errorf("the log has %+v", r)
	}
	ask(t, s, asked{"GET", number + "/block_users", "", 200, 0, `"data":[{"messaging_product":"whatsapp","wa_id":"16505551234"}]`})
}

// TestUserWithoutNumberIsBlocked uses a business-scoped id.
func TestUserWithoutNumberIsBlocked(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{Webhook: &recorder{}})
	const id = "US.13491208655302741918"
	if _, err := s.Phone(id).Say(t.Context(), "hi"); err != nil {
		t.Fatal(err)
	}
	ask(t, s,
		asked{"POST", number + "/block_users", blockList(id), 200, 0, `{"added_users":[{"input":"` + id + `","user_id":"` + id + `"}]}`},
		asked{"GET", number + "/block_users", "", 200, 0, `"user_id":"` + id + `"`},
		asked{"POST", number + "/messages", strings.Replace(hi, `"to":"+1 (650) 555-1234"`, `"recipient":"`+id+`"`, 1), 400, 130403, id},
	)
}

// TestAtMost64000UsersAreBlocked also pages through some of them.
func TestAtMost64000UsersAreBlocked(t *testing.T) {
	const most = 64_000
	s := fakewa.Test(t, fakewa.Config{Webhook: &recorder{}})
	users := make([]string, most+1)
	for i := range users {
		users[i] = fmt.Sprint(10_000_000 + i)
	}
	s.BlockAll(users[:most-1])
	for _, user := range users[most-1:] {
		if _, err := s.Phone(user).Say(t.Context(), "hi"); err != nil {
			t.Fatal(err)
		}
	}
	path := number + "/block_users"
	ask(t, s,
		asked{"POST", path, blockList(users[most-1:]...), 400, 139101, "64001 blocked users; 64000 are allowed"},
		asked{"POST", path, blockList(users[most-1]), 200, 0, ""},
		asked{"POST", path, blockList(users[most]), 400, 139101, ""},
		asked{"POST", path, blockList(users[most-1]), 200, 0, ""}, // is blocked already
		asked{"DELETE", path, blockList(users[0]), 200, 0, ""},
		asked{"POST", path, blockList(users[most]), 200, 0, ""},
	)
	var page struct {
		Data   []map[string]string
		Paging struct {
			Cursors struct{ Before, After string }
			Next    string
		}
	}
	get := func(query string) {
		t.Helper()
		page.Data, page.Paging.Next = nil, ""
		status, answer := call(t, s, "GET", "/v23.0/"+path+query, "Bearer x", "")
		if err := json.Unmarshal([]byte(answer), &page); err != nil || status != 200 {
			t.Fatalf("%d %s", status, answer)
		}
	}
	first := func(want string, n int) {
		t.Helper()
		if len(page.Data) != n || page.Data[0]["wa_id"] != want {
			t.Errorf("got %d entries, %v; want %d from %s on", len(page.Data), page.Data, n, want)
		}
	}
	get("")
	first(users[1], 25)
	get("?limit=2&access_token=secret")
	first(users[1], 2)
	next := page.Paging.Next
	if want := "https://graph.facebook.com/v23.0/" + path + "?after=" + page.Paging.Cursors.After + "&limit=2"; next != want {
		t.Errorf("next is %s, not %s", next, want)
	}
	ask(t, s, asked{"DELETE", path, blockList(users[2]), 200, 0, ""}) // the cursor's own
	get("?limit=2&after=" + page.Paging.Cursors.After)
	first(users[3], 2)
	get("?limit=1&before=" + page.Paging.Cursors.Before)
	first(users[1], 1)
	get("?limit=70000")
	first(users[1], most-1)
	if page.Paging.Next != "" {
		t.Errorf("there is a page after the last: %s", page.Paging.Next)
	}
}
