package people

import (
	"slices"
	"time"

	"wappasim/fakewa"
)

// Writer writes texts, each unlike all others.
func Writer(m Moment) Act { return Say(m.Words) }

// Tapper taps any button or row of the latest message that has some, most often one that
// they have not tapped before; sometimes one of an older message, and sometimes the same
// again. If nothing is offered, Tapper writes.
func Tapper(m Moment) Act {
	offered := m.Offered()
	if len(offered) == 0 {
		return Writer(m)
	}
	now := latest(offered)
	switch m.Rand.IntN(8) {
	case 0:
		now = offered
	case 1:
		if last := len(m.Past) - 1; last >= 0 && m.Past[last].Kind == Taps {
			return m.Past[last]
		}
	case 2: // any of the latest
	default:
		if fresh := m.untapped(now); len(fresh) > 0 {
			now = fresh
		}
	}
	return m.Tap(one(m, now))
}

// untapped returns the offers that somebody has not tapped yet, in whatever message.
func (m Moment) untapped(offered []Offer) (fresh []Offer) {
	for _, o := range offered {
		if !slices.ContainsFunc(m.Past, func(a Act) bool { return a.Kind == Taps && a.Offer.ID == o.ID && a.Offer.Title == o.Title }) {
			fresh = append(fresh, o)
		}
	}
	return fresh
}

// Filler fills in the latest flow, with one of several choices, and writes if there is none, or
// now and then.
func Filler(m Moment) Act {
	flows := m.Flows()
	if len(flows) == 0 || m.Rand.IntN(4) == 0 {
		return Writer(m)
	}
	return Fill(flows[0], m.Words, m.Rand.IntN(6))
}

// Sender sends messages of every type, whatever the bot has asked for: pictures, films,
// files, places, voice notes, sticker, contacts and reactions.
func Sender(m Moment) Act {
	contents := []func() Act{
		func() Act { return Send(fakewa.Image(m.Words)) },
		func() Act { return Send(fakewa.Video(m.Words)) },
		func() Act { return Send(fakewa.Document(m.Words+".pdf", "")) },
		func() Act { return Send(fakewa.Location(37.44, -122.16, m.Words, "1 Hacker Way")) },
		func() Act { return Send(fakewa.Voice()) },
		func() Act { return Send(fakewa.Audio()) },
		func() Act { return Send(fakewa.Sticker()) },
		func() Act { return Send(fakewa.Contact(m.Words, "+15550100000")) },
		func() Act { return Send(fakewa.Order(m.Words, 2)) },
		func() Act { return Send(fakewa.Unsupported("poll")) },
		func() Act { return React(one(m, []string{"👍", "❤️", ""})) },
	}
	return one(m, contents)()
}

// Editor writes, and as often edits or deletes a text of their own, most often the latest.
func Editor(m Moment) Act {
	var texts []string // as they are now
	for _, a := range m.Past {
		i := slices.Index(texts, a.Of)
		switch text, _ := a.Content["text"].(map[string]any); {
		case a.Kind == Sends && text != nil:
			texts = append(texts, text["body"].(string))
		case a.Kind == Edits && i >= 0:
			texts[i] = a.Words
		case a.Kind == Deletes && i >= 0:
			texts = slices.Delete(texts, i, i+1)
		}
	}
	if len(texts) == 0 || m.Rand.IntN(2) == 0 {
		return Writer(m)
	}
	text := texts[len(texts)-1]
	if m.Rand.IntN(3) == 0 {
		text = one(m, texts)
	}
	if m.Rand.IntN(3) == 0 {
		return Delete(text)
	}
	return Edit(text, m.Words)
}

// Reader reads what arrived and stays silent, and writes only what makes the bot begin.
func Reader(m Moment) Act {
	if len(m.Past) == 0 {
		return Writer(m)
	}
	return Read()
}

// Blocker blocks the business and unblocks it, and writes between.
func Blocker(m Moment) Act {
	blocked := false
	for _, act := range m.Past {
		blocked = act.Kind == Blocks || blocked && act.Kind != Unblocks
	}
	switch {
	case blocked:
		return Unblock()
	case len(m.Past) > 0 && m.Rand.IntN(3) == 0:
		return Block()
	}
	return Tapper(m)
}

// Returner is a person who now and then stays away for a time, like 25 hours, after which
// WhatsApp's customer service window has closed.
func Returner(away time.Duration, p Person) Person {
	return func(m Moment) Act {
		if len(m.Past) > 0 && m.Rand.IntN(4) == 0 {
			return Pause(away)
		}
		return p(m)
	}
}

// Mix is a person who does what any of several would do, each as often. To have one more
// often, name it again.
func Mix(several ...Person) Person {
	return func(m Moment) Act { return one(m, several)(m) }
}

// Anybody mostly taps what is offered, often writes, and now and then sends something else
// or only reads. Half of those who have got no answer wait a minute for it.
func Anybody(m Moment) Act {
	if unanswered := len(m.Seen) > 0 && m.Seen[len(m.Seen)-1].Direction == fakewa.In; unanswered && m.Rand.IntN(2) == 0 {
		return Pause(time.Minute)
	}
	return anybody(m)
}

var anybody = Mix(Tapper, Tapper, Tapper, Tapper, Tapper, Tapper, Writer, Writer, Sender, Reader)
