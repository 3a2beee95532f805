package fakewa_test

import (
	"strings"
	"testing"

	"wappasim/fakewa"
)

func TestAccountHasItsNameAndNumbers(t *testing.T) {
	if err := (fakewa.Config{PhoneNumberID: "1", BusinessID: "1"}).Check(); err == nil || !strings.Contains(err.Error(), "BusinessID") {
		t.Errorf("one id for both: %v", err)
	}
	s := fakewa.Test(t, fakewa.Config{Name: "Ana's Bakery"})
	ask(t, s,
		asked{"GET", account + "?fields=id,name,timezone_id,currency", "", 200, 0, `{"currency":"USD","id":"` + account + `","name":"Ana's Bakery","timezone_id":"1"}`},
		asked{"GET", account + "?fields=nothing", "", 400, 100, "nothing"},
		asked{"GET", account + "/phone_numbers?fields=verified_name", "", 200, 0, `"data":[{"id":"` + number + `","verified_name":"Ana's Bakery"}],"paging":{"cursors":{"after":"`},
		asked{"GET", account + "/phone_numbers?fields=nothing", "", 400, 100, "nothing"},
		asked{"GET", account + "/phone_numbers?limit=0", "", 400, 100, "limit is"},
		asked{"GET", account + "/phone_numbers?after=%21", "", 400, 100, "after is"},
	)
	namespace := func() string {
		_, answer := call(t, s, "GET", "/"+account+"?fields=message_template_namespace", "Bearer any", "")
		return answer
	}
	first := namespace()
	if s.Reset(1); namespace() == first {
		t.Errorf("with another seed it is %s still", first)
	}
	if s.Reset(0); namespace() != first {
		t.Errorf("with the same seed it is %s, not %s", namespace(), first)
	}
}
