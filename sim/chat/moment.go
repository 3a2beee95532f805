package chat

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wappasim/fakewa"
	"wappasim/sim"
	"wappasim/sim/internal/inside"
	"wappasim/sim/trace"
)

// moment is what a screen shows of a world, and what a line has said.
type moment struct {
	began    time.Time // when the talk did
	at       time.Time
	prompt   string
	number   string            // of who speaks
	people   []string          // who have spoken, as they were named
	names    map[string]string // of people, by number
	messages []fakewa.Message  // of everybody, by N
	refused  []fakewa.Request  // calls of the bot, since the last moment
	offered  []string          // what 1, 2, … tap
	titles   []string          // everything that can be tapped
	keys     []sim.Key
	timed    string         // the database with the keys of whose expiry the bot hears; "": it never did
	profile  fakewa.Profile // of who speaks
	events   []trace.Event
	faults   []string // that are active

	said string // by the command
	err  error  // of the line
	took time.Duration
}

// work does something in the world, and returns the moment after it.
func (c *Chat) work(do func() error) (m moment) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var said strings.Builder
	c.side = &said
	if do != nil {
		m.err = do()
	}
	began := time.Now()
	c.look(&m)
	m.said, m.took = said.String(), time.Since(began)
	return m
}

// look sees what the world is like.
func (c *Chat) look(m *moment) {
	sent, calls := c.world.Sent(), c.world.Requests()
	if len(sent) > c.shown {
		c.scene.Listen()
		sent = c.world.Sent() // of which some have arrived by now
	}
	for _, call := range calls[min(c.called, len(calls)):] {
		if call.Error != nil {
			m.refused = append(m.refused, call)
		}
	}
	c.shown, c.called = len(sent), len(calls)

	m.began = c.began
	m.at, m.prompt, m.number = c.world.Now(), c.prompt(), c.world.Number(c.user)
	m.people, m.names = c.scene.Spoken(), make(map[string]string)
	numbers := []string{}
	for _, who := range m.people {
		number := c.world.Number(who)
		m.names[number] = cmp.Or(m.names[number], who)
		numbers = append(numbers, number)
	}
	for _, message := range sent {
		numbers = append(numbers, message.User)
	}
	slices.Sort(numbers)
	for _, number := range slices.Compact(numbers) {
		m.messages = append(m.messages, c.world.Conversation(number)...)
	}
	slices.SortFunc(m.messages, func(a, b fakewa.Message) int { return cmp.Compare(a.N, b.N) })
	m.offer()
	_, next := c.world.Next()
	if db, _, ok := strings.Cut(next, " "); ok {
		c.timed = db
	}
	m.timed = c.timed
	_ = c.world.Meta(func(wa *fakewa.Server) error { m.profile = wa.Phone(m.number).Profile(); return nil })
	m.keys, m.events = c.world.Keys(), c.world.Trace().Events()
	for _, f := range inside.Active(c.world) {
		sentence := f.Sentence
		if !f.Until.IsZero() {
			sentence += " (" + countdown(f.Until.Sub(m.at)) + " left)"
		}
		m.faults = append(m.faults, sentence)
	}
}

// offer finds what can be tapped. A number taps what the bot offers in its last words: when
// a person has said something else since, it is a word of theirs.
func (m *moment) offer() {
	answered := false
	for _, message := range slices.Backward(m.messages) {
		switch {
		case message.User != m.number:
		case message.Direction == fakewa.In:
			answered = answered || message.Type != "reaction"
		default:
			offers := choices(message)
			if m.titles = append(m.titles, offers...); !answered && m.offered == nil {
				m.offered = offers
			}
		}
	}
}

// choices returns the titles of what a message offers, as far as taps know them, or their ids.
func choices(m fakewa.Message) (titles []string) {
	for _, c := range m.Choices {
		titles = append(titles, cmp.Or(c.Title, c.ID))
	}
	for i, title := range titles {
		if slices.Index(titles, title) < i {
			titles[i] = cmp.Or(m.Choices[i].ID, title)
		}
	}
	return titles
}

// numberedText writes a message with a number before each choice, as it is tapped.
func numberedText(m fakewa.Message) string {
	text, titles := m.String(), choices(m)
	var own []string
	for i, title := range titles {
		own = append(own, fmt.Sprintf("[%d] %s", i+1, title))
	}
	if !slices.ContainsFunc(titles, func(title string) bool {
		return strings.Count(text, fmt.Sprintf("[%d] %s", slices.Index(titles, title)+1, title)) != 1
	}) {
		return text
	}
	return text + "\n" + strings.Join(own, "  ")
}

// timers returns the keys of a person that end within a day, the soonest first, with what
// their names say besides the person's number. If the bot listens to expiries in a database,
// its timers are there; else each key may be one.
func (m *moment) timers() (timers []string) {
	digits := strings.TrimPrefix(m.number, "+")
	var keys []sim.Key
	for _, k := range m.keys {
		if m.timed != "" && m.timed != strconv.Itoa(k.DB) {
			continue
		}
		if k.TTL > 0 && k.TTL <= 24*time.Hour && strings.Contains(k.Name, digits) {
			keys = append(keys, k)
		}
	}
	slices.SortStableFunc(keys, func(a, b sim.Key) int { return cmp.Compare(a.TTL, b.TTL) })
	for _, k := range keys {
		parts := strings.Split(k.Name, ":")
		parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" || strings.Contains(part, digits) })
		name := "timer"
		if len(parts) > 0 {
			name = parts[len(parts)-1]
		}
		timers = append(timers, name+" "+countdown(k.TTL))
	}
	return timers
}

// countdown writes how long something still takes, in seconds that have begun.
func countdown(d time.Duration) string {
	return ((d + time.Second - 1) / time.Second * time.Second).String()
}
