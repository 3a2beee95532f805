package fakewa_test

import (
	"strings"
	"testing"

	"wappasim/fakewa"
)

// TestEveryControlCallSucceeds also fails if a call of the document is missing here.
func TestEveryControlCallSucceeds(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.steps([]step{
		{"GET openapi.yaml", "", 200, "openapi: 3.0.3"},
		{"GET clock", "", 200, `{"now":"2026-01-05T09:00:00.000Z","scheduled":[]}`},
		{"POST clock", `{"advance":"1h"}`, 200, `{"now":"2026-01-05T10:00:00.000Z","scheduled":[]}`},
		{"POST clock", `{"to":"2026-01-05T10:00:00Z"}`, 200, `{"now":"2026-01-05T10:00:00.000Z","scheduled":[]}`},
		{"GET users", "", 200, `{"users":[]}`},
		{"GET users/1/messages", "", 200, `{"messages":[]}`},
		{"GET users/" + ana, "", 200, `"Test User"`},
		{"GET users", "", 200, `{"users":[]}`}, // reading a user does not create one
		{"PATCH users/" + ana, `{"name":"Ana","username":"ana"}`, 200, `{"name":"Ana","username":"ana","silent":false,"blocks":false,"wa_id":"","not_on_whatsapp":false}`},
		{"POST users/" + ana + "/messages", `{"type":"text","text":{"body":"hi <you>"}}`, 201, `"webhook":{"status":200,"body":""}`},
		{"GET users/%2B" + ana + "/messages", "", 200, `{"messages":[{"at":"2026-01-05T10:00:00.000Z","direction":"in","id":"$id","message":{"from_user_id":"US.15350878535718998914","id":"$id","text":{"body":"hi <you>"},"timestamp":"1767607200","type":"text"},"status":"delivered","type":"text","user":"+16505551234"}]}`},
		{"POST users/" + ana + "/react", `{"message_id":"$id","emoji":"👍"}`, 201, `"status":200`},
		{"POST /" + number + "/messages", buttons, 200, "wamid."},
		{"POST users/" + ana + "/tap", `{"choice":"y"}`, 201, `"status":200`},
		{"POST /" + number + "/messages", voice, 200, "wamid."},
		{"POST users/" + ana + "/read", "", 200, `{"success":true}`},
		{"POST users/" + ana + "/play", "", 200, `{"success":true}`},
		{"POST clock", `{"advance":"0s"}`, 200, ""},
		{"GET messages?direction=out&type=audio&status=played&user=%2B" + ana, "", 200, `"status":"played"`},
		{"GET messages?since=2026-01-05T10:00:01Z", "", 200, `{"messages":[]}`},
		{"GET messages?after=$id&type=interactive", "", 200, `{"messages":[]}`},
		{"GET messages?type=interactive&wait=5m", "", 200, "button_reply"},
		{"POST messages", `{"messages":[{"from":"1","type":"text","text":{"body":"one"}},{"from":"2","type":"text","text":{"body":"two"}}]}`, 201, `"ids":["wamid.`},
		{"POST messages", `{"messages":[{"from":"1","type":"text","text":{"body":"one"}}]}`, 201, `"ids":["wamid.`},
		{"GET users", "", 200, `"user":"+2"`},
		{"POST app/messages", `{"to":"2","type":"text","text":{"body":"I take over."}}`, 201, `{"id":"wamid.`},
		{"POST app/history", `{"chunk":2}`, 200, `{"success":true}`},
		{"POST app/contacts", `{"user":"2","name":"Ben"}`, 200, `{"success":true}`},
		{"POST users/2/messages", `{"type":"text","text":{"body":"two"}}`, 201, ""},
		{"POST users/2/edit", `{"message_id":"$id","words":"three"}`, 201, `"status":200`},
		{"POST users/2/messages", `{"type":"text","text":{"body":"four"}}`, 201, ""},
		{"POST users/2/delete", `{"message_id":"$id"}`, 201, `"status":200`},
		{"GET ", "", 200, `"interactive.flow"`},
		{"GET requests", "", 200, `"dropped":0`},
		{"GET requests?status=599", "", 200, `"requests":[]`},
		{"GET webhooks", "", 200, `"n":1`},
		{"POST webhooks/1/redeliver", "", 200, `{"webhook":{"status":200,"body":""}}`},
		{"GET report", "", 200, `"findings":[`},
		{"GET bill", "", 200, `{"lines":[{"category":"service","type":"free_customer_service","billable":false,"messages":2}],"billable":0,"free":2}`},
		{"GET notices", "", 200, `{"fields":["account_alerts","account_review_update","account_update",`},
		{"POST notices", `{"field":"account_update"}`, 200, `{"success":true}`},
		{"POST notices", `{"field":"phone_number_name_update","with":{"decision":"REJECTED"}}`, 200, `{"success":true}`},
		{"POST notices", `{"field":"user_preferences","with":{"user":"` + ana + `","value":"resume"}}`, 200, `{"success":true}`},
		{"POST notices", `{"field":"history","value":{"history":[{"metadata":{"phase":0}}]}}`, 200, `{"success":true}`},
		{"POST clock", `{"advance":"0s"}`, 200, ""},
		{"GET webhooks", "", 200, `"body":{"entry":[{"changes":[{"field":"history","value":{"history":[{"metadata":{"phase":0}}]}}],"id":"102290129340398","time":1767607200}],"object":"whatsapp_business_account"}`},
		{"GET webhooks", "", 200, `"rejection_reason":"NAME_FORMAT_UNACCEPTABLE"`},
		{"GET webhooks", "", 200, `"value":"resume"`},
		{"POST errors", `{"code":130429,"details":"Too much."}`, 200, `{"success":true}`},
		{"POST /" + number + "/settings", `{"calling":{"status":"ENABLED"}}`, 200, `{"success":true}`},
		{"POST users/2/call", "", 201, `{"id":"wacid.`},
		{"POST calls/2", `{"action":"hang_up"}`, 200, `{"success":true}`},
		{"GET calls", "", 200, `"state":"over"`},
		{"POST users/2/call_permission", `{"response":"accept","is_permanent":true}`, 201, `"status":200`},
		{"POST /" + number + "/calls", `{"messaging_product":"whatsapp","to":"2","action":"connect","session":{"sdp_type":"offer","sdp":"v=0"}}`, 200, "wacid."},
		{"POST calls/2", `{"action":"pick_up"}`, 200, `{"success":true}`},
		{"POST groups", `{"subject":"Trip"}`, 201, `"members":[]`},
		{"POST groups/Trip/members", `{"user":"2"}`, 200, `{"success":true}`},
		{"POST groups/Trip/messages", `{"from":"2","type":"text","text":{"body":"hi, all"}}`, 201, `"status":200`},
		{"PATCH groups/Trip", `{"suspended":true}`, 200, `"suspended":true`},
		{"DELETE groups/Trip/members/2", "", 200, `{"success":true}`},
		{"GET groups", "", 200, `"subject":"Trip"`},
		{"GET webhook", "", 200, "/webhook"},
		{"PUT webhook", `{"url":""}`, 200, `{"success":true}`},
		{"POST users/1/messages", `{"type":"text","text":{"body":"hi"}}`, 201, `"status":0`},
		{"PUT webhook", `{"url":"$bot/other"}`, 200, `{"success":true}`},
		{"GET webhook", "", 200, "/other"},
		{"GET number", "", 200, `"quality_rating":"GREEN"`},
		{"PATCH number", `{"quality_rating":"RED"}`, 200, `"quality_rating":"RED"`},
		{"GET templates", "", 200, "hello_world"},
		{"POST templates/hello_world", `{"status":"PAUSED"}`, 200, `{"success":true}`},
		{"POST templates/hello_world", `{"status":"APPROVED","quality":"YELLOW"}`, 200, `{"success":true}`},
		{"GET life", "", 200, `"quality":"YELLOW","pauses":0,"held":0}]`},
		{"POST templates", `{"name":"order","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"It is ready."}]}`, 201, `"id":`},
		{"PATCH life", `{"messaging_limit_tier":"TIER_2K"}`, 200, `{"messaging_limit_tier":"TIER_2K","users":0,`},
		{"POST users/" + ana + "/report", "", 200, `{"success":true}`},
		{"POST users/" + ana + "/preference", `{"marketing":"stop"}`, 200, `{"success":true}`},
		{"GET life", "", 200, `"stopped":["+16505551234"]`},
		{"POST users/" + ana + "/preference", `{"marketing":"resume"}`, 200, `{"success":true}`},
		{"POST faults", `{"endpoint":"media","user":"1","type":"text","every":2,"probability":0.5,"times":3,"delay":"1m30s","code":131016,"lost":true,"duplicate":true}`, 201, `{"id":1}`},
		{"POST faults", `{"silent":true}`, 201, `{"id":2}`},
		{"POST faults", `{"fails":131026}`, 201, `{"id":3}`},
		{"DELETE faults/2", "", 200, `{"success":true}`},
		{"POST /" + number + "/messages", hi, 200, "wamid."},
		{"GET faults", "", 200, `"delay":"1m30s"`},
		{"GET state", "", 200, `"seed":0`},
		{"DELETE faults", "", 200, `{"success":true}`},
		{"GET faults", "", 200, `{"faults":[]}`},
		{"POST businesses", `{"business_id":"1","phone_number_id":"2","webhook":"$bot/second","redeliver":"1h","life":{"pauses":["1h"],"pace_hold":"10m","tier":"TIER_250"}}`, 201, `"business_id":"1"`},
		{"GET businesses", "", 200, `"phone_number_id":"2"`},
		{"GET businesses/2/state", "", 200, `"conversations":{}`},
		{"DELETE businesses/1", "", 200, `{"success":true}`},
		{"POST clock", `{"advance":"0s"}`, 200, ""},
	})
	c.readMedia()
	c.readEvents()
	c.steps([]step{
		{"POST reset", `{"seed":7}`, 200, `{"success":true}`},
		{"GET state", "", 200, `"seed":7,"users":[]`},
	})
	c.fillFlows()
	doc, err := controlDocument()
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			if _, ok := c.called.Load(method + " " + path); !ok {
				t.Errorf("%s %s was never called", method, path)
			}
		}
	}
}

