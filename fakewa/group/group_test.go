package group_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/group"
	"wappasim/fakewa/internal/graphtest"
)

const (
	ana = "+16505551234"
	ben = "+16505551235"
)

// made makes a group through the API.
func made(b *graphtest.Bot, more string) group.Group {
	b.Helper()
	b.Asks("POST", "~/groups", `{"messaging_product":"whatsapp","subject":" Trip "`+more+`}`, 200, `"request_id":"`)
	g, found := b.Fake.Groups.Find("Trip")
	if !found {
		b.Fatal("there is no group")
	}
	b.Hears(`group_lifecycle_update …"group_id":"` + g.ID + `"…"invite_link":"` + g.InviteLink + `"…"subject":"Trip"…"type":"group_create"…"request_id":"…"timestamp":"1767603600"`)
	return g
}

func joins(b *graphtest.Bot, g group.Group, users ...string) {
	b.Helper()
	for _, user := range users {
		b.Is(b.Fake.Groups.Join(g.ID, user), "")
		b.Hears(`group_participants_update …"type":"group_participants_add"…"reason":"invite_link"…"added_participants":[{"user_id":"…"wa_id":"` + user[1:])
	}
}

func product(more string) string { return `{"messaging_product":"whatsapp"` + more + `}` }

func send(g group.Group, content string) string {
	return product(`,"recipient_type":"group","to":"` + g.ID + `",` + content)
}

func TestAGroupLives(t *testing.T) {
	b := graphtest.New(t, fakewa.Config{})
	g := made(b, `,"description":"To the sea"`)
	if !strings.HasPrefix(g.ID, "Y2FwaV9ncm91cDox") || !strings.HasPrefix(g.InviteLink, "https://chat.whatsapp.com/") {
		t.Errorf("the group is %+v", g)
	}
	joins(b, g, ana)
	b.Asks("GET", g.ID, "", 200, `{"id":"`+g.ID+`","messaging_product":"whatsapp"}`)
	b.Asks("GET", g.ID+"?fields=subject,description,participants,join_approval_mode,suspended,creation_timestamp,total_participant_count", "", 200,
		`"creation_timestamp":1767603600,"description":"To the sea"…"join_approval_mode":"auto_approve"…"wa_id":"16505551234"}],"subject":"Trip","suspended":false,"total_participant_count":1`)
	b.Asks("GET", g.ID+"?fields=owner", "", 400, "nonexisting field (owner)")
	b.Asks("GET", "~/groups", "", 200, `{"data":{"groups":[{"created_at":"1767603600","id":"`+g.ID+`","subject":"Trip"}]},"paging":{"cursors"`)
	b.Asks("POST", g.ID, product(`,"subject":"Sea","description":""`), 200, `"request_id":"`)
	b.Hears(`group_settings_update …"type":"group_settings_update"…"group_subject":{"text":"Sea","update_successful":true}…"group_description":{"text":""…"request_id"`)
	b.Asks("GET", g.ID+"/invite_link", "", 200, g.InviteLink)
	b.Asks("POST", g.ID+"/invite_link", product(""), 200, `"invite_link":"https://chat.whatsapp.com/`)
	if now, _ := b.Fake.Groups.Find("Sea"); now.InviteLink == g.InviteLink {
		t.Error("the link is the same after a reset")
	}
	b.Asks("DELETE", g.ID+"/invite_link", product(""), 200, `"success":"true"`)
	b.Is(b.Fake.Groups.Join(g.ID, ben), `the invite link of "Sea" was deleted`)
	b.Asks("DELETE", g.ID, "", 200, `{"success":true}`)
	b.Hears(`group_lifecycle_update …"type":"group_delete"…"request_id"`)
	b.Asks("GET", g.ID, "", 400, `"error_subcode":33`)
	b.Asks("POST", "~/messages", send(g, `"type":"text","text":{"body":"hi"}`), 400, `"code":131041`)
	b.Is(b.Fake.Groups.Join("Sea", ben), "there is no group")
}

