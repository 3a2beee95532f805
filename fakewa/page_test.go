package fakewa_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"wappasim/fakewa"
)

// TestNextLinkIsTheNextPage follows the pages of a list over TCP, as clients do.
func TestNextLinkIsTheNextPage(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{Webhook: &recorder{}})
	users := []string{"16505550001", "16505550002", "16505550003"}
	for _, user := range users {
		if _, err := s.Phone(user).Say(t.Context(), "hi"); err != nil {
			t.Fatal(err)
		}
	}
	ask(t, s, asked{"POST", number + "/block_users", blockList(users...), 200, 0, ""})
	server := httptest.NewServer(s)
	defer server.Close()
	next := server.URL + "/v23.0/" + number + "/block_users?limit=2"
	for _, want := range []int{2, 1} {
		req, err := http.NewRequest("GET", next, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer any")
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Data   []struct{ Wa_id string }
			Paging struct{ Next string }
		}
		err = json.NewDecoder(resp.Body).Decode(&page)
		resp.Body.Close()
		if err != nil || len(page.Data) != want || page.Data[0].Wa_id != users[0] {
			t.Fatalf("got %+v, %v; want %d from %s on", page, err, want, users[0])
		}
		next, users = page.Paging.Next, users[want:]
	}
	if next != "" {
		t.Errorf("there is a page after the last: %s", next)
	}
}
