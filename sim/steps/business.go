package steps

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
	"wappasim/sim"
)

// registerBusiness adds what the business does past its bot, and what WhatsApp
// says to it.
func (s *scenario) registerBusiness(sc *godog.ScenarioContext) {
	sc.Given(`^WhatsApp limits the messages to a user$`, func() error {
		return s.set(sim.WhatsApp(func(c *fakewa.Config) { c.PairRate = true }))
	})
	sc.Given(`^WhatsApp delivers again for (\S+ \S+)$`, func(text string) error {
		d, err := sim.ParseDuration(text)
		if err != nil {
			return err
		}
		return s.set(sim.Redelivery(d))
	})
	sc.When(`^the business writes "([^"]*)" to `+who+`$`, func(text, who string) error {
		return s.write(who, map[string]any{"type": "text", "text": map[string]string{"body": text}})
	})
	sc.When(`^the business writes (\d+) texts to `+who+`$`, func(n int, who string) error {
		for i := range n {
			text := map[string]string{"body": fmt.Sprint("text ", i+1)}
			if err := s.write(who, map[string]any{"type": "text", "text": text}); err != nil {
				return err
			}
			if err := s.answered(http.StatusOK); err != nil {
				return err
			}
		}
		return nil
	})
	sc.When(`^the business sends the template "([^"]*)" to `+who+`$`, func(name, who string) error {
		return s.write(who, map[string]any{"type": "template", "template": map[string]any{
			"name": name, "language": map[string]string{"code": "en_US"},
		}})
	})
	sc.When(`^the business asks where the file of `+who+` is$`, s.askForFile)
	sc.When(`^the business fetches the file$`, func() error { return s.call("GET", s.fileURL, nil) })
	sc.Then(`^WhatsApp takes it$`, func() error { return s.answered(http.StatusOK) })
	sc.Then(`^WhatsApp answers (\d+)$`, s.answered)
	sc.Then(`^WhatsApp refuses it with (\d+)$`, func(code int) error {
		var body struct{ Error struct{ Code int } }
		if err := json.Unmarshal([]byte(s.answer.Body), &body); err != nil || body.Error.Code != code {
			return fmt.Errorf("WhatsApp answered %d %s", s.answer.Status, s.answer.Body)
		}
		return nil
	})
	sc.Then(`^the message to `+who+` fails with (\d+)$`, func(who string, code int) error {
		w, err := s.world()
		if err != nil {
			return err
		}
		for _, m := range slices.Backward(w.Conversation(who)) {
			if m.Direction != fakewa.Out {
				continue
			}
			if m.Error == nil || m.Error.Code != code {
				return fmt.Errorf("it is %s, %v", m.Status, m.Error)
			}
			return nil
		}
		return fmt.Errorf("nothing was sent to %s", who)
	})
}

// write sends a message as the business.
func (s *scenario) write(who string, message map[string]any) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	message["messaging_product"], message["to"] = "whatsapp", w.Number(who)
	return s.call("POST", "/106540352242922/messages", message)
}

// call calls the Graph API as the business, and keeps the answer.
func (s *scenario) call(method, path string, body any) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	text := ""
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		text = string(encoded)
	}
	s.answer, err = w.Call(method, path, text)
	return err
}

func (s *scenario) answered(status int) error {
	if s.answer.Status != status {
		return fmt.Errorf("WhatsApp answered %d %s", s.answer.Status, s.answer.Body)
	}
	return nil
}

// askForFile asks for the URL of the last file that somebody sent.
func (s *scenario) askForFile(who string) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	for _, m := range slices.Backward(w.Conversation(who)) {
		var object map[string]json.RawMessage
		var file struct{ ID, URL string }
		if m.Direction != fakewa.In || json.Unmarshal(m.Body, &object) != nil || json.Unmarshal(object[m.Type], &file) != nil || file.ID == "" {
			continue
		}
		if err := s.call("GET", "/"+file.ID, nil); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(s.answer.Body), &file); err != nil {
			return fmt.Errorf("WhatsApp answered %d %s", s.answer.Status, s.answer.Body)
		}
		s.fileURL = file.URL
		return nil
	}
	return fmt.Errorf("%s has sent no file", who)
}
