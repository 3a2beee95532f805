// Package group is the groups of a business: chats of the business with up to eight people.
// The server of a fake has a [List] as fakewa.Server.Groups; the bot makes groups through the
// Graph API and sends to their ids, and a test has people join, speak and leave:
//
//	if err := wa.Groups.Join(id, "+16505551234"); err != nil {
//		return err
//	}
//	message, err := wa.Groups.Speak(id, "+16505551234", fakewa.Text("hello, all"))
//	if err != nil {
//		return err
//	}
//	_, err = wa.Phone("+16505551234").Send(ctx, message)
//
// The bot gets the webhooks of the fields group_lifecycle_update, group_participants_update,
// group_settings_update and group_status_update. What it sends to a group is in the inbox of
// each member, and has statuses for each.
//
// People join by the invite link only: Meta's pages say that a business cannot add them,
// although its OpenAPI file has a call for it, which is refused with 501, as are pictures of
// groups. Any business may have groups; Meta's must be official ones.
// Sources: Meta's pages of the Groups API, October 2025 to May 2026.
package group

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"wappasim/fakewa/internal/host"
)

// MaxMembers is how many people a group can have beside the business.
const MaxMembers = 8

const maxGroups = 10_000 // of a number

// Group is a group.
type Group struct {
	ID          string    `json:"id"`
	Subject     string    `json:"subject"`
	Description string    `json:"description"`
	Approval    bool      `json:"approval"`    // people ask to join, and the business decides
	InviteLink  string    `json:"invite_link"` // "": it was deleted
	Members     []string  `json:"members"`     // users, as fakewa.User names them, in the order in which they joined
	Requests    []Request `json:"requests"`    // to join, oldest first
	Suspended   bool      `json:"suspended"`   // by WhatsApp: nobody can send
	Created     time.Time `json:"created"`

	removed []string // by the business: they cannot join again
	links   int      // that were made
}

// Request is a user who wants to join.
type Request struct {
	ID   string    `json:"id"`
	User string    `json:"user"`
	At   time.Time `json:"at"`
}

// List is the groups of a number. It is safe for concurrent use, and empty again after
// fakewa.Server.Reset.
type List struct {
	srv host.Server

	mu     sync.Mutex // guards what follows; it is locked before the server is
	era    context.Context
	groups []*Group // that were not deleted, in order
}

// New is for package fakewa.
func New(srv host.Server) *List { return &List{srv: srv} }

// lock locks the list, and empties it if the server was reset.
func (l *List) lock() (unlock func()) {
	l.mu.Lock()
	if era := l.srv.Era(); era != l.era {
		l.era, l.groups = era, nil
	}
	return l.mu.Unlock
}

// All returns the groups, oldest first.
func (l *List) All() (all []Group) {
	defer l.lock()()
	for _, g := range l.groups {
		all = append(all, g.copy())
	}
	return all
}

func (g *Group) copy() Group {
	c := *g
	c.Members, c.Requests, c.removed = append([]string{}, g.Members...), append([]Request{}, g.Requests...), nil
	return c
}

// Find returns the group with an id, or else the latest one with a subject.
func (l *List) Find(group string) (g Group, found bool) {
	defer l.lock()()
	if found := l.find(group); found != nil {
		return found.copy(), true
	}
	return Group{}, false
}

func (l *List) find(group string) *Group {
	if g := l.byID(group); g != nil {
		return g
	}
	for _, g := range slices.Backward(l.groups) {
		if g.Subject == group {
			return g
		}
	}
	return nil
}

func (l *List) byID(id string) *Group {
	if i := slices.IndexFunc(l.groups, func(g *Group) bool { return g.ID == id }); i >= 0 {
		return l.groups[i]
	}
	return nil
}

