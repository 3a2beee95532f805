package call_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/call"
	"wappasim/fakewa/internal/graphtest"
)

const (
	ana     = "+16505551234"
	answer  = `"session":{"sdp_type":"answer","sdp":"v=0 mine"}`
	offer   = `"session":{"sdp_type":"offer","sdp":"v=0 mine"}`
	request = `{"messaging_product":"whatsapp","to":"16505551234","type":"interactive","interactive":{"type":"call_permission_request","body":{"text":"May we call?"},"action":{"name":"call_permission_request"}}}`
)

func newBot(t *testing.T) *graphtest.Bot {
	b := graphtest.New(t, fakewa.Config{})
	b.Fake.Calls.Enable(true)
	return b
}

func action(what, id, more string) string {
	return strings.TrimSuffix(`{"messaging_product":"whatsapp","action":"`+what+`","call_id":"`+id+`",`+more, ",") + "}"
}

func dials(b *graphtest.Bot) (id string) {
	b.Helper()
	id, err := b.Fake.Calls.Dial(ana)
	b.Is(err, "")
	b.Hears(`calls …"event":"connect"…"direction":"USER_INITIATED"…"from":"16505551234"…"to":"15550783881"…"sdp_type":"offer"…"name":"Test User"…"id":"` + id)
	return id
}

// allowed lets the business call.
func allowed(b *graphtest.Bot, permanent bool) {
	b.Helper()
	reply, err := b.Fake.Calls.Allow(ana, permanent)
	b.Is(err, "")
	_, err = b.Fake.Phone(ana).Send(context.Background(), reply)
	b.Is(err, "")
	b.Hears(`messages …"type":"call_permission_reply"…"response":"accept"`)
}

func calls(b *graphtest.Bot) call.Call {
	b.Helper()
	b.Asks("POST", "~/calls", `{"messaging_product":"whatsapp","to":"16505551234","action":"connect",`+offer+`,"biz_opaque_callback_data":"mine"}`, 200, `"calls":[{"id":"wacid.`)
	c, _ := b.Fake.Calls.Find(ana)
	b.Hears(
		`calls …"event":"connect"…"direction":"BUSINESS_INITIATED"…"from":"15550783881"…"to":"16505551234"…"sdp_type":"answer"…"id":"`+c.ID,
		`calls …"status":"RINGING"…"type":"call"…"recipient_id":"16505551234"…"biz_opaque_callback_data":"mine"`,
	)
	return c
}

func TestAUserCallsAndTheBotAnswers(t *testing.T) {
	b := newBot(t)
	id := dials(b)
	b.Asks("POST", "~/calls", action("pre_accept", id, answer), 200, `"success":true`)
	b.Asks("POST", "~/calls", action("accept", id, strings.Replace(answer, "mine", "other", 1)), 400, "another than that of pre_accept")
	b.Pass(5 * time.Second)
	b.Asks("POST", "~/calls", action("accept", id, answer+`,"biz_opaque_callback_data":"ours"`), 200, `"success":true`)
	b.Asks("POST", "~/calls", action("accept", id, answer), 400, "this one is live")
	b.Pass(10 * time.Minute) // the ringing does not end it
	b.Hears()
	b.Asks("POST", "~/calls", action("terminate", id, ""), 200, `"success":true`)
	b.Hears(`calls …"event":"terminate"…"status":"COMPLETED"…"start_time":"1767603605"…"end_time":"1767604205"…"duration":600…"biz_opaque_callback_data":"ours"`)
	b.Asks("POST", "~/calls", action("terminate", id, ""), 400, "the call is over")
	c, found := b.Fake.Calls.Find(id)
	if !found || c.State != call.Over || c.Answer != "v=0 mine" || !strings.Contains(c.Offer, "v=0") || c.User != ana {
		t.Errorf("the call is %+v", c)
	}
}

func TestACallThatNobodyAnswersEnds(t *testing.T) {
	b := newBot(t)
	dials(b)
	b.Pass(29 * time.Second)
	b.Hears()
	b.Pass(31 * time.Second)
	b.Hears(`calls …"event":"terminate"…"status":"COMPLETED"`)
	if c, _ := b.Fake.Calls.Find(ana); !c.Answered.IsZero() || c.Ended.Sub(c.Began) < 30*time.Second {
		t.Errorf("the call is %+v", c)
	}
}

