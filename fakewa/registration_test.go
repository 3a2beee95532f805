package fakewa_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"wappasim/fakewa"
)

func TestNumberIsRegisteredWithItsPIN(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{Clock: fakewa.StillClock(fixed()), Window: fakewa.WindowOff})
	ask(t, s,
		asked{"GET", number + "?fields=status,is_pin_enabled", "", 200, 0, `"is_pin_enabled":false,"status":"CONNECTED"`},
		asked{"POST", number + "/deregister", "", 200, 0, `{"success":true}`},
		asked{"POST", number + "/deregister", "", 400, 133010, "not registered"},
		asked{"GET", number + "?fields=status", "", 200, 0, `"status":"PENDING"`},
		asked{"POST", number + "/messages", hi, 400, 133010, "register first"},
		asked{"POST", number + "/register", "", 400, 100, "messaging_product is missing"},
		asked{"POST", number + "/register", `{"messaging_product":"whatsapp"}`, 400, 100, "(#100) The parameter pin is required."},
		asked{"POST", number + "/register", `{"messaging_product":"whatsapp","pin":123456}`, 400, 100, "pin is a number; it must be a string"},
		asked{"POST", number + "/register", register("12345"), 400, 100, "pin has 5 characters"},
		asked{"POST", number + "/register", register("12345x"), 400, 100, "pin has 6 characters, or others than digits"},
		asked{"POST", number + "/register", register("123456"), 200, 0, `{"success":true}`},
		asked{"POST", number + "/messages", hi, 200, 0, "wamid."},
		asked{"POST", number + "/register", register("654321"), 400, 133005, "pin is not the one"},
		asked{"POST", number + "/register", register("123456"), 200, 0, ""},
		asked{"POST", number + "/deregister", "", 200, 0, ""}, // the PIN stays
		asked{"POST", number + "/register", register("654321"), 400, 133005, "pin"},
		asked{"POST", number, `{"pin":"65432"}`, 400, 100, "pin has 5"},
		asked{"POST", number, `{"pin":"654321"}`, 200, 0, ""},
		asked{"POST", number + "/register", register("654321"), 200, 0, ""},
		asked{"GET", number + "?fields=status,is_pin_enabled", "", 200, 0, `"is_pin_enabled":true,"status":"CONNECTED"`},
	)
}

// TestNumberIsRegistered10TimesIn72Hours counts calls in the 72 hours before each call.
func TestNumberIsRegistered10TimesIn72Hours(t *testing.T) {
	clock := fakewa.StillClock(fixed())
	s := fakewa.Test(t, fakewa.Config{Clock: clock})
	advance := func(d time.Duration) {
		t.Helper()
		if err := clock.Advance(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	taken := asked{"POST", number + "/register", register("123456"), 200, 0, ""}
	refused := asked{"POST", number + "/register", register("123456"), 400, 133016, "the next is taken in"}
	ask(t, s, taken)
	advance(time.Hour)
	ask(t, s, taken, taken, taken, taken, taken, taken, taken, taken,
		asked{"POST", number + "/deregister", "", 200, 0, ""}, // the tenth
		refused,
		asked{"POST", number + "/deregister", "", 400, 133016, "the next is taken in 71h0m0s"},
	)
	advance(71*time.Hour - time.Second)
	ask(t, s, refused)
	advance(time.Second) // what was refused does not count
	ask(t, s, taken, refused)
	advance(time.Hour)
	ask(t, s, taken)
}

func TestNumberIsVerifiedWithItsCode(t *testing.T) {
	p, err := fakewa.NewPlatform(fakewa.Config{Clock: fakewa.StillClock(fixed()), Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	s := p.First()
	control := func(method, body string) map[string]any {
		t.Helper()
		status, answer := controlCall(t, p, method, "number", body)
		if status != http.StatusOK {
			t.Fatalf("%s %s: got %d %s", method, body, status, answer)
		}
		var got map[string]any
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := control("PATCH", `{"code_verification_status":"NOT_VERIFIED","quality_rating":"RED"}`)
	if got["registered"] != true || got["pin_set"] != false || got["quality_rating"] != "RED" || got["code_verification_status"] != "NOT_VERIFIED" {
		t.Errorf("got %v", got)
	}
	code, _ := control("GET", "")["verification_code"].(string)
	if len(code) != 6 {
		t.Fatalf("the code is %q", code)
	}
	right, wrong := `{"code":"`+code+`"}`, `{"code":"x`+code+`"}`
	request := asked{"POST", number + "/request_code", `{"code_method":"SMS","language":"en_US"}`, 200, 0, `{"success":true}`}
	late := func() {
		t.Helper()
		if err := s.Config().Clock.Advance(t.Context(), 10*time.Minute+time.Second); err != nil {
			t.Fatal(err)
		}
	}
	ask(t, s,
		asked{"GET", number + "?fields=quality_rating,code_verification_status", "", 200, 0, `"code_verification_status":"NOT_VERIFIED","id":"` + number + `","quality_rating":"RED"`},
		asked{"POST", number + "/register", register("123456"), 400, 133006, "request_code"},
		asked{"POST", number + "/verify_code", "{}", 400, 100, "code is missing"},
		asked{"POST", number + "/verify_code", right, 400, 100, "code was not sent"},
		asked{"POST", number + "/request_code", `{"language":"en_US"}`, 400, 100, "code_method is missing"},
		asked{"POST", number + "/request_code", `{"code_method":"PIGEON","language":"en_US"}`, 400, 100, "one of SMS, VOICE"},
		asked{"POST", number + "/request_code", `{"code_method":"VOICE"}`, 400, 100, "language is missing"},
		asked{"POST", number + "/request_code", `{"code_method":"VOICE","language":"English"}`, 400, 100, `language is \"English\"`},
		request,
		asked{"POST", number + "/verify_code", wrong, 400, 100, "not the one that was sent"},
	)
	late()
	ask(t, s,
		asked{"POST", number + "/verify_code", right, 400, 100, "more than 10 minutes ago"},
		request,
		asked{"POST", number + "/verify_code", right, 200, 0, `{"success":true}`},
		asked{"POST", number + "/verify_code", right, 400, 100, "code was not sent"}, // it is good once
		asked{"GET", number + "?fields=code_verification_status", "", 200, 0, `"VERIFIED"`},
		asked{"POST", number + "/register", register("123456"), 200, 0, ""},
	)
	if got := control("GET", ""); got["pin_set"] != true {
		t.Errorf("got %v", got)
	}
	if status, answer := controlCall(t, p, "PATCH", "number", `{"quality_rating":"PURPLE"}`); status != http.StatusBadRequest {
		t.Errorf("got %d %s", status, answer)
	}
}
