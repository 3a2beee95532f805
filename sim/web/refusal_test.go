package web_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"wappasim/sim/web"
)

// ownID and ownNumber are the ids of the business and of its number in a world.
const ownID, ownNumber = "102290129340398", "106540352242922"

// TestOwnBusiness calls the control API as that of the world's business: what a world refuses
// it refuses here too, and all else is as without the prefix.
func TestOwnBusiness(t *testing.T) {
	c := serve(t, web.Config{})
	c.say("Ana", "one")
	for _, id := range []string{ownID, ownNumber} {
		own := "/_fakewa/businesses/" + id
		for request, want := range map[string]string{
			"POST " + own + "/reset {}":                     "409 POST /_sim/restart begins the world anew",
			"POST " + own + "/%72eset {}":                   "409 POST /_sim/restart begins the world anew",
			"PUT " + own + `/webhook {"url":"http://x"}`:    "409 the webhook of a world is its bot",
			"DELETE " + own:                                 "409 a world has one business",
			"POST " + own + `/clock {"advance":"1s"}`:       "404 unknown endpoint",
			"GET " + own + "/businesses":                    "404 unknown endpoint",
			"GET " + own + "/messages?direction=x":          "400 direction",
			"GET " + own + "/users/Ana/messages":            `200 "one"`,
			"GET " + own + "/messages?wait=x":               `400 wait is \"x\"`,
			"POST /_fakewa/businesses/1/reset {}":           `404 no business has the id`,
			"GET /_fakewa/businesses/1/users/+1555/message": `404 unknown endpoint`,
		} {
			method, rest, _ := strings.Cut(request, " ")
			path, body, _ := strings.Cut(rest, " ")
			status, got := c.do(method, path, body)
			if wantStatus, text, _ := strings.Cut(want, " "); strconv.Itoa(status) != wantStatus || !strings.Contains(got, text) {
				t.Errorf("%s: got %d %s, want %s", request, status, got, want)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if all, err := c.stream(ctx, own+"/events", "", func(m message) bool { return strings.Contains(m.data, `"one"`) }); err != nil {
			t.Errorf("the stream of %s: %+v, %v", id, all, err)
		}
	}
	if got := c.state(); got.Steps != 2 || len(got.People) != 1 {
		t.Errorf("got %+v", got)
	}
}

// TestNobodyComesByAsking asks for somebody who is not there, and has a newcomer do what is
// refused: the next newcomer has their number, and the talk can be kept.
func TestNobodyComesByAsking(t *testing.T) {
	c := serve(t, web.Config{})
	c.say("Ana", "one")
	for _, request := range []string{
		"GET 404 /_fakewa/users/Zed/messages", "HEAD 404 /_fakewa/users/Zed", "GET 404 /_fakewa/businesses/" + ownID + "/users/Zed/messages",
		`POST 400 /_fakewa/users/Zed/tap {"choice":"Yes"}`, `POST 400 /_fakewa/users/Zed/messages {"type":"text"}`, `PATCH 400 /_fakewa/users/Zed {"nothing":1}`,
	} {
		words := strings.SplitN(request+" ", " ", 4)
		if status, got := c.do(words[0], words[2], words[3]); strconv.Itoa(status) != words[1] || words[0] == "GET" && !strings.Contains(got, `there is no Zed`) {
			t.Errorf("%s: got %d %s", request, status, got)
		}
	}
	if got := c.state(); got.Steps != 2 || len(got.People) != 1 {
		t.Errorf("got %+v", got)
	}
	c.say("Ben", "two")
	c.must("POST", "/_sim/time", `{"advance":"10s"}`)
	if got := c.state(); len(got.People) != 2 || got.People[1].Name != "Ben" || got.People[1].User != "+15550000002" {
		t.Errorf("got %+v", got.People)
	}
	before := c.must("GET", "/_sim/keep?as=trace", "")
	feature := c.must("GET", "/_sim/keep?as=scenario", "")
	if strings.Contains(feature, "Zed") || !strings.Contains(feature, "the people are Ana, Ben\n") {
		t.Errorf("kept is\n%s", feature)
	}
	passes(t, feature)
	c.must("POST", "/_sim/restart", `{"to":4}`)
	if after := c.must("GET", "/_sim/keep?as=trace", ""); !strings.HasPrefix(before, after) {
		t.Errorf("the talk is another:\n%s\nit was\n%s", after, before)
	}
}
