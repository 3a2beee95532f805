package model

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// complete answers a question.
func (m *Model) complete(w http.ResponseWriter, r *http.Request) {
	req, q, refused := m.read(w, r)
	if refused != nil {
		refuse(w, *refused)
		return
	}
	m.mu.Lock()
	m.questions = append(m.questions, &q)
	m.mu.Unlock()
	status := func(n int) {
		m.mu.Lock()
		q.Status = n
		m.mu.Unlock()
	}
	if wait, limit := m.take(); wait > 0 {
		status(http.StatusTooManyRequests)
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		w.Header().Set("X-Ratelimit-Limit-Requests", strconv.Itoa(limit))
		w.Header().Set("X-Ratelimit-Remaining-Requests", "0")
		w.Header().Set("X-Ratelimit-Reset-Requests", wait.Round(time.Millisecond).String())
		refuse(w, refusal{Status: http.StatusTooManyRequests, Type: "requests", Code: "rate_limit_exceeded", Message: fmt.Sprintf("more than %d requests in a minute: try again in %s", limit, wait.Round(time.Millisecond))})
		return
	}
	a, ok := m.script(q)
	if !ok {
		status(http.StatusNotImplemented)
		refuse(w, refusal{Status: http.StatusNotImplemented, Type: "not_scripted", Message: fmt.Sprintf("no rule of the test answers %q", q.Text)})
		return
	}
	c := &completion{w: w, ctx: r.Context(), perToken: m.cfg.PerToken, req: req, fails: a.fails, finish: "stop"}
	c.id, c.created = fmt.Sprintf("chatcmpl-%06d", a.number), time.Now().Unix()
	c.tokens = tokens(a.text)
	if most := req.most(); most > 0 && most < len(c.tokens) {
		c.tokens, c.finish = c.tokens[:most], "length"
	}
	switch a.fails {
	case TooLong:
		c.tokens, c.finish = c.tokens[:len(c.tokens)/2], "length"
	case Filtered:
		c.tokens, c.finish = nil, "content_filter"
	}
	c.usage.count(q, len(c.tokens))
	if !sleep(c.ctx, m.cfg.Delay) {
		return
	}
	if a.fails == ServerError {
		status(http.StatusInternalServerError)
		refuse(w, refusal{Status: http.StatusInternalServerError, Type: "server_error", Message: "the model failed, as the test wants it"})
		return
	}
	status(http.StatusOK)
	if req.Stream {
		c.stream()
		return
	}
	c.whole()
}

// completion is an answer on its way.
type completion struct {
	w        http.ResponseWriter
	ctx      context.Context
	perToken time.Duration
	req      request
	fails    Failure
	tokens   []string
	finish   string
	id       string
	created  int64
	usage    usage
}

// usage counts tokens.
type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
}

// count counts those of a question, with a few for each message's role, and of its answer.
func (u *usage) count(q Question, answered int) {
	u.Prompt = 3
	for _, m := range q.Messages {
		u.Prompt += 4 + len(tokens(m.Content))
	}
	u.Completion, u.Total = answered, u.Prompt+answered
}

// chunk is a completion, or an event of its stream.
type chunk struct {
	ID      string   `json:"id"`
	Object  string   `json:"object"`
	Created int64    `json:"created"`
	Model   string   `json:"model"`
	Choices []choice `json:"choices"`
	Usage   *usage   `json:"usage,omitempty"`
}

type choice struct {
	Index   int     `json:"index"`
	Message *spoken `json:"message,omitempty"`
	Delta   *spoken `json:"delta,omitempty"`
	Finish  *string `json:"finish_reason"` // null until the last event
}

type spoken struct {
	Role    string  `json:"role,omitempty"`
	Content *string `json:"content,omitempty"`
}

func (c *completion) chunk(object string, choices ...choice) chunk {
	if choices == nil {
		choices = []choice{}
	}
	return chunk{ID: c.id, Object: object, Created: c.created, Model: c.req.Model, Choices: choices}
}

// whole answers with one JSON object.
func (c *completion) whole() {
	if !sleep(c.ctx, time.Duration(len(c.tokens))*c.perToken) {
		return
	}
	text := strings.Join(c.tokens, "")
	answer := c.chunk("chat.completion", choice{Message: &spoken{"assistant", &text}, Finish: &c.finish})
	answer.Usage = &c.usage
	body, _ := json.Marshal(answer) // it always encodes
	if c.fails == Malformed || c.fails == Cut {
		body = body[:len(body)/2]
	}
	c.w.Header().Set("Content-Type", "application/json")
	_, _ = c.w.Write(body) // fails only if the caller is gone
	if c.fails == Cut {
		c.breakOff()
	}
}

// stream answers with an event for each token.
func (c *completion) stream() {
	const object = "chat.completion.chunk"
	c.w.Header().Set("Content-Type", "text/event-stream")
	c.w.Header().Set("Cache-Control", "no-cache")
	delta := func(s spoken, finish *string) { c.event(c.chunk(object, choice{Delta: &s, Finish: finish})) }
	delta(spoken{"assistant", new(string)}, nil)
	for i, token := range c.tokens {
		if !sleep(c.ctx, c.perToken) {
			return
		}
		if middle := i == len(c.tokens)/2; middle && c.fails == Cut {
			c.breakOff()
		} else if middle && c.fails == Malformed {
			c.line(`{"id":"` + c.id + `","object":"chat.compl`)
			continue
		}
		delta(spoken{Content: &token}, nil)
	}
	if len(c.tokens) == 0 && c.fails == Cut {
		c.breakOff()
	}
	delta(spoken{}, &c.finish)
	if c.req.StreamOptions.IncludeUsage {
		last := c.chunk(object)
		last.Usage = &c.usage
		c.event(last)
	}
	c.line("[DONE]")
}

func (c *completion) event(e chunk) {
	data, _ := json.Marshal(e) // it always encodes
	c.line(string(data))
}

// line sends an event at once.
func (c *completion) line(data string) {
	_, _ = fmt.Fprintf(c.w, "data: %s\n\n", data) // fails only if the caller is gone
	_ = http.NewResponseController(c.w).Flush()   // what cannot be flushed comes later
}

// breakOff breaks the connection after what was written.
func (c *completion) breakOff() {
	_ = http.NewResponseController(c.w).Flush()
	panic(http.ErrAbortHandler)
}

// sleep waits, and tells whether somebody still waits for the answer.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// longest is how many characters a token has at most.
const longest = 5

// tokens divides a text: words with the space before them, and long ones in pieces.
func tokens(text string) (all []string) {
	begin, length := 0, 0
	for i, r := range text {
		if i > begin && (r == ' ' || r == '\n' || length == longest) {
			all = append(all, text[begin:i])
			begin, length = i, 0
		}
		length++
	}
	if begin < len(text) {
		all = append(all, text[begin:])
	}
	return all
}