func TestGroupsAreRefused(t *testing.T) {
	b := graphtest.New(t, fakewa.Config{NotOnWhatsApp: []string{"+1"}})
	for body, has := range map[string]string{
		product(""):                "subject is missing",
		product(`,"subject":"  "`): "subject is missing",
		`{"subject":"Trip"}`:       "messaging_product is missing",
		product(`,"subject":"` + strings.Repeat("x", 129) + `"`):                       "128 are allowed",
		product(`,"subject":"Trip","description":"` + strings.Repeat("x", 2049) + `"`): "2048 are allowed",
		product(`,"subject":"Trip","join_approval_mode":"never"`):                      "approval_required, auto_approve",
	} {
		b.Asks("POST", "~/groups", body, 400, `"code":100`+"…"+has)
	}
	g := made(b, "")
	b.Asks("POST", g.ID, product(""), 400, "subject is missing")
	b.Asks("POST", g.ID, product(`,"profile_picture_file":"a.jpg"`), 501, "profile_picture_file")
	b.Asks("POST", g.ID+"/participants", product(`,"participants":[{"user":"`+ana+`"}]`), 501, "people join by the invite link only")
	b.Asks("DELETE", g.ID+"/participants", product(""), 400, "participants is missing")
	b.Asks("GET", g.ID+"/nothing", "", 400, `"error_subcode":33`)
	b.Asks("GET", "~/groups?limit=1025", "", 400, "at most 1024")
	b.Is(b.Fake.Groups.Join(g.ID, "+1"), "is not on WhatsApp")
	b.Is(b.Fake.Groups.Leave(g.ID, ana), "is no member")
	_, err := b.Fake.Groups.Speak(g.ID, ana, fakewa.Text("hi"))
	b.Is(err, "is no member")
	_, err = b.Fake.Groups.Create(" ", false)
	b.Is(err, "want a subject")
	b.Asks("POST", "~/messages", send(g, `"type":"text","text":{"body":"hi"}`), 400, `"code":131020`)
	joins(b, g, ana)
	b.Is(b.Fake.Groups.Join(g.ID, ana), "is a member")
	b.Asks("POST", "~/messages", send(g, `"type":"interactive","interactive":{"type":"button","body":{"text":"?"},"action":{"buttons":[{"type":"reply","reply":{"id":"y","title":"Yes"}}]}}`), 400, `"code":131051`)
}

// TestAGroupHasEightMembers fills a group, also with those who asked to join.
func TestAGroupHasEightMembers(t *testing.T) {
	b := graphtest.New(t, fakewa.Config{})
	g := made(b, "")
	for i := range group.MaxMembers {
		joins(b, g, fmt.Sprint("+1650555000", i))
	}
	b.Is(b.Fake.Groups.Join("Trip", ana), `"Trip" is full: it has 8 members`)

	closed, err := b.Fake.Groups.Create("Closed", true)
	b.Is(err, "")
	b.Hears(`"join_approval_mode":"approval_required"`)
	var ids []string
	for i := range group.MaxMembers + 1 {
		b.Is(b.Fake.Groups.Join("Closed", fmt.Sprint("+1650555000", i)), "")
		b.Hears(fmt.Sprintf(`group_participants_update …"type":"group_join_request_created"…"reason":"invite_link"…"wa_id":"1650555000%d"…"join_request_id":"`, i))
	}
	closed, _ = b.Fake.Groups.Find("Closed")
	for _, r := range closed.Requests {
		ids = append(ids, `"`+r.ID+`"`)
	}
	b.Is(b.Fake.Groups.Join("Closed", "+16505550000"), "has asked to join")
	b.Asks("GET", closed.ID+"/join_requests", "", 200, `{"data":[{"creation_timestamp":1767603600,"join_request_id":`+ids[0]+`,"user_id":"…"wa_id":"16505550000"}`)
	b.Asks("POST", closed.ID+"/join_requests", product(`,"join_requests":["x"]`), 400, `"code":131213`)
	b.Asks("POST", closed.ID+"/join_requests", product(`,"join_requests":[]`), 400, "join_requests is missing")
	b.Asks("POST", closed.ID+"/join_requests", product(`,"join_requests":[`+strings.Join(ids, ",")+`]`), 206,
		`"approved_join_requests":[`+strings.Join(ids[:8], ",")+`]…"failed_join_requests":[{"errors":[{"code":131204…"join_request_id":`+ids[8]+`}]…"errors":[{"code":131201`)
	b.Hears(`"type":"group_participants_add"…"input":"16505550000"…"wa_id":"16505550007"`)
	b.Asks("DELETE", closed.ID+"/join_requests", product(`,"join_requests":[`+ids[8]+`]`), 200, `"rejected_join_requests":[`+ids[8]+`]`)
	b.Hears()
	b.Is(b.Fake.Groups.Join("Closed", "+16505550008"), "")
	b.Hears("group_join_request_created")
	b.Is(b.Fake.Groups.Leave("Closed", "+16505550008"), "")
	b.Hears(`group_participants_update …"type":"group_join_request_revoked"`)
	if all := b.Fake.Groups.All(); len(all) != 2 || len(all[1].Members) != 8 || len(all[1].Requests) != 0 {
		t.Errorf("the groups are %+v", all)
	}
}