func TestWrongControlCallsAreRefused(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.say("16505550000", "hi")
	c.steps([]step{
		{"GET nothing", "", 404, "unknown endpoint GET /_fakewa/nothing"},
		{"GET users/1/edit", "", 404, "unknown endpoint GET /_fakewa/users/1/edit, but this path has POST; GET"},
		{"PUT users/1", "", 404, "but this path has GET and PATCH; GET"},
		{"GET businesses/9/users", "", 404, "no business has the id"},
		{"POST app/messages", `{"user":"1","type":"text","text":{"body":"hi"}}`, 400, "to is missing: want a body like"},
		{"POST app/contacts", `{"name":"Ana"}`, 400, "user is missing: want a body like"},
		{"DELETE businesses/9", "", 404, "no business has the id"},
		{"DELETE businesses/" + number, "", 400, "is the first business"},
		{"POST businesses", `{"business_id":"1"}`, 400, number},
		{"POST businesses", `{"business_id":"1","phone_number_id":"{}"}`, 400, "PhoneNumberID"},
		{"POST businesses", `{"business_id":"1","phone_number_id":"1"}`, 400, "both"},
		{"POST businesses", `{"business_id":"1","phone_number_id":"670843887433847"}`, 400, "is taken"},
		{"POST businesses", `{"business_id":"1","phone_number_id":"2","throttle_status":7}`, 400, "ThrottleStatus is 7; want one of 400, 429"},
		{"POST businesses", `{"business_id":"1","phone_number_id":"2","no_template_status":7}`, 400, "NoTemplate is 7"},
		{"POST businesses", `{"business_id":"1","phone_number_id":"2","parallel":1000000000000}`, 400, "Parallel"},
		{"POST businesses", `{"business_id":"1","phone_number_id":"2","redeliver":"-1s"}`, 400, "Redeliver"},
		{"POST businesses", `{"business_id":"1","phone_number_id":"2","window":"open"}`, 400, `Window is \"open\"; want one of \"\", \"refuses\", \"off\"`},
		{"POST clock", `{"advance":"-1s"}`, 400, "the time is negative"},
		{"POST clock", `{"advance":"2000000h"}`, 400, "is too long"},
		{"POST clock", `{"advance":"soon"}`, 400, `is not a time like 36h`},
		{"POST clock", `{"advance":3}`, 400, `field \"advance\": want a string, got number`},
		{"POST clock", ``, 400, `want either advance or to`},
		{"POST clock", `{"to":"soon"}`, 400, `\"to\" is \"soon\": want a time`},
		{"POST clock", `{"to":"next"}`, 409, "nothing is"},
		{"POST clock", `{"to":"2026-01-01T00:00:00Z"}`, 400, "the time is negative"},
		{"GET requests?verdict=no", "", 400, "unknown parameter"},
		{"GET messages?user=bob", "", 400, "neither a phone number"},
		{"GET messages?after=wamid.x", "", 400, "want the id of a message that the fake keeps"},
		{"POST users/1/react", `{"message_id":"wamid.x","emoji":"👍"}`, 400, "has no message"},
		{"POST users/1/messages", `{"type":"imagee"}`, 400, `and no \"imagee\"`},
		{"POST businesses", `{"business_id":"11","phone_number_id":"12","webhook":"nonsense"}`, 400, "want a URL like"},
		{"POST users/1/call", "", 400, "takes no calls"},
		{"POST users/bob/call", "", 400, "neither a phone number"},
		{"POST calls/1", `{"action":"hang_up"}`, 404, "there is no call"},
		{"POST users/1/call_permission", `{"response":"maybe"}`, 400, "want accept or reject"},
		{"POST users/1/call_permission", `{"response":"reject"}`, 400, "has not asked"},
		{"POST groups", `{}`, 400, "want a subject"},
		{"PATCH groups/Trip", `{"suspended":true}`, 404, "there is no group"},
		{"POST groups", `{"subject":"Trip"}`, 201, "Trip"},
		{"POST groups/Trip/members", `{"user":"bob"}`, 400, "neither a phone number"},
		{"POST groups/Trip/members", `{}`, 400, "user is missing: want a body like"},
		{"POST groups/Trip/messages", `{"type":"text","text":{"body":"hi"}}`, 400, "from is missing: want a body like"},
		{"DELETE groups/Trip/members/1", "", 400, "is no member"},
		{"POST groups/Trip/messages", `{"from":"1","type":"text","text":{"body":"hi"}}`, 400, "is no member"},
		{"POST notices", `{}`, 400, "field is missing"},
		{"POST notices", `{"field":"history"}`, 400, "there is no ready notice of"},
		{"POST notices", `{"field":"history","value":null}`, 400, "the value is missing"},
		{"POST notices", `{"field":"account_update","value":{},"with":{}}`, 400, "want either value or with"},
		{"POST notices", `{"field":"account_update","with":{"even":"X"}}`, 400, `unknown field \"even\"; it has event, ban_info, `},
		{"POST notices", `{"field":"account_update","with":{"event":"X"}}`, 400, "want one of ACCOUNT_DELETED"},
		{"POST notices", `{"field":"account_update","with":7}`, 400, "read the fields of account_update"},
		{"POST faults", `{"endpoint":"mesages","lost":true}`, 400, "endpoint is"},
		{"POST faults", `{"user":"bob","lost":true}`, 400, "neither a phone number"},
		{"POST faults", `{"code":99999}`, 400, "neither a code"},
		{"POST faults", `{"fails":99}`, 400, "no code of Meta's"},
		{"POST clock", `{"back":"1h"}`, 400, `unknown field \"back\"`},
		{"POST clock", `{"advance":"1h"}}`, 400, "more than one JSON value"},
		{"POST clock", `{"advance":"1h"} {}`, 400, "more than one JSON value"},
		{"POST clock", strings.Repeat(" ", 1<<20+1), 413, "larger than 1048576 bytes"},
		{"PATCH users/1", `{"nickname":"A"}`, 400, `unknown field \"nickname\"`},
		{"PATCH users/1", `{"name":`, 400, "want a body like"},
		{"PATCH users/Ana", `{}`, 400, `\"Ana\" is neither`},
		{"GET users/+", "", 400, `\"+\" is neither`},
		{"GET users/Ana/messages", "", 400, `\"Ana\" is neither`},
		{"POST users/Ana/read", "", 400, `\"Ana\" is neither`},
		{"POST users/Ana/play", "", 400, `\"Ana\" is neither`},
		{"POST users/Ana/tap", `{"choice":"x"}`, 400, `\"Ana\" is neither`},
		{"POST users/Ana/messages", `{"type":"a","a":1}`, 400, `\"Ana\" is neither`},
		{"POST users/1/messages", "", 400, "the message has no type"},
		{"POST users/1/messages", "[]", 400, "want a body like"},
		{"POST users/1/messages", "{}", 400, "the message has no type"},
		{"POST users/1/messages", `{"type":"text"}`, 400, "the text has no body"},
		{"POST users/1/tap", `{}`, 400, "choice is missing"},
		{"POST users/1/react", `{}`, 400, "message_id is missing"},
		{"POST app/messages", `{"to":"1","type":"edit","edit":{"id":"wamid.x","text":"two"}}`, 400, `\"original_message_id\":\"wamid.…\"`},
		{"POST users/1/messages", `{"type":"revoke","revoke":{}}`, 400, "does not say of which message"},
		{"POST users/1/messages", `{"type":"edit","edit":{"original_message_id":"wamid.x","text":"two"}}`, 400, "the edit has no message"},
		{"POST app/messages", `{"to":"bob","type":"text","text":{"body":"hi"}}`, 400, `\"bob\" is neither`},
		{"POST app/messages", `{"to":"1","type":"text"}`, 400, "the text has no body"},
		{"POST app/history", `{"chunk":-1}`, 400, "want at least 1"},
		{"POST app/contacts", `{"user":"bob"}`, 400, "neither a phone number"},
		{"POST users/1/edit", `{"words":"two"}`, 400, "message_id is missing"},
		{"POST users/1/edit", `{"message_id":"wamid.x","words":"two"}`, 400, "sent no message"},
		{"POST users/1/delete", `{"message_id":"wamid.x"}`, 400, "sent no message"},
		{"POST users/Ana/delete", `{"message_id":"wamid.x"}`, 400, `\"Ana\" is neither`},
		{"POST messages", `{"messages":[]}`, 400, "there are no messages"},
		{"POST messages", `{"messages":[{"type":"text","text":{"body":"x"}}]}`, 400, `\"\" is neither`},
		{"GET messages?since=now", "", 400, `since is \"now\"`},
		{"GET messages?wait=6m", "", 400, `wait is \"6m\"`},
		{"GET messages?wait=0s", "", 400, `wait is \"0s\"`},
		{"GET messages?direction=up", "", 400, `direction is \"up\"`},
		{"GET messages?status=gone", "", 400, `status is \"gone\"`},
		{"GET messages?usr=1", "", 400, `unknown parameter \"usr\"`},
		{"POST webhooks/x/redeliver", "", 400, "is not the number of a delivery attempt"},
		{"POST webhooks/99/redeliver", "", 404, "no delivery attempt 99"},
		{"POST errors", `{}`, 400, "code is missing"},
		{"PUT webhook", `{"url":"nowhere"}`, 400, `\"nowhere\" is not a URL`},
		{"PUT webhook", `{"url":"$bot/","verify_token":"wrong"}`, 400, "got 403"},
		{"PATCH number", `{"quality_rating":"BLUE"}`, 400, "BLUE"},
		{"POST templates/none", `{"status":"PAUSED"}`, 404, "no template has this id or name"},
		{"POST templates/hello_world", `{"quality":"BLUE"}`, 400, "want one of GREEN"},
		{"PATCH life", `{"messaging_limit_tier":"TIER_3"}`, 400, "want one of TIER_100K"},
		{"PATCH life", `{}`, 400, "messaging_limit_tier is missing"},
		{"POST users/777/report", "", 400, "somebody who has written"},
		{"POST users/777/preference", `{"marketing":"sometimes"}`, 400, "want stop or resume"},
		{"POST businesses", `{"business_id":"3","phone_number_id":"4","life":{"pauses":["soon"]}}`, 400, "is not a time"},
		{"POST businesses", `{"business_id":"3","phone_number_id":"4","life":{"tier":"TIER_3"}}`, 400, "want one of TIER_100K"},
		{"POST templates/hello_world", `{"status":"GREAT"}`, 400, "GREAT"},
		{"POST faults", `{}`, 400, "it does nothing"},
		{"POST faults", `{"delay":5}`, 400, `field \"delay\": want a string, got number`},
		{"POST faults", `{"code":1,"every":-1}`, 400, "is negative"},
		{"POST faults", `{"code":1,"probability":2}`, 400, "from 0 to 1"},
		{"POST faults", `{"endpoint":"webhook","code":1}`, 400, "a webhook can"},
		{"POST faults", `{"colour":1}`, 400, `unknown field \"colour\"`},
		{"DELETE faults/9", "", 404, "no fault has the id"},
		{"DELETE faults/x", "", 404, "no fault has the id"},
		{"POST reset", `{"seed":-1}`, 400, `field \"seed\": want a whole number from 0 on, got number -1`},
	})
	doc, err := controlDocument()
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range doc.Paths.Map() {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			if item.GetOperation(method) == nil {
				if status, answer := c.do(method+" "+path[1:], ""); status != 404 || !strings.Contains(answer, "unknown endpoint "+method) {
					t.Errorf("%s %s: got %d %s", method, path, status, answer)
				}
			}
		}
	}
}

func TestMissingBotIsReported(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.webhook.Close()
	c.steps([]step{{"POST users/1/messages", `{"type":"text","text":{"body":"hi"}}`, 201, "refused"}})
}

func TestFailedHandshakeHidesTheToken(t *testing.T) {
	c := controlFake(t, fakewa.Config{})
	c.webhook.Close()
	if status, answer := c.do("PUT webhook", `{"url":"`+c.webhook.URL+`","verify_token":"hush"}`); status != 400 || strings.Contains(answer, "hush") {
		t.Errorf("got %d %s", status, answer)
	}
}