// Create makes a group as the bot does with POST /{phone}/groups, and tells the bot.
// With approval, people ask to join.
func (l *List) Create(subject string, approval bool) (g Group, err error) {
	defer l.lock()()
	if subject = strings.TrimSpace(subject); subject == "" || len(l.groups) >= maxGroups {
		return Group{}, fmt.Errorf("group: create %q: want a subject, and at most %d groups", subject, maxGroups)
	}
	made := l.make(subject, "", approval)
	l.created(made, l.requestID())
	return made.copy(), nil
}

// Join has a user tap the invite link of a group, named as in [List.Find]: they are a member
// then, or if the group wants approval they have asked. It fails if there is no link, for
// members, for those whom the business has removed, and if the group is full.
func (l *List) Join(group, user string) error {
	return l.act("join", group, func(g *Group) error {
		u := l.srv.User(user)
		switch {
		case u.Missing:
			return fmt.Errorf("%s is not on WhatsApp", user)
		case g.InviteLink == "":
			return fmt.Errorf("the invite link of %q was deleted", g.Subject)
		case slices.Contains(g.Members, u.Key):
			return fmt.Errorf("%s is a member of %q", user, g.Subject)
		case slices.Contains(g.removed, u.Key):
			return fmt.Errorf("the business has removed %s from %q, and who was removed cannot join by the link", user, g.Subject)
		case g.Approval && g.request(u.Key) >= 0:
			return fmt.Errorf("%s has asked to join %q", user, g.Subject)
		case g.Approval:
			r := Request{l.joinID(g, u.Key), u.Key, l.srv.Now()}
			g.Requests = append(g.Requests, r)
			l.asked(g, r, "group_join_request_created")
		case len(g.Members) >= MaxMembers:
			return fmt.Errorf("%q is full: it has %d members", g.Subject, MaxMembers)
		default:
			g.Members = append(g.Members, u.Key)
			l.added(g, []any{l.participant(u.Key, "")})
		}
		return nil
	})
}

func (g *Group) request(user string) int {
	return slices.IndexFunc(g.Requests, func(r Request) bool { return r.User == user })
}

// Leave has a user leave a group, or take back that they want to join.
func (l *List) Leave(group, user string) error {
	return l.act("leave", group, func(g *Group) error {
		key := l.srv.User(user).Key
		if i := g.request(key); i >= 0 {
			r := g.Requests[i]
			g.Requests = slices.Delete(g.Requests, i, i+1)
			l.asked(g, r, "group_join_request_revoked")
			return nil
		}
		i := slices.Index(g.Members, key)
		if i < 0 {
			return fmt.Errorf("%s is no member of %q", user, g.Subject)
		}
		g.Members = slices.Delete(g.Members, i, i+1)
		l.left(g, key)
		return nil
	})
}

// Suspend has WhatsApp suspend a group, or clear it again, and tells the bot.
func (l *List) Suspend(group string, suspended bool) error {
	return l.act("suspend", group, func(g *Group) error {
		if g.Suspended == suspended {
			return fmt.Errorf("%q is suspended: %t", g.Subject, suspended)
		}
		g.Suspended = suspended
		l.suspended(g)
		return nil
	})
}

// Speak returns a message as a user sends it to a group: its content with the id of the group
// in it. It fails for who is no member, and if the group is suspended.
func (l *List) Speak(group, user string, content map[string]any) (message map[string]any, err error) {
	err = l.act("speak", group, func(g *Group) error {
		switch {
		case !slices.Contains(g.Members, l.srv.User(user).Key):
			return fmt.Errorf("%s is no member of %q", user, g.Subject)
		case g.Suspended:
			return fmt.Errorf("%q is suspended", g.Subject)
		}
		message = map[string]any{"group_id": g.ID}
		for key, value := range content {
			message[key] = value
		}
		return nil
	})
	return message, err
}

func (l *List) act(what, group string, do func(*Group) error) error {
	defer l.lock()()
	g := l.find(group)
	if g == nil {
		return fmt.Errorf("group: %s: there is no group with the id or subject %q", what, group)
	}
	if err := do(g); err != nil {
		return fmt.Errorf("group: %s: %w", what, err)
	}
	return nil
}