func TestMembersLeaveAndAreRemoved(t *testing.T) {
	b := graphtest.New(t, fakewa.Config{})
	g := made(b, "")
	joins(b, g, ana, ben)
	b.Is(b.Fake.Groups.Leave("Trip", ana), "")
	b.Hears(`"type":"group_participants_remove"…"removed_participants":[{"user_id":"…"wa_id":"16505551234"}]…"initiated_by":"participant"`)
	joins(b, g, ana)
	b.Asks("DELETE", g.ID+"/participants", product(`,"participants":[{"user":"`+ana+`"},{"user":"1 650 555 1234"}]`), 400, `"code":131202`)
	b.Asks("DELETE", g.ID+"/participants", product(`,"participants":[{"user":"`+ana+`"},{"user":"+15550001111"}]`), 200, `"request_id":"`)
	b.Hears(`"type":"group_participants_remove"…"initiated_by":"business"…"removed_participants":[{"input":"+16505551234"…"failed_participants":[{"errors":[{"code":131212…"input":"+15550001111"}]…"errors":[{"code":131201`)
	b.Is(b.Fake.Groups.Join("Trip", ana), "who was removed cannot join by the link")
	b.Asks("DELETE", g.ID+"/participants", product(`,"participants":[{"user":"`+ana+`"}]`), 200, "")
	b.Hears(`"failed_participants"…"errors":[{"code":131212`)
	b.Asks("DELETE", g.ID+"/participants", product(`,"participants":[`+strings.TrimSuffix(strings.Repeat(`{"user":"1"},`, 9), ",")+`]`), 400, `"code":131204`)
}

// TestEachMemberHasReceipts sends to two members, of whom one has the phone off.
func TestEachMemberHasReceipts(t *testing.T) {
	b := graphtest.New(t, fakewa.Config{})
	g := made(b, "")
	joins(b, g, ana, ben)
	b.Fake.Phone(ben).SetProfile(fakewa.Profile{Name: "Ben", Silent: true})
	b.Asks("POST", "~/messages", send(g, `"type":"text","text":{"body":"We leave at nine."},"biz_opaque_callback_data":"mine"`), 200, `"group_id":"`+g.ID)
	status := `"recipient_id":"` + g.ID + `"…"recipient_type":"group"…"biz_opaque_callback_data":"mine"`
	b.Hears(
		`"status":"sent"…"category":"group_service"…`+status,
		`"status":"delivered"…"recipient_participant_id":"16505551234"…"recipient_participant_user_id":"US.…"category":"group_service"…`+status,
	)
	if len(b.Fake.Phone(ana).Inbox()) != 1 || len(b.Fake.Phone(ben).Inbox()) != 0 {
		t.Errorf("the inboxes are %v and %v", b.Fake.Phone(ana).Inbox(), b.Fake.Phone(ben).Inbox())
	}
	b.Fake.Phone(ana).Read()
	b.Fake.Phone(ana).Read()
	b.Fake.Phone(ben).Read()
	b.Hears(`"status":"read"…"recipient_participant_id":"16505551234"`)
	b.Fake.Phone(ben).SetProfile(fakewa.Profile{Name: "Ben"})
	b.Hears(`"status":"delivered"…"recipient_participant_id":"16505551235"…"category":"group_service"`)
	in := b.Fake.Phone(ben).Inbox()
	if len(in) != 1 || in[0].Status != "delivered" || in[0].Text != "We leave at nine." || in[0].User != "group:"+g.ID {
		t.Errorf("Ben's inbox is %+v", in)
	}
	if sent := b.Fake.Sent()[0]; sent.Status != "read" {
		t.Errorf("the message is %+v", sent)
	}
	b.Asks("POST", "~/messages", send(g, `"type":"text","text":{"body":"Or at ten."}`), 200, "")
	b.Hears(`"status":"sent"`, `"recipient_participant_id":"16505551234"…"recipient_participant_id":"16505551235"`) // one webhook for both
	b.Is(b.Fake.Groups.Leave("Trip", ben), "")
	b.Asks("POST", "~/messages", send(g, `"type":"image","image":{"link":"https://example.com/a.jpg"}`), 200, "")
	if len(b.Fake.Phone(ana).Inbox()) != 3 || len(b.Fake.Phone(ben).Inbox()) != 2 {
		t.Errorf("the inboxes are %v and %v", b.Fake.Phone(ana).Inbox(), b.Fake.Phone(ben).Inbox())
	}
}

