package fakewa_test

import (
	"testing"

	"wappasim/fakewa"
)

func TestWhatIsNotSimulatedIsRefusedWith501(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{})
	ask(t, s,
		asked{"POST", number + "/messages_encrypted", "{}", 501, 3, "POST /messages_encrypted"},
		asked{"POST", number + "/calls", `{"messaging_product":"whatsapp","action":"connect","recording":{}}`, 501, 3, "the field recording"},
		asked{"POST", number + "/settings", `{"calling":{"status":"ENABLED","sip":{}}}`, 501, 3, "the field calling.sip"},
		asked{"POST", number + "/settings", `{"payload_encryption":{"status":"disabled"}}`, 501, 3, "the field payload_encryption"},
		asked{"GET", number + "/message_qrdls/ABC", "", 501, 3, "message_qrdls"},
		asked{"GET", account + "/schedules", "", 501, 3, "GET /schedules"},
		asked{"POST", "670843887433847/permissions", "{}", 501, 3, "permissions"},
		asked{"POST", number + "/register", `{"messaging_product":"whatsapp","pin":"123456","backup":{}}`, 501, 3, "the field backup"},
		asked{"POST", number, `{"new_display_name":"X"}`, 501, 3, "new_display_name"},
		// what is no edge of that object is unknown to the real API too
		asked{"GET", account + "/calls", "", 400, 100, `"error_subcode":33`},
		asked{"GET", number + "/flows", "", 400, 100, `"error_subcode":33`},
		asked{"GET", number + "/nothing", "", 400, 100, `"error_subcode":33`},
		asked{"GET", number + "/register", "", 400, 100, `"error_subcode":33`},
		asked{"GET", "1/calls", "", 400, 100, `"error_subcode":33`},
	)
	if r := s.Requests()[0]; r.Status != 501 || r.Error == nil || r.Error.Code != 3 {
		t.Errorf("the log has %+v", r)
	}
}