func TestAUserOrTheBotHangsUp(t *testing.T) {
	b := newBot(t)
	id := dials(b)
	_, err := b.Fake.Calls.Dial(ana)
	b.Is(err, "goes on")
	b.Is(b.Fake.Calls.PickUp(id), "it was +16505551234 who called")
	b.Is(b.Fake.Calls.HangUp(ana), "")
	b.Hears(`"event":"terminate"`)
	b.Is(b.Fake.Calls.HangUp(ana), "is over")
	id = dials(b)
	b.Asks("POST", "~/calls", action("reject", id, ""), 200, `"success":true`)
	b.Hears(`"event":"terminate"`)
	id = dials(b)
	b.Asks("POST", "~/calls", `{"messaging_product":"whatsapp","to":"16505551234","action":"accept",`+answer+`}`, 200, `"success":true`) // as the OpenAPI file has it
	b.Is(b.Fake.Calls.HangUp(id), "")
	b.Hears(`"event":"terminate"…"duration":0`)
	if len(b.Fake.Calls.All()) != 3 {
		t.Errorf("there are %d calls", len(b.Fake.Calls.All()))
	}
}

func TestCallsAreRefused(t *testing.T) {
	b := graphtest.New(t, fakewa.Config{NotOnWhatsApp: []string{"+16505550000"}})
	_, err := b.Fake.Calls.Dial(ana)
	b.Is(err, "takes no calls")
	connect := `{"messaging_product":"whatsapp","to":"16505551234","action":"connect",` + offer + `}`
	b.Asks("POST", "~/calls", connect, 401, `"code":138000`)
	b.Asks("GET", "~/call_permissions?user_wa_id=16505551234", "", 401, `"code":138000`)
	b.Asks("POST", "~/messages", request, 401, `"code":138000`)
	b.Asks("POST", "~/settings", `{"calling":{"status":"enabled"}}`, 200, `"success":true`)
	b.Asks("POST", "~/calls", connect, 401, `"code":138006`)
	b.Asks("POST", "~/calls", strings.Replace(connect, "1234", "0000", 1), 400, `"code":138001`)
	for body, has := range map[string]string{
		`{"messaging_product":"whatsapp","to":"1","action":"ring"}`:                                                                                "action is",
		`{"messaging_product":"whatsapp","action":"connect",` + offer + `}`:                                                                        "to is missing",
		`{"messaging_product":"whatsapp","to":"1","action":"connect"}`:                                                                             "session is missing",
		`{"messaging_product":"whatsapp","to":"1","action":"connect",` + answer + `}`:                                                              "sdp_type",
		`{"messaging_product":"whatsapp","action":"terminate"}`:                                                                                    "call_id is missing",
		`{"messaging_product":"whatsapp","action":"accept","call_id":"wacid.x",` + answer + `}`:                                                    "there is no such call",
		`{"messaging_product":"whatsapp","to":"1","action":"connect","biz_opaque_callback_data":"` + strings.Repeat("x", 513) + `",` + offer + `}`: "512 are allowed",
	} {
		b.Asks("POST", "~/calls", body, 400, `"code":100`+"…"+has)
	}
	b.Asks("POST", "~/calls", strings.TrimSuffix(connect, "}")+`,"connection":{}}`, 501, "the field connection")
	b.Is(b.Fake.Calls.PickUp("wacid.x"), "there is no call")
	b.Is(b.Fake.Calls.HangUp(ana), "there is no call")
}

func TestTheBusinessCallsAUser(t *testing.T) {
	b := newBot(t)
	allowed(b, false)
	c := calls(b)
	b.Asks("POST", "~/calls", `{"messaging_product":"whatsapp","to":"16505551234","action":"connect",`+offer+`}`, 400, `"code":138003`)
	b.Asks("POST", "~/calls", action("accept", c.ID, answer), 400, "begun by the business")
	b.Is(b.Fake.Calls.HangUp(c.ID), "has not picked up")
	b.Is(b.Fake.Calls.PickUp(c.ID), "")
	b.Hears(`calls …"status":"ACCEPTED"`)
	b.Is(b.Fake.Calls.PickUp(c.ID), "is live")
	b.Pass(2 * time.Minute)
	b.Is(b.Fake.Calls.HangUp(c.ID), "")
	b.Hears(`calls …"event":"terminate"…"duration":120…"biz_opaque_callback_data":"mine"`)
	c = calls(b)
	b.Is(b.Fake.Calls.Decline(c.ID), "")
	b.Hears(`calls …"status":"REJECTED"`, `calls …"event":"terminate"…"status":"COMPLETED"`)
	b.Fake.Phone(ana).SetProfile(fakewa.Profile{Name: "Ana", Silent: true})
	b.Asks("POST", "~/calls", `{"messaging_product":"whatsapp","recipient":"`+c.User+`","action":"connect",`+offer+`}`, 200, "wacid.")
	b.Hears(`calls …"event":"connect"`) // it does not ring
	b.Pass(time.Minute)
	b.Hears(`calls …"event":"terminate"`)
}