func TestMembersSpeakUntilTheGroupIsSuspended(t *testing.T) {
	b := graphtest.New(t, fakewa.Config{})
	g := made(b, "")
	joins(b, g, ana)
	message, err := b.Fake.Groups.Speak("Trip", ana, fakewa.Text("hello, all"))
	b.Is(err, "")
	_, err = b.Fake.Phone(ana).Send(context.Background(), message)
	b.Is(err, "")
	b.Hears(`messages …"group_id":"` + g.ID + `"…"from":"16505551234"…"body":"hello, all"`)
	b.Is(b.Fake.Groups.Suspend("Trip", true), "")
	b.Hears(`group_status_update …"type":"group_suspend"`)
	b.Is(b.Fake.Groups.Suspend("Trip", true), "is suspended: true")
	_, err = b.Fake.Groups.Speak("Trip", ana, fakewa.Text("hello?"))
	b.Is(err, "is suspended")
	b.Asks("POST", "~/messages", send(g, `"type":"text","text":{"body":"hi"}`), 403, `"code":131207`)
	b.Asks("GET", g.ID+"?fields=suspended", "", 200, `"suspended":true`)
	b.Is(b.Fake.Groups.Suspend("Trip", false), "")
	b.Hears(`group_status_update …"type":"group_suspend_cleared"`)
	b.Asks("POST", "~/messages", send(g, `"type":"text","text":{"body":"hi"}`), 200, "")
}

// TestResetForgetsGroups wants the same ids after the same calls.
func TestResetForgetsGroups(t *testing.T) {
	b := graphtest.New(t, fakewa.Config{Seed: 1})
	g := made(b, "")
	b.Fake.Reset(1)
	if len(b.Fake.Groups.All()) != 0 {
		t.Errorf("there are %v", b.Fake.Groups.All())
	}
	if again := made(b, ""); again.ID != g.ID || again.InviteLink != g.InviteLink {
		t.Errorf("the group was %+v, and is %+v", g, again)
	}
	b.Fake.Reset(2)
	if other := made(b, ""); other.ID == g.ID {
		t.Error("another seed gives the same id")
	}
}

// TestAGroupOutlivesItsConversations drops the conversations of members.
func TestAGroupOutlivesItsConversations(t *testing.T) {
	b := graphtest.New(t, fakewa.Config{Limit: 2})
	g := made(b, "")
	joins(b, g, ana, ben)
	for range 5 {
		b.Asks("POST", "~/messages", send(g, `"type":"text","text":{"body":"hi"}`), 200, "")
		b.Pass(time.Second)
	}
	if now, _ := b.Fake.Groups.Find(g.ID); len(now.Members) != 2 {
		t.Errorf("the group is %+v", now)
	}
}

// TestAPlatformFindsGroups makes a group of its second business.
func TestAPlatformFindsGroups(t *testing.T) {
	b := graphtest.New(t, fakewa.Config{})
	p, err := fakewa.NewPlatform(fakewa.Config{Token: "first"})
	b.Is(err, "")
	defer p.Close()
	second, err := p.Add(fakewa.Config{BusinessID: "1", PhoneNumberID: "2", Token: "second"})
	b.Is(err, "")
	g, err := second.Groups.Create("Trip", false)
	b.Is(err, "")
	if same, err := p.First().Groups.Create("Trip", false); err != nil || same.ID == g.ID {
		t.Errorf("both businesses have the group %s (%v)", same.ID, err)
	}
	r := httptest.NewRequestWithContext(context.Background(), "GET", "/v23.0/"+g.ID+"?access_token=second&fields=subject", nil)
	w := httptest.NewRecorder()
	if p.ServeHTTP(w, r); w.Code != 200 || !strings.Contains(w.Body.String(), `"subject":"Trip"`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// TestRequestsWithOddIDs names requests by what is no text.
func TestRequestsWithOddIDs(t *testing.T) {
	b := graphtest.New(t, fakewa.Config{})
	g := made(b, `,"join_approval_mode":"approval_required"`)
	for id, shown := range map[string]string{`null`: "null is", `7`: "a number is", `{}`: "an object is", `"x"`: `\"x\" is`} {
		b.Asks("POST", g.ID+"/join_requests", `{"messaging_product":"whatsapp","join_requests":[`+id+`]}`, 400, `"code":131213…`+shown+" the id of no request")
	}
}
