package flow

import (
	"context"
	"crypto/rsa"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/flowcrypt"
)

// Account is the flows of a business account, the public key for their endpoints, and who has
// one open. Make it with [NewAccount]. It is safe for concurrent use.
type Account struct {
	given []Flow // at the beginning
	host  Host   // set before anything is done with the account

	mu        sync.Mutex // guards what follows; it is not held while the host is called
	flows     []*Flow    // oldest first; one is never changed, but replaced
	pem       string     // the public key of the business; "": none was uploaded
	key       *rsa.PublicKey
	visits    []*Visit // the last one of each user, oldest first
	disabled  []string // messages whose button can no longer be tapped
	exchanges []Exchange
	watch     func(user, messageID string) // may be nil
}

// Host is what the account needs of the server that has it. Package fakewa sets it.
type Host struct {
	AccountID, AppID, Name string
	Limit                  int // of exchanges, of visits and of messages that are kept

	User   func(given string) string // the key of a user, who is given in any form
	Now    func() time.Time
	Draw   func(what string) [32]byte                                                                         // from the seed; the same words give other bytes the next time
	Find   func(user, button string) (messageID string, body []byte, err error)                               // the latest message with a flow that has arrived
	Write  func(user, messageID, response string) (id string, deliver func(context.Context) error, err error) // a message with what the user has filled in
	Post   func(ctx context.Context, p Post) (status int, answer []byte, err error)                           // to an endpoint, signed
	Notify func(value map[string]any)                                                                         // a webhook of the field flows
}

// Post is a request to an endpoint. Seal encrypts it: with a key that is not the business',
// if a fault says so.
type Post struct {
	URL, User string
	Plain     []byte // of the request; for those who watch
	Seal      func(wrongKey bool) ([]byte, error)
}

// NewAccount makes an account that has some flows at the beginning.
func NewAccount(flows ...Flow) *Account {
	a := &Account{given: slices.Clone(flows)}
	a.Reset()
	return a
}

// Check returns what is wrong with the flows that the account has at the beginning.
func (a *Account) Check() error {
	for i, f := range a.given {
		if err := f.check(); err != nil {
			return err
		}
		same := func(other Flow) bool { return other.Name == f.Name || f.ID != "" && other.ID == f.ID }
		if slices.ContainsFunc(a.given[:i], same) {
			return fmt.Errorf("flow: two flows have the name %q or the id %q", f.Name, f.ID)
		}
	}
	return nil
}

// Attach is for package fakewa: it gives the account its host, once, before anything else.
func (a *Account) Attach(host Host) { a.host = host }

// Reset begins again with the flows that the account had at the beginning. The public key
// stays: it is the business' own.
func (a *Account) Reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.flows = nil
	a.visits, a.disabled, a.exchanges = nil, nil, nil
	for i, f := range a.given {
		if f.ID == "" {
			f.ID = fmt.Sprintf("%d", 100_000_000_000_001+i)
		}
		if f.Status == "" {
			f.Status = published
		}
		if f.Categories == nil {
			f.Categories = []string{"OTHER"}
		}
		a.flows = append(a.flows, &f)
	}
}

// Watch has a function called for each message with which a user completes a flow, before it is
// delivered.
func (a *Account) Watch(do func(user, messageID string)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.watch = do
}

// SetPublicKey sets the public key of the business, in PEM: an RSA key of 2048 bits.
func (a *Account) SetPublicKey(pem string) error {
	key, err := flowcrypt.ParseKey(pem)
	if err != nil {
		return fmt.Errorf("flow: the public key %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pem, a.key = pem, key
	return nil
}

// Flows returns all flows, oldest first.
func (a *Account) Flows() (all []Flow) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.flows {
		all = append(all, *f)
	}
	return all
}

// Has tells whether there is a flow with an id.
func (a *Account) Has(id string) bool { return a.find(id, "") != nil }

// find returns the flow with an id or a name, or nil.
func (a *Account) find(id, name string) *Flow {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lookUp(id, name)
}

func (a *Account) lookUp(id, name string) *Flow {
	if i := slices.IndexFunc(a.flows, func(f *Flow) bool { return f.ID == id || id == "" && f.Name == name }); i >= 0 {
		return a.flows[i]
	}
	return nil
}

// add adds a flow, unless there is one with its name.
func (a *Account) add(f Flow) (added bool) {
	f.UpdatedAt = a.host.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lookUp("", f.Name) != nil {
		return false
	}
	a.flows = append(a.flows, &f)
	return true
}

// replace puts a flow in the place of the one with its id, unless that was deleted meanwhile.
func (a *Account) replace(f Flow) (replaced bool) {
	f.UpdatedAt = a.host.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.flows, func(other *Flow) bool { return other.ID == f.ID })
	if i >= 0 {
		a.flows[i] = &f
	}
	return i >= 0
}