// TestPermissionIsAskedForWithinLimits follows Meta's page: one request in 24 hours and two in 7
// days, which a call that was answered resets; a permission lasts 7 days.
func TestPermissionIsAskedForWithinLimits(t *testing.T) {
	b := newBot(t)
	if _, err := b.Fake.Phone(ana).Say(context.Background(), "hi"); err != nil {
		t.Fatal(err)
	}
	asks := func(status int, has string) {
		t.Helper()
		b.Asks("POST", "~/messages", request, status, has)
	}
	may := func(has string) {
		t.Helper()
		b.Asks("GET", "~/call_permissions?user_wa_id=%2B1%20650%20555%201234", "", 200, has)
	}
	_, err := b.Fake.Calls.Refuse(ana)
	b.Is(err, "has not asked")
	may(`"can_perform_action":true,"limits":[{"current_usage":0,"max_allowed":1,"time_period":"PT24H"},{"current_usage":0,"max_allowed":2,"time_period":"P7D"}]…"status":"no_permission"`)
	asks(200, "wamid.")
	asked := b.Fake.Sent()[0].ID
	asks(400, `"code":138009`)
	may(`"can_perform_action":false,"limits":[{"current_usage":1,"limit_expiration_time":1767690000,"max_allowed":1,"time_period":"PT24H"}`)
	b.Hears(`"body":"hi"`, `"status":"sent"`, `"status":"delivered"`)
	reply, err := b.Fake.Calls.Refuse(ana)
	b.Is(err, "")
	_, err = b.Fake.Phone(ana).Send(context.Background(), reply)
	b.Is(err, "")
	b.Hears(`"call_permission_reply":{"is_permanent":false,"response":"reject","response_source":"user_action"}…"context":{"from":"15550783881","id":"` + asked)
	b.Pass(24 * time.Hour)
	b.Fake.Calls.Enable(true)
	if _, err := b.Fake.Phone(ana).Say(context.Background(), "hi"); err != nil {
		t.Fatal(err)
	}
	asks(200, "wamid.")
	b.Hears(`"body":"hi"`, `"status":"sent"`, `"status":"delivered"`)
	reply, err = b.Fake.Calls.Allow(ana, false)
	b.Is(err, "")
	_, err = b.Fake.Phone(ana).Send(context.Background(), reply)
	b.Is(err, "")
	b.Hears(`"expiration_timestamp":"1768294800"…"response":"accept"`)
	may(`"permission":{"expiration_time":1768294800,"status":"temporary"}`)
	b.Pass(24*time.Hour - time.Second)
	if _, err := b.Fake.Phone(ana).Say(context.Background(), "hi"); err != nil {
		t.Fatal(err)
	}
	b.Pass(time.Second)
	asks(400, "2 times within 7 days")
	b.Hears("")
	b.Is(b.Fake.Calls.PickUp(calls(b).ID), "")
	b.Is(b.Fake.Calls.HangUp(ana), "")
	b.Hears(`"ACCEPTED"`, "terminate")
	may(`"limits":[{"current_usage":1,"max_allowed":100,"time_period":"PT24H"}]`)
	asks(200, "wamid.") // the call has reset the limits
	b.Pass(6 * 24 * time.Hour)
	may(`"status":"no_permission"`)
	reply, err = b.Fake.Calls.Allow(ana, true)
	b.Is(err, "")
	if said := reply["interactive"].(map[string]any)["call_permission_reply"].(map[string]any); said["is_permanent"] != true || said["expiration_timestamp"] != nil {
		t.Errorf("the reply is %v", said)
	}
	b.Pass(100 * 24 * time.Hour)
	may(`"status":"permanent"`)
	asks(400, `"code":138017`)
}

func TestARequestExpires(t *testing.T) {
	b := newBot(t)
	if _, err := b.Fake.Phone(ana).Say(context.Background(), "hi"); err != nil {
		t.Fatal(err)
	}
	b.Asks("POST", "~/messages", request, 200, "wamid.")
	b.Pass(7 * 24 * time.Hour)
	_, err := b.Fake.Calls.Allow(ana, false)
	b.Is(err, "has expired")
	// What never arrives does not count: the window is over.
	b.Asks("POST", "~/messages", request, 200, "wamid.")
	b.Asks("POST", "~/messages", request, 200, "wamid.")
}

func TestWhoCallsLetsTheBusinessCallBack(t *testing.T) {
	b := newBot(t)
	b.Asks("POST", "~/settings", `{"calling":{"callback_permission_status":"ENABLED","call_icon_visibility":"hidden"}}`, 200, "true")
	b.Asks("GET", "~/settings", "", 200, `"call_icon_visibility":"DISABLE_ALL"…"callback_permission_status":"ENABLED"…"status":"ENABLED"`)
	id := dials(b)
	b.Pass(time.Minute)
	b.Hears(`terminate`, `"response":"accept","response_source":"automatic"}…"context":{"from":"16505551234","id":"`+id)
	calls(b)
}

