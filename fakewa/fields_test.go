package fakewa_test

import (
	"net/http"
	"strings"
	"testing"

	"wappasim/fakewa"
	"wappasim/fakewa/control"
)

// TestEachFieldHasAValueOrIsRefusedWith501 asks for the fields that published clients in
// Python ask for (david-lev/pywa), and some that Meta's OpenAPI file has besides
// (WhatsAppAccountNumber). Graph leaves a field without a value out.
func TestEachFieldHasAValueOrIsRefusedWith501(t *testing.T) {
	s := still(t, fakewa.Config{})
	hello := s.Templates()[0].ID
	ask(t, s,
		// of the number: pywa's get_business_phone_number asks for them in one call
		asked{"GET", number + "?fields=id,verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput,webhook_configuration,is_official_business_account,account_mode,certificate,name_status,new_certificate,new_name_status,conversational_automation,messaging_limit_tier,health_status,quality_score,is_pin_enabled,is_preverified_number,last_onboarded_time,search_visibility,status", "", 200, 0,
			`"account_mode":"LIVE"`},
		asked{"GET", number + "?fields=is_official_business_account,messaging_limit_tier,quality_score", "", 200, 0, `{"id":"106540352242922","is_official_business_account":false,"messaging_limit_tier":"TIER_UNLIMITED","quality_score":{"score":"GREEN"}}`},
		asked{"GET", number + "?fields=conversational_automation,certificate", "", 200, 0, `{"id":"106540352242922"}`},
		asked{"GET", number + "?fields=health_status", "", 200, 0, `"can_send_message":"AVAILABLE","entities":[{"can_send_message":"AVAILABLE","entity_type":"PHONE_NUMBER","id":"106540352242922"},{"can_send_message":"AVAILABLE","entity_type":"WABA"`},
		asked{"GET", number + "?fields=throughput{level},health_status{can_send_message,entities{id}},name_status", "", 200, 0, `"throughput":{"level":"STANDARD"}`},
		asked{"GET", number + "?fields=country_code", "", 501, 3, "the field country_code"},
		asked{"GET", number + "?fields=nothing", "", 400, 100, `"message":"(#100) Tried accessing nonexisting field (nothing) on node type (WhatsAppBusinessPhoneNumber)","type":"OAuthException"`}, // seen by many
		asked{"GET", number + "?fields=throughput{level},nothing{id}", "", 400, 100, "nonexisting field (nothing) on node"},
		asked{"GET", number + "?fields=id,,status", "", 400, 2500, `Syntax error \"Expected name.\" at character 3: id,,status`},                              // [?]
		asked{"GET", number + "?fields=throughput{level", "", 400, 2500, `Syntax error \"Expected \"}\" before the end.\" at character 16: throughput{level`}, // [?]
		asked{"GET", number + "?fields=", "", 200, 0, "verified_name"},
		asked{"GET", account + "/phone_numbers?fields=account_mode,health_status", "", 200, 0, `{"data":[{"account_mode":"LIVE"`},

		// of the account
		asked{"GET", account + "?fields=status,creation_time", "", 200, 0, `{"creation_time":1767603600,"id":"102290129340398","status":"ACTIVE"}`},
		asked{"GET", account + "?fields=owner_business_info", "", 200, 0, `"owner_business_info":{"id":"`},
		asked{"GET", account + "?fields=health_status", "", 200, 0, `"entities":[{"can_send_message":"AVAILABLE","entity_type":"WABA","id":"102290129340398"},{"can_send_message":"AVAILABLE","entity_type":"BUSINESS"`},
		asked{"GET", account + "?fields=message_templates.limit(2){id,name}", "", 501, 3, "the field message_templates"},
		asked{"GET", account + "?fields=display_phone_number", "", 400, 100, "(#100) Tried accessing nonexisting field (display_phone_number) on node type (WhatsAppBusinessAccount)"},

		// of templates
		asked{"GET", account + "/message_templates?fields=message_send_ttl_seconds,quality_score,rejected_reason,previous_category,library_template_name", "", 200, 0, `{"data":[{"id":"` + hello + `","message_send_ttl_seconds":2592000,"quality_score":{"date":1767603600,"score":"UNKNOWN"},"rejected_reason":"NONE"}]`},
		asked{"GET", hello + "?fields=name,rejected_reason", "", 200, 0, `"rejected_reason":"NONE"`},
		asked{"GET", hello + "?fields=bid_spec", "", 501, 3, "bid_spec"},
		asked{"GET", hello + "?fields=nothing", "", 400, 100, "nonexisting field (nothing)"},
		asked{"POST", account + "/message_templates", `{"name":"quick","language":"en","category":"UTILITY","message_send_ttl_seconds":120,"components":[{"type":"BODY","text":"Hi."}]}`, 200, 0, ""},
		asked{"GET", account + "/message_templates?name=quick&fields=message_send_ttl_seconds", "", 200, 0, `"message_send_ttl_seconds":120`},
	)
	if err := s.SetTemplateStatus("quick", "en", "REJECTED", "SCAM"); err != nil {
		t.Fatal(err)
	}
	ask(t, s,
		asked{"GET", account + "/message_templates?name=quick&fields=rejected_reason,status", "", 200, 0, `"rejected_reason":"SCAM","status":"REJECTED"`},
		asked{"POST", s.Templates()[1].ID, `{"components":[{"type":"BODY","text":"Hello."}]}`, 200, 0, ""},
		asked{"GET", account + "/message_templates?name=quick&fields=rejected_reason,message_send_ttl_seconds", "", 200, 0, `"message_send_ttl_seconds":120,"rejected_reason":"NONE"`},
		asked{"POST", number + "/deregister", "", 200, 0, ""},
		asked{"GET", number + "?fields=health_status", "", 200, 0, `"health_status":{"can_send_message":"BLOCKED","entities":[{"can_send_message":"BLOCKED","entity_type":"PHONE_NUMBER","errors":[{"error_code":133010`},
	)
	ask(t, fakewa.Test(t, fakewa.Config{Recipients: []string{"16505551234"}}), asked{"GET", number + "?fields=account_mode", "", 200, 0, `"account_mode":"SANDBOX"`})
	if status, answer := call(t, s, "GET", "/"+number, "Bearer any", ""); status != 200 || strings.Contains(answer, "health_status") {
		t.Errorf("a call that names no fields gets the usual ones: %d %s", status, answer)
	}
}

