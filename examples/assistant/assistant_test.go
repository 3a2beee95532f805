package assistant

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/explore"
	"wappasim/sim"
	"wappasim/sim/model"
)

const service = "https://api.openai.com"

// planted returns a factory of the bot; change may make it worse.
func planted(change func(*Bot)) sim.Factory {
	return func(env sim.Env) (sim.App, error) {
		b := New(explore.Account(env), Model{env.HTTP, service + "/v1", "gpt-4o-mini", "key"}, env.Redis.Simple(), env.Logger)
		if change != nil {
			change(b)
		}
		return b, nil
	}
}

// quoting is a model that is slow, repeats what it is asked, and fails at some questions.
func quoting() http.Handler {
	return model.New(model.Config{
		Rules: []model.Rule{
			{Like: regexp.MustCompile("3$"), Answers: []string{"It is never said."}, Fails: model.Filtered},
			{Answer: func(q model.Question) string { return "You ask: " + q.Text }},
		},
		Key: "key", Delay: 2 * time.Second, PerToken: 50 * time.Millisecond, PerMinute: 20,
	})
}

var workload = sim.Workload{
	Faults: sim.AllFaults, Settle: 20 * time.Minute,
	Options: []sim.Option{sim.FreshService(service, quoting)},
}

func properties() []sim.Property {
	return append(sim.AnyBot(), explore.NotRefused(), explore.EachAnswered(),
		sim.Reaches("You ask: "), sim.Reaches("Sorry"))
}

func TestExplore(t *testing.T) { explore.Clean(t, planted(nil), workload, properties()...) }

// TestFindsWrongUser plants that the bot remembers one user for all questions.
func TestFindsWrongUser(t *testing.T) {
	bot := planted(func(b *Bot) {
		var last atomic.Value
		hook := b.Handler.(cloudapi.Webhook)
		onMessage := hook.OnMessage
		hook.OnMessage = func(ctx context.Context, m cloudapi.Message) error {
			last.Store(m.From)
			return onMessage(ctx, m)
		}
		b.Handler = hook
		b.to = func(q question) string {
			if user, ok := last.Load().(string); ok {
				return user
			}
			return q.User // nobody has asked since the bot started
		}
	})
	explore.Finds(t, sim.OwnWords().Name, 5, bot, workload, properties()...)
}

// TestRemembers wants the model to be told what was said before, to one user only.
func TestRemembers(t *testing.T) {
	llm := quoting().(*model.Model)
	w, err := sim.New(planted(nil), sim.Test(t), sim.Service(service, llm))
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range [][2]string{{"Ana", "I am Ana"}, {"Ben", "Who am I?"}, {"Ana", "Who am I?"}} {
		if err := w.Say(said[0], said[1]); err != nil {
			t.Fatal(err)
		}
		if err := w.Wait(time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	var told []string
	for _, q := range llm.Questions() {
		var all []string
		for _, m := range q.Messages[1:] { // the first is the system's
			all = append(all, m.Role+": "+m.Content)
		}
		told = append(told, strings.Join(all, ", "))
	}
	want := "user: I am Ana | user: Who am I? | user: I am Ana, assistant: You ask: I am Ana, user: Who am I?"
	if got := strings.Join(told, " | "); got != want {
		t.Errorf("the model was asked %s", got)
	}
}
