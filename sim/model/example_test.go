package model_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"wappasim/sim"
	"wappasim/sim/model"
)

// helper is a bot that has a language model answer. It streams the answer, and tries again
// when the model is busy.
type helper struct {
	env      sim.Env
	modelURL string
	pending  sync.WaitGroup

	mixesUp bool       // a bug: it remembers one user for all questions
	mu      sync.Mutex // guards user
	user    string     // who has asked last
}

func newHelper(env sim.Env) (sim.App, error) {
	return &helper{env: env, modelURL: "https://api.openai.com/v1"}, nil
}

func (h *helper) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Close waits for the answers under way.
func (h *helper) Close() error {
	h.pending.Wait()
	return nil
}

func (h *helper) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	var hook struct {
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
	if json.NewDecoder(r.Body).Decode(&hook) != nil {
		return
	}
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			for _, m := range change.Value.Messages {
				h.mu.Lock()
				h.user = m.From
				h.mu.Unlock()
				h.pending.Go(func() { h.reply(m.From, m.Text.Body) })
			}
		}
	}
}

// reply sends a user what the model answers.
func (h *helper) reply(user, question string) {
	answer := "Sorry, I cannot think just now."
	for attempt := range 3 {
		text, err := h.ask(question)
		if err == nil {
			answer = text
			break
		}
		time.Sleep(time.Duration(1+attempt) * 10 * time.Second)
	}
	if h.mixesUp {
		h.mu.Lock()
		user = h.user
		h.mu.Unlock()
	}
	body, _ := json.Marshal(map[string]any{"messaging_product": "whatsapp", "to": user, "type": "text", "text": map[string]string{"body": answer}})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second) // a call without an end would keep Close waiting
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.env.GraphURL+"/"+h.env.PhoneNumberID+"/messages", bytes.NewReader(body))
	if err != nil {
		return
	}
	req.Header.Set("Authorization", "Bearer "+h.env.Token)
	if resp, err := h.env.HTTP.Do(req); err == nil {
		_ = resp.Body.Close()
	}
}

// ask has the model answer a question, token by token.
func (h *helper) ask(question string) (answer string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	body, _ := json.Marshal(map[string]any{"model": "gpt-4o-mini", "stream": true, "messages": []map[string]string{{"role": "user", "content": question}}})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.modelURL+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	resp, err := h.env.HTTP.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the model answers %d", resp.StatusCode)
	}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if data == "[DONE]" {
			return answer, nil
		}
		var event struct {
			Choices []struct{ Delta struct{ Content string } }
		}
		if !ok {
			continue
		}
		if err := json.Unmarshal([]byte(data), &event); err != nil {
			return "", err
		}
		if len(event.Choices) > 0 {
			answer += event.Choices[0].Delta.Content
		}
	}
	return "", fmt.Errorf("the answer breaks off: %w", lines.Err())
}

func Example() {
	llm := model.New(model.Config{Rules: []model.Rule{
		{Like: regexp.MustCompile("(?i)opening hours"), Answers: []string{"From nine to five."}},
		{Answers: []string{"I do not know."}},
	}})
	w, err := sim.New(newHelper, sim.Service("https://api.openai.com", llm))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	_ = w.Say("Ana", "What are your opening hours?")
	llm.Fail(model.ServerError, 1)
	_ = w.Say("Ana", "Why?")
	_ = w.Wait(10 * time.Second)
	for _, m := range w.Inbox("Ana") {
		fmt.Println(m.At.Format(time.TimeOnly), m.Text)
	}
	// Output:
	// 09:00:00 From nine to five.
	// 09:00:10 I do not know.
}

// quoting is a model that is slow, and repeats each question.
func quoting() http.Handler {
	return model.New(model.Config{
		Rules:    []model.Rule{{Answer: func(q model.Question) string { return "You ask: " + q.Text }}},
		Delay:    2 * time.Second,
		PerToken: 50 * time.Millisecond,
	})
}

// No user gets another's words: the property finds a bot that remembers one user for all
// questions.
func Example_property() {
	asking := sim.Workload{
		Settle:  2 * time.Minute,
		Faults:  sim.AllFaults,
		Options: []sim.Option{sim.FreshService("https://api.openai.com", quoting)},
	}
	mixesUp := func(env sim.Env) (sim.App, error) {
		return &helper{env: env, modelURL: "https://api.openai.com/v1", mixesUp: true}, nil
	}
	_, err := sim.Explore(newHelper, sim.Seeds(50), asking, sim.OwnWords())
	fmt.Println(err)
	_, err = sim.Explore(mixesUp, sim.Seeds(50), asking, sim.OwnWords())
	if failure, ok := errors.AsType[*sim.Failure](err); ok {
		fmt.Println(failure.Property)
		for _, step := range failure.Steps {
			fmt.Println(step.Who, step.Act)
		}
	}
	// Output:
	// <nil>
	// nobody gets another's words
	// Ben says "mango 010"
	// Cleo says "mango 011"
}
