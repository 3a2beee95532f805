package steps

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cucumber/godog"

	"wappasim/fakewa"
)

func (s *scenario) businessSteps() []step {
	return []step{
		{`the business writes {text} to {who}`, `the business writes "hello" to Ana`, "Sends a text without the bot.", func(text, who string) error { return s.write(who, textMessage(text)) }},
		{`the business writes (\d+) texts to {who}`, "the business writes 46 texts to Ana", "Sends so many texts, which WhatsApp must accept.", s.writeTexts},
		{`the business sends the template {text} to {who}`, `the business sends the template "hello_world" to Ana`, "Sends a template without parameters, in en_US.", func(name, who string) error {
			return s.write(who, map[string]any{"type": "template", "template": map[string]any{
				"name": name, "language": map[string]string{"code": "en_US"},
			}})
		}},
		{`the business sends to {who}:`, "the business sends to Ana:", "Sends a message that stands below as JSON, without messaging_product and to.", func(who string, doc *godog.DocString) error {
			var message map[string]any
			if err := json.Unmarshal([]byte(doc.Content), &message); err != nil || message == nil {
				return fmt.Errorf("the message is not a JSON object (%v): %s", err, doc.Content)
			}
			return s.write(who, message)
		}},
		{`the business asks where the file of {who} is`, "the business asks where the file of Ana is", "Asks for the URL of the last file that the person sent.", s.askForFile},
		{`the business fetches the file`, "the business fetches the file", "Downloads the file from that URL.", func() error { return s.call("GET", s.fileURL, nil) }},
		{`WhatsApp takes it`, "WhatsApp takes it", "WhatsApp answered the business with 200.", func() error { return s.answered(http.StatusOK) }},
		{`WhatsApp answers (\d+)`, "WhatsApp answers 404", "WhatsApp answered the business with this HTTP status.", s.answered},
		{`WhatsApp refuses it with (\d+)`, "WhatsApp refuses it with 131056", "WhatsApp refused the call of the business with this code of Meta's.", s.refuses},
		{`WhatsApp refuses it with the words {text}`, `WhatsApp refuses it with the words "must be a string"`, "The message, the details or the words for people in WhatsApp's refusal have this in them.", s.refusesWithWords},
		{`the message to {who} fails with (\d+)`, "the message to Ana fails with 131047", "The last message to the person failed with this code after WhatsApp had accepted it.", s.failsWith},
	}
}

func textMessage(text string) map[string]any {
	return map[string]any{"type": "text", "text": map[string]string{"body": text}}
}

func (s *scenario) writeTexts(n int, who string) error {
	for i := range n {
		if err := s.write(who, textMessage(fmt.Sprint("text ", i+1))); err != nil {
			return err
		}
		if err := s.answered(http.StatusOK); err != nil {
			return err
		}
	}
	return nil
}

func (s *scenario) refuses(code int) error {
	var body struct{ Error struct{ Code int } }
	if err := json.Unmarshal([]byte(s.answer.Body), &body); err != nil || body.Error.Code != code {
		return fmt.Errorf("WhatsApp answered %d %s", s.answer.Status, s.answer.Body)
	}
	return nil
}

func (s *scenario) refusesWithWords(text string) error {
	var body struct {
		Error struct {
			Message   string
			Title     string                   `json:"error_user_title"`
			Text      string                   `json:"error_user_msg"`
			ErrorData struct{ Details string } `json:"error_data"`
		}
	}
	err := json.Unmarshal([]byte(s.answer.Body), &body)
	e := body.Error
	if said := strings.Join([]string{e.Message, e.ErrorData.Details, e.Title, e.Text}, "\n"); err != nil || !strings.Contains(said, text) {
		return fmt.Errorf("WhatsApp answered %d %s", s.answer.Status, s.answer.Body)
	}
	return nil
}

func (s *scenario) failsWith(who string, code int) error {
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
}

// write sends a message as the business.
func (s *scenario) write(who string, message map[string]any) error {
	w, err := s.world()
	if err != nil {
		return err
	}
	message["to"] = w.Number(who)
	return s.post("messages", message)
}

// post posts to an edge of the number as the business, and keeps the answer.
func (s *scenario) post(edge string, object map[string]any) error {
	object["messaging_product"] = "whatsapp"
	return s.call("POST", "/{phone-number-id}/"+edge, object)
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
