package notice_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/notice"
)

// bot keeps the webhooks that are signed.
type bot struct {
	t      *testing.T
	bodies []string
}

func (b *bot) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.Header.Get("X-Hub-Signature-256") != fakewa.Sign("secret", body) {
		b.t.Errorf("the signature is wrong: %s", body)
	}
	b.bodies = append(b.bodies, string(body))
}

// TestNoticesHaveMetasForm compares what the bot gets with the examples of Meta's reference
// of webhooks, and sends fields that bots of people who share a number with an app on a phone
// get (botpress/botpress#15098). The bubble begins on 2000-01-01 00:00 UTC.
func TestNoticesHaveMetasForm(t *testing.T) {
	rejected := "UNKNOWN"
	hello := `"message_template_id":ID,"message_template_language":"en_US","message_template_name":"hello_world"`
	for _, c := range []struct {
		n    notice.Notice
		want string // of the value, its keys in order
	}{
		{notice.AccountUpdate{}, `{"ban_info":{"waba_ban_date":"January 1, 2000","waba_ban_state":"DISABLE"},"event":"DISABLED_UPDATE"}`},
		{notice.AccountUpdate{Ban: &notice.Ban{State: "REINSTATE", Date: "April 17, 2025"}}, `{"ban_info":{"waba_ban_date":"April 17, 2025","waba_ban_state":"REINSTATE"},"event":"DISABLED_UPDATE"}`},
		{notice.AccountUpdate{Event: "ACCOUNT_DELETED"}, `{"event":"ACCOUNT_DELETED"}`},
		{notice.AccountUpdate{Event: "ACCOUNT_VIOLATION"}, `{"event":"ACCOUNT_VIOLATION","violation_info":{"violation_type":"ADULT"}}`},
		{notice.AccountUpdate{Event: "ACCOUNT_RESTRICTION"}, `{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"expiration":947289600,"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING"}]}`},
		{notice.AccountUpdate{Event: "PARTNER_ADDED"}, `{"event":"PARTNER_ADDED","waba_info":{"waba_id":"102290129340398"}}`},
		{notice.AccountUpdate{Event: "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE"}, `{"country":"US","event":"BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE"}`},
		{notice.AccountAlert{Description: "Well done."}, `{"alert_description":"Well done.","alert_severity":"INFORMATIONAL","alert_status":"NONE","alert_type":"OBA_APPROVED","entity_id":"102290129340398","entity_type":"WABA"}`},
		{notice.AccountReview{}, `{"decision":"APPROVED"}`},
		{notice.AccountReview{Decision: "REJECTED"}, `{"decision":"REJECTED"}`},
		{notice.Capability{}, `{"max_daily_conversations_per_business":"TIER_2K","max_phone_numbers_per_waba":25}`},
		{notice.Capability{MaxDaily: "TIER_250"}, `{"max_daily_conversations_per_business":"TIER_250","max_phone_numbers_per_business":2}`},
		{notice.NumberQuality{}, `{"display_phone_number":"15550783881","event":"THROUGHPUT_UPGRADE","max_daily_conversations_per_business":"TIER_UNLIMITED"}`},
		{notice.NumberQuality{Event: "DOWNGRADE", MaxDaily: "TIER_250", CurrentLimit: "TIER_250", OldLimit: "TIER_1K"}, `{"current_limit":"TIER_250","display_phone_number":"15550783881","event":"DOWNGRADE","max_daily_conversations_per_business":"TIER_250","old_limit":"TIER_1K"}`},
		{notice.NumberName{}, `{"decision":"APPROVED","display_phone_number":"15550783881","rejection_reason":null,"requested_verified_name":"Fake Business"}`},
		{notice.NumberName{Decision: "REJECTED"}, `{"decision":"REJECTED","display_phone_number":"15550783881","rejection_reason":"NAME_FORMAT_UNACCEPTABLE","requested_verified_name":"Fake Business"}`},
		{notice.NumberName{Decision: "REJECTED", Name: "X", Reason: &rejected}, `{"decision":"REJECTED","display_phone_number":"15550783881","rejection_reason":"UNKNOWN","requested_verified_name":"X"}`},
		{notice.Security{Requester: "1000"}, `{"display_phone_number":"15550783881","event":"PIN_CHANGED","requester":"1000"}`},
		{notice.TemplateQuality{}, `{` + hello + `,"new_quality_score":"YELLOW","previous_quality_score":"GREEN"}`},
		{notice.TemplateCategory{}, `{` + hello + `,"new_category":"MARKETING","previous_category":"UTILITY"}`},
		{notice.TemplateCategory{Correct: "MARKETING"}, `{"category_update_timestamp":946771200,"correct_category":"MARKETING",` + hello + `,"new_category":"UTILITY"}`},
		{notice.TemplateComponents{Template: notice.Template{Name: "hello_world"}}, `{"message_template_element":"This is a template to try things out with.","message_template_footer":"Fake Business",` + hello + `,"message_template_title":"Hello World"}`},
		{notice.Preference{User: "+1 650 555 1234", Detail: "Enough."}, `{"contacts":[{"profile":{"name":"Ana"},"user_id":"UID","wa_id":"16505551234"}],"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"user_preferences":[{"category":"marketing_messages","detail":"Enough.","timestamp":946684800,"user_id":"UID","value":"stop","wa_id":"16505551234"}]}`},
		{notice.Error{Code: 130429, Details: "Slowly."}, `{"errors":[{"code":130429,"error_data":{"details":"Slowly."},"href":"https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/","message":"Rate limit hit","title":"Rate limit hit"}],"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"}}`},
		{notice.Raw{Name: "smb_message_echoes", Value: map[string]any{"message_echoes": []any{map[string]string{"type": "text"}}}}, `{"message_echoes":[{"type":"text"}]}`},
		{notice.Raw{Name: "history", Value: json.RawMessage(`{"history":[{"metadata":{"phase":0,"progress":55}}]}`)}, `{"history":[{"metadata":{"phase":0,"progress":55}}]}`},
		{notice.Raw{Name: "smb_app_state_sync", Value: []int{1}}, `[1]`},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := &bot{t: t}
			s := fakewa.New(fakewa.Config{Webhook: b, Escaping: fakewa.EscapingNone})
			defer s.Close()
			ana := s.Phone("16505551234")
			ana.SetProfile(fakewa.Profile{Name: "Ana"})
			if _, err := ana.Say(t.Context(), "hi"); err != nil {
				t.Fatal(err)
			}
			if err := notice.Send(s, c.n); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			want := strings.NewReplacer("UID", s.Users()[0].UserID, "ID", s.Templates()[0].ID).Replace(c.want)
			time := `,"time":946684800`
			if c.n.Field() == "messages" { // Meta's have none
				time = ""
			}
			whole := `{"entry":[{"changes":[{"field":"` + c.n.Field() + `","value":` + want + `}],"id":"102290129340398"` + time + `}],"object":"whatsapp_business_account"}`
			if got := ordered(t, b.bodies[len(b.bodies)-1]); len(b.bodies) != 2 || got != whole {
				t.Errorf("%T: got\n%s\nwant\n%s", c.n, got, whole)
			}
			if d := s.Deliveries()[1]; d.Field != c.n.Field() || !slices.Equal(d.IDs, []string{c.n.Field()}) {
				t.Errorf("the log has %+v", d)
			}
		})
	}
}

