// Package model is a language model for worlds: a service with the chat completions of
// OpenAI's API, whose answers a test writes.
//
//	llm := model.New(model.Config{Rules: []model.Rule{
//		{Like: regexp.MustCompile("(?i)opening hours"), Answers: []string{"From nine to five."}},
//		{Answers: []string{"I do not know."}},
//	}})
//	w, err := sim.New(newHelper, sim.Service("https://api.openai.com", llm))
//
// A [Model] is an http.Handler for POST …/chat/completions, as JSON or as a stream of
// server-sent events, and for GET …/models. It is slow ([Config.Delay], [Config.PerToken]),
// limits requests ([Config.PerMinute]) and breaks on demand ([Model.Fail]). In a world all of
// that takes virtual time. [Model.Questions] is what it was asked. It knows nothing of worlds:
// it works in any HTTP server too.
//
// It does not think, and calls no tools: tools, temperature and other parameters are taken and
// have no effect. Tokens are counted as about four characters each, and not as a real model's
// tokenizer does. More than one choice, images and sound are refused. In a sim.Workload, make a
// new one for each run with sim.FreshService.
package model

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config is how a model is set up. Without rules it refuses each question.
type Config struct {
	Rules []Rule   // the first that fits a question answers it
	Names []string // of the models that there are; default: any name is taken
	Key   string   // that callers must present as a bearer token; default: any, or none

	Delay     time.Duration // before an answer begins
	PerToken  time.Duration // for each token of an answer
	PerMinute int           // requests in any minute; more get 429; 0: no limit
}

// Rule answers questions.
type Rule struct {
	Like    *regexp.Regexp        // what it looks for in the question; nil: it fits each question
	Answers []string              // in turn; the last one is for all that follow
	Answer  func(Question) string // instead of Answers
	Fails   Failure               // how each of these answers goes wrong; "": it does not
}

// Question is what a model was asked.
type Question struct {
	At       time.Time
	Model    string
	Messages []Message
	Text     string // of the last message of a user
	Stream   bool
	Status   int // HTTP status of the answer; 0: the answer has not begun
}

// Message is one of the messages of a question.
type Message struct {
	Role    string // system, user, assistant, …
	Content string // the text; parts of it stand on lines of their own
}

// Failure is how an answer goes wrong.
type Failure string

// The failures.
const (
	ServerError Failure = "server error" // status 500
	Malformed   Failure = "malformed"    // the JSON of the answer, or of an event in a stream, breaks off
	Cut         Failure = "cut"          // the connection breaks in the middle of the answer
	TooLong     Failure = "too long"     // half of the answer, with the finish_reason "length"
	Filtered    Failure = "filtered"     // no text, with the finish_reason "content_filter"
)

// Model is a language model. It is safe for concurrent use.
type Model struct {
	cfg Config

	mu        sync.Mutex // guards what follows
	rules     []*rule
	failures  []Failure // of coming answers
	questions []*Question
	taken     []time.Time // requests of the last minute
	answered  int
}

// rule is a Rule in use.
type rule struct {
	Rule
	used int // answers of it
}

// New returns a model.
func New(cfg Config) *Model {
	m := &Model{cfg: cfg}
	for _, r := range cfg.Rules {
		m.rules = append(m.rules, &rule{Rule: r})
	}
	return m
}

// Add adds rules before those that there are.
func (m *Model) Add(rules ...Rule) {
	m.mu.Lock()
	defer m.mu.Unlock()
	added := make([]*rule, len(rules))
	for i, r := range rules {
		added[i] = &rule{Rule: r}
	}
	m.rules = append(added, m.rules...)
}

// Fail lets the next answers go wrong, so many times. Several failures come one after another.
func (m *Model) Fail(f Failure, times int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failures = append(m.failures, slices.Repeat([]Failure{f}, max(times, 0))...)
}

// Limit sets [Config.PerMinute].
func (m *Model) Limit(perMinute int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cfg.PerMinute = perMinute
}

// Questions returns what the model was asked, oldest first, also what it refused for a limit
// or a failure. Requests without a key or with a body that cannot be read are none.
func (m *Model) Questions() []Question {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]Question, len(m.questions))
	for i, q := range m.questions {
		all[i] = *q
	}
	return all
}

// ServeHTTP answers under any path that ends in /chat/completions or /models.
func (m *Model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := strings.TrimSuffix(r.URL.Path, "/"); {
	case !m.allowed(r):
		refuse(w, refusal{Status: http.StatusUnauthorized, Type: invalid, Code: "invalid_api_key", Message: "the API key is not the one of this model"})
	case strings.HasSuffix(path, "/chat/completions") && r.Method == http.MethodPost:
		m.complete(w, r)
	case strings.HasSuffix(path, "/models") && r.Method == http.MethodGet:
		m.list(w)
	default:
		refuse(w, refusal{Status: http.StatusNotFound, Type: invalid, Message: "there is no " + r.Method + " " + r.URL.Path + ": want POST /v1/chat/completions or GET /v1/models"})
	}
}

func (m *Model) allowed(r *http.Request) bool {
	return m.cfg.Key == "" || r.Header.Get("Authorization") == "Bearer "+m.cfg.Key
}

// list answers with the models that there are.
func (m *Model) list(w http.ResponseWriter) {
	type item struct {
		ID      string `json:"id"`
		Object  string `json:"object"`
		Created int64  `json:"created"`
		OwnedBy string `json:"owned_by"`
	}
	list := struct {
		Object string `json:"object"`
		Data   []item `json:"data"`
	}{"list", []item{}}
	for _, name := range m.cfg.Names {
		list.Data = append(list.Data, item{name, "model", released, "world"})
	}
	write(w, http.StatusOK, list)
}

// released is when the models were made, as GET /models says: the beginning of 2025.
const released = 1735689600

// answer is what a rule answers.
type answer struct {
	text   string
	fails  Failure
	number int // of all answers, from 1
}

// script returns the answer to a question; ok is false if no rule fits.
func (m *Model) script(q Question) (a answer, ok bool) {
	m.mu.Lock()
	i := slices.IndexFunc(m.rules, func(r *rule) bool { return r.Like == nil || r.Like.MatchString(q.Text) })
	if i < 0 {
		m.mu.Unlock()
		return answer{}, false
	}
	r := m.rules[i]
	m.answered++
	a = answer{fails: r.Fails, number: m.answered}
	if len(m.failures) > 0 {
		a.fails, m.failures = m.failures[0], m.failures[1:]
	}
	if r.Answer == nil && len(r.Answers) > 0 {
		a.text = r.Answers[min(r.used, len(r.Answers)-1)]
		r.used++
	}
	m.mu.Unlock() // a function may ask the model
	if r.Answer != nil {
		a.text = r.Answer(q)
	}
	return a, true
}

// take counts a request, and returns for how long it must wait; 0: it is taken.
func (m *Model) take() (wait time.Duration, limit int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	m.taken = slices.DeleteFunc(m.taken, func(at time.Time) bool { return now.Sub(at) >= time.Minute })
	if m.cfg.PerMinute > 0 && len(m.taken) >= m.cfg.PerMinute {
		return cmp.Or(m.taken[0].Add(time.Minute).Sub(now), time.Nanosecond), m.cfg.PerMinute
	}
	m.taken = append(m.taken, now)
	return 0, m.cfg.PerMinute
}
