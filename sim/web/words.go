package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wappasim/fakewa"
	"wappasim/fakewa/revision"
	"wappasim/sim/internal/scene"
	"wappasim/sim/internal/story"
	"wappasim/sim/people"
)

// said is what a call does, as a step of a scenario and in Go; empty: there are no words.
type said struct {
	text, code string
	brief      string // the text in a line; "": it is one
}

// words says what a call of the control API does. The caller holds mu.
func (s *Server) words(c call) said {
	parts, _, err := c.split(s.number)
	if err != nil {
		return said{}
	}
	switch {
	case len(parts) == 2 && parts[0] == "users" && c.method == http.MethodPatch:
		return s.wordsOfProfile(parts[1], c.body)
	case len(parts) == 3 && parts[0] == "users" && c.method == http.MethodPost && fakewa.CheckUser(parts[1]) == nil:
		return s.wordsOfAct(parts[1], parts[2], c.body)
	case len(parts) == 3 && parts[0] == "webhooks" && parts[2] == "redeliver":
		return s.wordsOfRedelivery(parts[1])
	}
	return said{}
}

// wordsOfAct says what a person does on the phone.
func (s *Server) wordsOfAct(user, act string, body []byte) said {
	who := s.scene.Actor(user)
	var of struct {
		Choice    string
		MessageID string `json:"message_id"`
		Emoji     string
		Words     string
	}
	if act != "messages" && json.Unmarshal(body, &of) != nil && len(body) > 0 {
		return said{}
	}
	step := func(a people.Act) string { return story.Step{Who: who, Act: a}.Sentence() }
	switch act {
	case "messages":
		var content fakewa.Content
		if json.Unmarshal(body, &content) != nil {
			return said{}
		}
		send := people.Send(content)
		brief := who + " " + send.String()
		if text, ok := content["text"].(map[string]any); ok && story.Content(content) == story.Content(fakewa.Text(fmt.Sprint(text["body"]))) {
			return said{scene.Says(who, fmt.Sprint(text["body"])), fmt.Sprintf("w.Say(%q, %q)", who, text["body"]), brief}
		}
		return said{step(send), fmt.Sprintf("w.Send(sim.Message{Who: %q, Content: %s})", who, story.Content(content)), brief}
	case "tap":
		return said{text: who + " taps " + scene.Quote(of.Choice), code: fmt.Sprintf("w.Tap(%q, %q)", who, of.Choice)}
	case "react":
		if id := s.last(user, fakewa.Out); id != of.MessageID {
			content := fakewa.Reaction(of.MessageID, of.Emoji)
			return said{step(people.Send(content)), fmt.Sprintf("w.Send(sim.Message{Who: %q, Content: %s})", who, story.Content(content)), who + " reacts " + of.Emoji}
		}
		return said{text: who + " reacts " + scene.Quote(of.Emoji), code: fmt.Sprintf("w.React(%q, %q)", who, of.Emoji)}
	case "read":
		return said{text: who + " reads the messages", code: fmt.Sprintf("w.Read(%q)", who)}
	case "edit", "delete":
		return s.wordsOfChange(user, act, of.MessageID, of.Words)
	}
	return said{}
}

// wordsOfChange says that somebody edits or deletes a message, if its words say which one.
func (s *Server) wordsOfChange(user, change, id, words string) said {
	all := s.world.Conversation(user)
	i := slices.IndexFunc(all, func(m fakewa.Message) bool { return m.ID == id })
	if i < 0 {
		return said{}
	}
	old := all[i].String()
	if found, err := revision.Find(all, old); err != nil || found != id || strings.ContainsAny(old+words, "\n\"\\") {
		return said{}
	}
	who := s.scene.Actor(user)
	act, code := people.Delete(old), fmt.Sprintf("people.Delete(%q)", old)
	if change == "edit" {
		act, code = people.Edit(old, words), fmt.Sprintf("people.Edit(%q, %q)", old, words)
	}
	return said{text: story.Step{Who: who, Act: act}.Sentence(), code: fmt.Sprintf("w.Take(sim.Step{Who: %q, Act: %s})", who, code)}
}

// wordsOfProfile says that somebody switches the phone on or off, or blocks the business.
func (s *Server) wordsOfProfile(user string, body []byte) said {
	var fields map[string]bool
	if fakewa.CheckUser(user) != nil || json.Unmarshal(body, &fields) != nil || len(fields) != 1 {
		return said{}
	}
	who := s.scene.Actor(user)
	set := func(field string, is bool) string {
		return fmt.Sprintf("w.SetProfile(%q, func(p *fakewa.Profile) { p.%s = %t })", who, field, is)
	}
	if off, ok := fields["silent"]; ok {
		return said{text: who + " switches the phone " + map[bool]string{true: "off", false: "on"}[off], code: set("Silent", off)}
	}
	if blocks, ok := fields["blocks"]; ok {
		return said{text: who + map[bool]string{true: " blocks", false: " unblocks"}[blocks] + " the business", code: set("Blocks", blocks)}
	}
	return said{}
}

// wordsOfRedelivery says that the webhook of somebody's last message is delivered again.
func (s *Server) wordsOfRedelivery(attempt string) said {
	n, err := strconv.Atoi(attempt)
	if err != nil {
		return said{}
	}
	var ids []string
	_ = s.world.Meta(func(wa *fakewa.Server) error {
		for _, d := range wa.Deliveries() {
			if d.N == n {
				ids = d.IDs
			}
		}
		return nil
	})
	if len(ids) != 1 {
		return said{}
	}
	var user string
	_ = s.world.Meta(func(wa *fakewa.Server) error {
		m, _ := wa.Message(ids[0])
		user = m.User
		return nil
	})
	if user == "" || s.last(user, fakewa.In) != ids[0] {
		return said{}
	}
	who := s.scene.Actor(user)
	return said{text: "the webhook of " + who + " is delivered again", code: fmt.Sprintf("w.Redeliver(%q)", who)}
}

// last returns the id of the last message of a conversation in a direction.
func (s *Server) last(user string, direction fakewa.Direction) (id string) {
	for _, m := range s.world.Conversation(user) {
		if m.Direction == direction && m.Type != "reaction" {
			id = m.ID
		}
	}
	return id
}