// ordered writes JSON with its keys in order.
func ordered(t *testing.T, body string) string {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(body))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	again, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(again)
}

func TestNoticesOfUnknownValuesAreRefused(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{Webhook: &bot{t: t}})
	for want, n := range map[string]notice.Notice{
		`event is "X"; want one of ACCOUNT_DELETED`:     notice.AccountUpdate{Event: "X"},
		`waba_ban_state is "X"`:                         notice.AccountUpdate{Ban: &notice.Ban{State: "X"}},
		`alert_severity is "X"`:                         notice.AccountAlert{Severity: "X"},
		`decision is "X"`:                               notice.AccountReview{Decision: "X"},
		`code is missing`:                               notice.Error{},
		`the field is missing`:                          notice.Raw{Name: "", Value: 1},
		`max_daily_conversations_per_business is "X"`:   notice.Capability{MaxDaily: "X"},
		`notice: phone_number_quality_update: event is`: notice.NumberQuality{Event: "X"},
		`there is no template "nothing"`:                notice.TemplateQuality{Template: notice.Template{Name: "nothing"}},
		`new_quality_score is "X"`:                      notice.TemplateQuality{New: "X"},
		`correct_category is "X"`:                       notice.TemplateCategory{Correct: "X"},
		`user must be somebody`:                         notice.Preference{User: "16505551234"},
		`cannot be written as JSON`:                     notice.Raw{Name: "x", Value: func() {}},
		`the value is missing`:                          notice.Raw{Name: "x"},
	} {
		if err := notice.Send(s, n); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got %v, want %s", n, err, want)
		}
	}
	if _, err := notice.Ready("history", nil); err == nil || !strings.Contains(err.Error(), "account_alerts, account_review_update") {
		t.Errorf("got %v", err)
	}
	if err := notice.Send(fakewa.Test(t, fakewa.Config{}), notice.AccountReview{}); err == nil || !strings.Contains(err.Error(), "no webhook is set") {
		t.Errorf("without a webhook: %v", err)
	}
}

// TestEveryFieldIsReady makes the ready notice of each field from nothing.
func TestEveryFieldIsReady(t *testing.T) {
	b := &bot{t: t}
	s := fakewa.Test(t, fakewa.Config{Webhook: b})
	if _, err := s.Phone("16505551234").Say(t.Context(), "hi"); err != nil {
		t.Fatal(err)
	}
	fields := notice.Fields()
	for _, field := range fields {
		var with []byte
		if field == "user_preferences" {
			with = []byte(`{"user":"16505551234"}`)
		}
		n, err := notice.Ready(field, with)
		if err != nil {
			t.Fatal(err)
		}
		if err := notice.Send(s, n); err != nil {
			t.Errorf("%s: %v", field, err)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); len(s.Deliveries()) < len(fields)+1 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	var got []string
	for _, d := range s.Deliveries()[1:] {
		got = append(got, d.Field)
	}
	if !slices.Equal(got, fields) || len(fields) != 11 {
		t.Errorf("got %q, want %q", got, fields)
	}
}