func TestAPermissionEndsAfterFourCallsThatNobodyAnswers(t *testing.T) {
	b := newBot(t)
	allowed(b, true)
	for range 3 {
		calls(b)
		b.Pass(time.Minute)
		b.Hears("terminate")
	}
	b.Is(b.Fake.Calls.Decline(calls(b).ID), "")
	b.Pass(0)
	b.Asks("POST", "~/calls", `{"messaging_product":"whatsapp","to":"16505551234","action":"connect",`+offer+`}`, 401, `"code":138006`)
	said := b.Fake.Conversation(ana)
	if last := string(said[len(said)-1].Body); !strings.Contains(last, `"response":"reject","response_source":"automatic"`) || strings.Contains(last, "context") {
		t.Errorf("the user's last message is %s", last)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	b := newBot(t)
	b.Asks("POST", "~/settings", `{}`, 400, "calling is missing")
	b.Asks("POST", "~/settings", `{"calling":{"status":"ON"}}`, 400, "must be one of ENABLED, DISABLED")
	b.Asks("POST", "~/settings", `{"calling":{"status":"DISABLED"}}`, 200, "true")
	b.Asks("GET", "~/settings", "", 200, `"status":"DISABLED"`)
}

// TestACallOpensTheWindow writes to a user who has called and never written.
func TestACallOpensTheWindow(t *testing.T) {
	b := newBot(t)
	text := `{"messaging_product":"whatsapp","to":"16505551234","text":{"body":"We missed you."}}`
	b.Asks("POST", "~/messages", text, 200, "wamid.")
	b.Hears(`"code":131047`)
	dials(b)
	b.Asks("POST", "~/messages", text, 200, "wamid.")
	b.Hears(`"status":"sent"`, `"status":"delivered"`)
}

// TestATemplateAsksForPermissionToo sends one that has the component, outside of a window.
func TestATemplateAsksForPermissionToo(t *testing.T) {
	b := graphtest.New(t, fakewa.Config{ApproveTemplates: true})
	b.Fake.Calls.Enable(true)
	b.Asks("POST", b.Fake.Config().BusinessID+"/message_templates", `{"name":"may_we","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"May we call?"},{"type":"CALL_PERMISSION_REQUEST"}]}`, 200, "APPROVED")
	template := `{"messaging_product":"whatsapp","to":"16505551234","type":"template","template":{"name":"may_we","language":{"code":"en"}}}`
	b.Asks("POST", "~/messages", template, 200, "wamid.")
	b.Asks("POST", "~/messages", template, 400, `"code":138009`)
	_, err := b.Fake.Calls.Refuse(ana)
	b.Is(err, "")
}

// TestResetForgetsCalls wants a call that rang before to end no more.
func TestResetForgetsCalls(t *testing.T) {
	b := newBot(t)
	dials(b)
	b.Fake.Reset(1)
	b.Pass(time.Minute)
	b.Hears()
	if _, err := b.Fake.Calls.Dial(ana); err == nil || len(b.Fake.Calls.All()) != 0 {
		t.Errorf("there are %v", b.Fake.Calls.All())
	}
}

// TestTheSeedDrawsHowLongACallRings plays the same calls with two seeds, one of them twice.
func TestTheSeedDrawsHowLongACallRings(t *testing.T) {
	rang := func(seed uint64) (d time.Duration) {
		b := graphtest.New(t, fakewa.Config{Seed: seed})
		b.Fake.Calls.Enable(true)
		id := dials(b)
		b.Pass(time.Minute)
		c, _ := b.Fake.Calls.Find(id)
		return c.Ended.Sub(c.Began)
	}
	if one, again, two := rang(1), rang(1), rang(2); one != again || one == two {
		t.Errorf("the calls rang %s, %s and %s", one, again, two)
	}
}

// TestOldCallsAreDropped wants what is kept of calls to have an end, and no call that goes on
// to be dropped.
func TestOldCallsAreDropped(t *testing.T) {
	b := graphtest.New(t, fakewa.Config{Limit: 10})
	b.Fake.Calls.Enable(true)
	live, err := b.Fake.Calls.Dial("+16505550001")
	b.Is(err, "")
	for range 100 {
		id, err := b.Fake.Calls.Dial(ana)
		b.Is(err, "")
		b.Is(b.Fake.Calls.HangUp(id), "")
	}
	all := b.Fake.Calls.All()
	if last, _ := b.Fake.Calls.Find(ana); len(all) > 10 || all[0].ID != live || all[len(all)-1].ID != last.ID {
		t.Errorf("%d calls are kept: %+v", len(all), all)
	}
	b.Is(b.Fake.Calls.HangUp(live), "")
}
