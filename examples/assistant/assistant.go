// Package assistant is a bot that has a language model answer, in the light of what the same
// user has said before. A question is a task in the outbox: the model may be slow, busy or
// away, and the replica that asks it may crash. What fails for too long is answered with
// an apology.
package assistant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/outbox"
	"wappasim/examples/internal/post"
)

// Model is a language model with the chat completions of OpenAI's API.
type Model struct {
	HTTP           *http.Client
	URL, Name, Key string // URL with a version: https://api.openai.com/v1
}

// Bot is the bot: it serves webhooks, and Run asks the model and sends its answers. Make one
// with [New].
type Bot struct {
	http.Handler
	*outbox.Box
	model Model
	log   *slog.Logger
	to    func(question) string // who gets the answer
}

// turn is a message of a chat, as the model has it.
type turn struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// chat is what was said last, as Redis has it.
type chat struct{ Turns []turn }

// question is what the model is asked: a chat that ends with what the user says now.
type question struct {
	User  string
	Asked time.Time
	Turns []turn
}

const (
	remembered = 12 // turns of a chat
	mostText   = 4000
	attempt    = 20 * time.Second // with the model
	patience   = 5 * time.Minute  // of a user, with all attempts
	system     = "You answer in a few short sentences, in the language of the user."
)

// New makes the bot. The caller closes it after Run has returned.
func New(a cloudapi.Account, m Model, options *redis.Options, log *slog.Logger) *Bot {
	b := &Bot{Box: outbox.New(a, options, log), model: m, log: log, to: func(q question) string { return q.User }}
	b.Work = b.answer
	b.Handler = cloudapi.Webhook{Account: a, OnMessage: b.onMessage, OnStatus: b.OnStatus}
	return b
}

func (b *Bot) onMessage(ctx context.Context, m cloudapi.Message) error {
	if m.Type == "reaction" {
		return nil
	}
	return outbox.Change(ctx, b.Box, m, "chat:"+m.From, func(c *chat) []outbox.Message {
		words := strings.TrimSpace(m.Text)
		if words == "" {
			return []outbox.Message{outbox.Text(m.From, "I can read nothing but texts.")}
		}
		c.add("user", words)
		task, _ := json.Marshal(question{m.From, m.At, c.Turns}) // it is texts and a time
		return []outbox.Message{{Task: string(task)}}
	})
}

// add adds a turn, and forgets the oldest.
func (c *chat) add(role, content string) {
	c.Turns = append(c.Turns, turn{role, content})
	c.Turns = c.Turns[max(0, len(c.Turns)-remembered):]
}

// answer has the model answer a question, and the user get the answer.
func (b *Bot) answer(ctx context.Context, id, task string) error {
	var q question
	if err := json.Unmarshal([]byte(task), &q); err != nil {
		return fmt.Errorf("read a question: %w", err)
	}
	answer, err := b.ask(ctx, q.Turns)
	if err != nil && time.Since(q.Asked) < patience {
		return err
	}
	if err != nil {
		b.log.Error("a question has no answer", "error", err)
		answer = "Sorry, I cannot answer that just now."
	}
	return outbox.Change(ctx, b.Box, cloudapi.Message{ID: id}, "chat:"+q.User, func(c *chat) []outbox.Message {
		c.add("assistant", answer)
		return []outbox.Message{outbox.Text(b.to(q), "%s", answer)}
	})
}

// ask asks the model.
func (b *Bot) ask(ctx context.Context, turns []turn) (string, error) {
	asked := map[string]any{"model": b.model.Name, "messages": append([]turn{{"system", system}}, turns...)}
	var completion struct{ Choices []struct{ Message turn } }
	if err := post.JSON(ctx, b.model.HTTP, attempt, b.model.URL+"/chat/completions", b.model.Key, asked, &completion); err != nil {
		return "", fmt.Errorf("ask the model: %w", err)
	}
	if len(completion.Choices) == 0 || completion.Choices[0].Message.Content == "" {
		return "", errors.New("ask the model: its answer has no text")
	}
	text := completion.Choices[0].Message.Content
	if len(text) > mostText { // a text has at most 4096 characters
		text = strings.ToValidUTF8(text[:mostText], "") + "…"
	}
	return text, nil
}
