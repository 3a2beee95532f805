package model_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wappasim/sim/internal/stream"
	"wappasim/sim/model"
)

// do sends a request to a model, and reads all of the answer.
func do(t *testing.T, m *model.Model, method, path, key, body string) (status int, header http.Header, answer string, err error) {
	t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := stream.Answer(m, req, func(f func()) { go f() })
	if err != nil {
		return 0, nil, "", err
	}
	read, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, string(read), err
}

const path = "https://llm.example/v1/chat/completions"

func ask(text string, more ...string) string {
	return `{"model":"m","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"` + text + `"}]` + strings.Join(append([]string{""}, more...), ",") + `}`
}

type completion struct {
	ID, Object, Model string
	Choices           []struct {
		Message struct{ Role, Content string }
		Finish  string `json:"finish_reason"`
	}
	Usage struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
		Total      int `json:"total_tokens"`
	}
}

func TestRulesAnswerInOrder(t *testing.T) {
	m := model.New(model.Config{Rules: []model.Rule{
		{Like: regexp.MustCompile("weather"), Answers: []string{"It rains.", "It still rains."}},
		{Answers: []string{"What?"}},
	}})
	m.Add(model.Rule{Like: regexp.MustCompile("^echo "), Answer: func(q model.Question) string { return q.Text[5:] + " to " + q.Messages[0].Content }})
	for i, c := range []struct{ question, want string }{
		{"the weather", "It rains."}, {"the weather", "It still rains."}, {"weather?", "It still rains."}, {"hm", "What?"}, {"echo hi", "hi to Be kind."},
	} {
		status, header, body, err := do(t, m, "POST", path, "", ask(c.question))
		var got completion
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if err != nil || status != 200 || header.Get("Content-Type") != "application/json" || got.Object != "chat.completion" || got.Model != "m" || len(got.Choices) != 1 || got.Choices[0].Message.Role != "assistant" || got.Choices[0].Message.Content != c.want || got.Choices[0].Finish != "stop" {
			t.Errorf("%d: got %d %s, %v", i, status, body, err)
		}
		if u := got.Usage; u.Completion < 1 || u.Prompt < 8 || u.Total != u.Prompt+u.Completion {
			t.Errorf("%d: tokens: %+v", i, u)
		}
	}
	if asked := m.Questions(); len(asked) != 5 || asked[0].Text != "the weather" || asked[0].Status != 200 || asked[0].Stream || asked[0].Messages[1].Role != "user" {
		t.Errorf("got %+v", asked)
	}
}

func TestAModelIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := model.New(model.Config{Rules: []model.Rule{{Answers: []string{"one two three"}}}, Delay: 2 * time.Second, PerToken: 100 * time.Millisecond})
		begin := time.Now()
		if _, _, _, err := do(t, m, "POST", path, "", ask("count")); err != nil || time.Since(begin) != 2400*time.Millisecond {
			t.Errorf("whole: it took %s, %v", time.Since(begin), err)
		}
		begin = time.Now()
		req := httptest.NewRequest("POST", path, strings.NewReader(ask("count", `"stream":true`, `"stream_options":{"include_usage":true}`)))
		resp, err := stream.Answer(m, req, func(f func()) { go f() })
		if err != nil {
			t.Fatal(err)
		}
		var events []string
		buffer := make([]byte, 1000)
		for {
			n, err := resp.Body.Read(buffer)
			if n > 0 {
				events = append(events, time.Since(begin).String()+" "+string(buffer[:n]))
			}
			if err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		want := []string{`2s .*"delta":{"role":"assistant","content":""},"finish_reason":null`, `2.1s .*"content":"one"`, `2.2s .*"content":" two"`, `2.3s .*"content":" thre"`}
		for i, pattern := range want {
			if i >= len(events) || !regexp.MustCompile(pattern).MatchString(events[i]) {
				t.Errorf("event %d: want %s, got %q", i, pattern, events)
			}
		}
		end := events[len(events)-1]
		if !strings.HasPrefix(end, "2.4s data: ") || !strings.Contains(end, `"delta":{},"finish_reason":"stop"`) || !strings.Contains(end, `"choices":[],"usage":{"prompt_tokens"`) || !strings.HasSuffix(end, "\n\ndata: [DONE]\n\n") {
			t.Errorf("at the end: got %q", end)
		}
		if resp.Header.Get("Content-Type") != "text/event-stream" {
			t.Errorf("got %v", resp.Header)
		}
	})
}

func TestAModelLimitsRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := model.New(model.Config{Rules: []model.Rule{{Answers: []string{"yes"}}}, PerMinute: 2})
		statuses := func(n int) (got []int) {
			for range n {
				status, _, _, _ := do(t, m, "POST", path, "", ask("?"))
				got = append(got, status)
			}
			return got
		}
		if got := statuses(2); got[0] != 200 || got[1] != 200 {
			t.Errorf("got %v", got)
		}
		time.Sleep(40 * time.Second)
		status, header, body, err := do(t, m, "POST", path, "", ask("?"))
		if err != nil || status != 429 || header.Get("Retry-After") != "20" || header.Get("X-Ratelimit-Remaining-Requests") != "0" || !strings.Contains(body, `"code":"rate_limit_exceeded"`) {
			t.Errorf("got %d %v %s, %v", status, header, body, err)
		}
		time.Sleep(20 * time.Second)
		if got := statuses(3); got[0] != 200 || got[1] != 200 || got[2] != 429 {
			t.Errorf("got %v", got)
		}
		m.Limit(0)
		if got := statuses(3); got[0] != 200 || got[2] != 200 {
			t.Errorf("without a limit: got %v", got)
		}
	})
}