// TestSlashesTooManyAreIgnored makes calls as pywa does, which sets a callback at /{phone}/,
// and as clients do whose base URL ends with a slash [?].
func TestSlashesTooManyAreIgnored(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{})
	ask(t, s,
		asked{"GET", number + "/", "", 200, 0, `"id":"106540352242922"`},
		asked{"POST", number + "/messages/", `{"messaging_product":"whatsapp","to":"16505551234","type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}}`, 200, 0, "wamid."},
		asked{"POST", number + "/", `{"webhook_configuration":{"override_callback_uri":""}}`, 200, 0, `{"success":true}`},
		asked{"GET", account + "/message_templates/?fields=name", "", 200, 0, "hello_world"},
		asked{"GET", "/" + number, "", 200, 0, `"id":"106540352242922"`},
		asked{"POST", number + "//messages//", `{"messaging_product":"whatsapp","to":"16505551234","type":"template","template":{"name":"hello_world","language":{"code":"en_US"}}}`, 200, 0, "wamid."},
		asked{"GET", "nothing/", "", 400, 100, `Object with ID 'nothing' does not exist`},
	)
	p, err := fakewa.NewPlatform(fakewa.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := p.Add(fakewa.Config{BusinessID: "1", PhoneNumberID: "2"}); err != nil {
		t.Fatal(err)
	}
	for _, handler := range []http.Handler{p, control.Handler(p)} {
		for _, path := range []string{"/2/", "//v23.0//2", "/v23.0/2//"} {
			if a := request(t, &http.Client{Transport: fakewa.InProcess(handler)}, "GET", "https://graph.facebook.com"+path, "", "Authorization", "Bearer any"); a.status != 200 {
				t.Errorf("a platform: %s: got %+v", path, a)
			}
		}
	}
}
