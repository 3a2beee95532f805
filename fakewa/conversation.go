package fakewa

import (
	"cmp"
	"container/list"
	"slices"
	"strings"
	"time"

	"wappasim/fakewa/event"
	"wappasim/fakewa/internal/dial"
)

// Number returns a phone number in the form in which users are kept: "+" and digits. It
// returns anything else as it is.
func Number(s string) string {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune("+-() ", r) {
			return -1
		}
		return r
	}, s)
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return s
	}
	return "+" + digits
}

// conversation is the state of one user.
type conversation struct {
	user     string         // its key: one for all spellings of the number
	messages []*Message     // in order
	shared   []*Message     // of the bot, to groups of the user, in order
	drawn    map[uint64]int // how many ids were made, by the hash of their purpose
	born     int            // conversations that were dropped before it began
	place    *list.Element  // in Server.recent

	wrote   time.Time // when the user last wrote; zero: never
	pair    limiter   // of the pair rate
	entry   entryPoint
	profile Profile
	identity

	stopped  bool        // the user wants no marketing messages
	marketed []time.Time // when marketing messages went to the user outside of a window, if there is a cap
}

// with returns the conversation with a user, given by their key, and makes it the most
// recent one. The caller holds mu.
func (s *Server) with(user string) *conversation {
	c := s.conversations[user]
	if c == nil {
		c = s.newConversation(user)
		c.place = s.recent.PushBack(c)
		s.conversations[user] = c
		for _, name := range []string{dial.Person(user), c.id, c.parent} {
			s.alias(c, name)
		}
		if s.recent.Len() > s.cfg.Limit {
			s.forget(s.recent.Front().Value.(*conversation))
		}
	}
	s.recent.MoveToBack(c.place)
	return c
}

// say records a message, and drops old ones if there are too many. The caller holds mu.
func (s *Server) say(c *conversation, m *Message) *Message {
	s.last++
	m.N, m.User, m.At = s.last, c.user, s.clock.Now()
	c.messages = append(c.messages, m)
	s.byID[m.ID] = m
	for len(s.byID) > s.cfg.Limit {
		s.forget(s.recent.Front().Value.(*conversation))
	}
	s.tell(m, event.Message)
	return m
}

// forget drops a conversation, or the older half of its messages if it is the only one.
// The caller holds mu.
func (s *Server) forget(c *conversation) {
	gone := c.messages
	if s.recent.Len() == 1 {
		gone = gone[:(len(gone)+1)/2]
		c.messages = slices.Clone(c.messages[len(gone):])
		clear(c.drawn)
		c.born = s.dropped.Conversations + 1
	} else {
		s.recent.Remove(c.place)
		delete(s.conversations, c.user)
		for _, name := range c.names {
			delete(s.users, name)
		}
	}
	for _, m := range gone {
		delete(s.byID, m.ID)
	}
	s.dropped.Conversations++
	s.dropped.Messages += len(gone)
}

// Dropped counts what a server no longer keeps, to stay within its limits.
type Dropped struct {
	Conversations int `json:"conversations"`
	Messages      int `json:"messages"`
	Requests      int `json:"requests"`
	Deliveries    int `json:"deliveries"` // entries of the log of webhooks
	Webhooks      int `json:"webhooks"`   // that waited for redelivery
	Media         int `json:"media"`
}

// Dropped returns the counts so far.
func (s *Server) Dropped() Dropped {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropped
}

// Filter chooses messages. The zero Filter chooses all.
type Filter struct {
	User      string // in any form
	Direction Direction
	Type      string
	Status    string
	Since     time.Time
	After     string // the id of a message: only what came later
}

// Messages returns the messages that a filter chooses, oldest first.
func (s *Server) Messages(f Filter) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.choose(f)
}

// choose is Messages for a caller that holds mu.
func (s *Server) choose(f Filter) (chosen []Message) {
	chooses := s.chooser(f)
	look := func(c *conversation) {
		for _, m := range c.messages {
			if chooses(m) {
				chosen = append(chosen, *m)
			}
		}
	}
	if f.User != "" {
		if c := s.conversations[s.user(f.User)]; c != nil {
			look(c)
		}
		return chosen
	}
	for _, c := range s.conversations {
		look(c)
	}
	slices.SortFunc(chosen, func(a, b Message) int { return cmp.Compare(a.N, b.N) })
	return chosen
}

// chooser returns the function that tells whether a filter chooses a message. The caller
// holds mu.
func (s *Server) chooser(f Filter) func(*Message) bool {
	var after uint64
	if m := s.byID[f.After]; m != nil {
		after = m.N
	}
	user := ""
	if f.User != "" {
		user = s.user(f.User)
	}
	return func(m *Message) bool {
		return m.N > after && (user == "" || user == m.User) && (f.Direction == "" || f.Direction == m.Direction) &&
			(f.Type == "" || f.Type == m.Type) && (f.Status == "" || f.Status == m.Status) && !m.At.Before(f.Since)
	}
}

// Message returns a message by its id, if the server still keeps it.
func (s *Server) Message(id string) (m Message, kept bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.byID[id]; found != nil {
		return *found, true
	}
	return Message{}, false
}

// Conversation returns what a user and the bot said, oldest first.
func (s *Server) Conversation(user string) []Message {
	return s.Messages(Filter{User: user})
}

// Sent returns what the bot sent, to anybody, oldest first.
func (s *Server) Sent() []Message { return s.Messages(Filter{Direction: Out}) }

// lastOut returns the bot's last message to a user, of one of the given types or of any
// if none is given. The caller holds mu.
func (s *Server) lastOut(user string, types ...string) *Message {
	c := s.conversations[user]
	if c == nil {
		return nil
	}
	for _, m := range slices.Backward(c.messages) {
		if m.Direction == Out && m.Status != "failed" && (len(types) == 0 || slices.Contains(types, m.Type)) {
			return m
		}
	}
	return nil
}