// kept drops the oldest entries of a list that are beyond the limit.
func kept[T any](list []T, limit int) []T {
	over := max(len(list)-max(limit, 1), 0)
	clear(list[:over]) // what they refer to is garbage
	return list[over:]
}

// newID draws the id of a flow.
func (a *Account) newID() string {
	sum := a.host.Draw("flow")
	return fmt.Sprintf("%d", 1_000_000_000_000_000+binary.BigEndian.Uint64(sum[:8])%9_000_000_000_000_000)
}

// Sent is a message with a flow.
type Sent struct {
	ID      string `json:"flow_id"`
	Name    string `json:"flow_name"`
	Button  string `json:"flow_cta"`
	Token   string `json:"flow_token"`
	Mode    string
	Action  string `json:"flow_action"`
	Payload struct {
		Screen string
		Data   map[string]any
	} `json:"flow_action_payload"`
}

// ReadSent reads a message that a bot has sent; ok is false if it has no flow.
func ReadSent(body []byte) (sent Sent, ok bool) {
	var message struct {
		Interactive struct {
			Type   string
			Action struct{ Parameters json.RawMessage }
		}
	}
	if json.Unmarshal(body, &message) != nil || message.Interactive.Type != "flow" {
		return Sent{}, false
	}
	return sent, json.Unmarshal(message.Interactive.Action.Parameters, &sent) == nil
}

// Refuse returns why a message with a flow cannot be sent, or nil. An account without any
// flows takes all ids: the flows of such a bot are not in the fake. The codes 131009 are [?];
// that of a flow without a key is in Meta's list of flow errors.
func (a *Account) Refuse(body []byte) *graph.Error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.flows) == 0 {
		return nil
	}
	sent, ok := ReadSent(body)
	if !ok {
		return nil
	}
	f := a.lookUp(sent.ID, sent.Name)
	asDraft := sent.Mode == "draft"
	switch {
	case f == nil && sent.ID != "":
		return graph.New(131009, "flow_id is %q; the account has no flow with this id.", sent.ID)
	case f == nil:
		return graph.New(131009, "flow_name is %q; the account has no flow with this name.", sent.Name)
	case f.Status == deprecated:
		return graph.New(131009, "the flow %s (%q) is DEPRECATED and cannot be sent.", f.ID, f.Name)
	case f.Status == draft && !asDraft:
		return graph.New(131009, `the flow %s (%q) is a DRAFT; publish it, or send it with the mode "draft".`, f.ID, f.Name)
	case f.Status == published && asDraft:
		return graph.New(131009, `the flow %s (%q) is PUBLISHED; it cannot be sent with the mode "draft".`, f.ID, f.Name)
	}
	d, err := parse(f.Definition)
	switch {
	case err != nil:
		return graph.New(132068, "the flow %s (%q) is blocked: %v.", f.ID, f.Name, err)
	case d.dataAPI != "" && a.key == nil:
		return graph.New(132068, "the flow %s (%q) is blocked: it has an endpoint, and no public key was uploaded.", f.ID, f.Name)
	case sent.Payload.Screen != "" && d.screens[sent.Payload.Screen] == nil:
		return graph.New(131009, "flow_action_payload.screen is %q; the flow has the screens %q.", sent.Payload.Screen, d.order)
	}
	return nil
}