func TestAnswersGoWrong(t *testing.T) {
	for failure, want := range map[model.Failure]struct{ whole, stream string }{
		model.ServerError: {`^500 .*"type":"server_error"`, `^500 .*"type":"server_error"`},
		model.Malformed:   {`^200 {"id":"chatcmpl-000001".*[^}]$`, `(?s)"content":"one".*"object":"chat.compl\n.*\[DONE\]`},
		model.Cut:         {`connection reset by peer`, `connection reset by peer`},
		model.TooLong:     {`"content":"one two".*"finish_reason":"length"`, `(?s)" two".*"finish_reason":"length".*\[DONE\]`},
		model.Filtered:    {`"content":"".*"finish_reason":"content_filter"`, `"delta":{},"finish_reason":"content_filter"`},
	} {
		for streamed, pattern := range map[string]string{`"stream":false`: want.whole, `"stream":true`: want.stream} {
			m := model.New(model.Config{Rules: []model.Rule{{Answers: []string{"one two three"}}}})
			m.Fail(failure, 1)
			got := outcome(do(t, m, "POST", path, "", ask("count", streamed)))
			if !regexp.MustCompile(pattern).MatchString(got) {
				t.Errorf("%s, %s: got %s, want %s", failure, streamed, got, pattern)
			}
			if got := outcome(do(t, m, "POST", path, "", ask("count", streamed))); !strings.HasPrefix(got, "200 ") || !strings.Contains(got, `"stop"`) {
				t.Errorf("%s: the next answer: got %s", failure, got)
			}
			m = model.New(model.Config{Rules: []model.Rule{{Answers: []string{"one two three"}, Fails: failure}}})
			for range 2 {
				if got := strings.ReplaceAll(outcome(do(t, m, "POST", path, "", ask("count", streamed))), "000002", "000001"); !regexp.MustCompile(pattern).MatchString(got) {
					t.Errorf("%s of a rule: got %s", failure, got)
				}
			}
		}
	}
}

// outcome writes an answer in a line, or why there is none.
func outcome(status int, _ http.Header, body string, err error) string {
	if err != nil {
		return body + err.Error()
	}
	return fmt.Sprintf("%d %s", status, strings.TrimSpace(body))
}

func TestRefusals(t *testing.T) {
	m := model.New(model.Config{Names: []string{"small", "large"}, Key: "k"})
	for _, c := range []struct{ method, path, key, body, want string }{
		{"POST", path, "", ask("?"), `^401 .*"code":"invalid_api_key"`},
		{"POST", path, "wrong", ask("?"), `^401 `},
		{"POST", path, "k", `{"model"`, `^400 .*not the JSON of a chat completion`},
		{"POST", path, "k", `{}`, `^400 .*model is missing.*"param":"model"`},
		{"POST", path, "k", ask("?"), `^404 .*"code":"model_not_found"`},
		{"POST", path, "k", `{"model":"small"}`, `^400 .*messages are missing`},
		{"POST", path, "k", `{"model":"small","messages":[{"content":"?"}]}`, `^400 .*role of message 0 is missing`},
		{"POST", path, "k", `{"model":"small","messages":[{"role":"user","content":7}]}`, `^400 .*neither a string nor a list`},
		{"POST", path, "k", `{"model":"small","messages":[{"role":"user","content":[{"type":"image_url"}]}]}`, `^400 .*reads only text`},
		{"POST", path, "k", `{"model":"small","n":2,"messages":[{"role":"user","content":"?"}]}`, `^400 .*one choice`},
		{"POST", path, "k", `{"model":"small","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}`, `^501 .*no rule of the test answers .*a\\\\nb`},
		{"POST", "https://llm.example/v1/embeddings", "k", "", `^404 .*want POST /v1/chat/completions`},
		{"GET", "https://llm.example/v1/models", "k", "", `^200 .*"data":\[{"id":"small","object":"model".*{"id":"large"`},
	} {
		if got := outcome(do(t, m, c.method, c.path, c.key, c.body)); !regexp.MustCompile(c.want).MatchString(got) {
			t.Errorf("%s %s: got %s, want %s", c.method, c.body, got, c.want)
		}
	}
	m = model.New(model.Config{Rules: []model.Rule{{Answers: []string{"one two three"}}}})
	if got := outcome(do(t, m, "POST", path, "", ask("?", `"max_tokens":2`))); !strings.Contains(got, `"content":"one two"`) || !strings.Contains(got, `"finish_reason":"length"`) || !strings.Contains(got, `"completion_tokens":2`) {
		t.Errorf("with max_tokens: got %s", got)
	}
}
