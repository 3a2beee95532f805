package steps

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// answerLive says back each text of a webhook over TCP, and "hello" again a second later.
func answerLive(r *http.Request, graph string) {
	var webhook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						From string
						Text struct{ Body string }
					}
				}
			}
		}
	}
	if json.NewDecoder(r.Body).Decode(&webhook) != nil || len(webhook.Entry) == 0 {
		return
	}
	for _, m := range webhook.Entry[0].Changes[0].Value.Messages {
		send := func(text string) {
			body := fmt.Sprintf(`{"messaging_product": "whatsapp", "to": %q, "type": "text", "text": {"body": %q}}`, m.From, text)
			req, err := http.NewRequest(http.MethodPost, "http://"+graph+"/v23.0/106540352242922/messages", strings.NewReader(body))
			if err != nil {
				return
			}
			req.Header.Set("Authorization", "Bearer any")
			if resp, err := http.DefaultClient.Do(req); err == nil {
				_ = resp.Body.Close()
			}
		}
		send(m.Text.Body)
		if m.Text.Body == "hello" {
			time.AfterFunc(time.Second, func() { send("hello again") })
		}
	}
}
