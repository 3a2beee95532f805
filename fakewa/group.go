package fakewa

import (
	"cmp"
	"slices"
	"strings"

	"wappasim/fakewa/event"
)

const groupPrefix = "group:" // of the key of a group's conversation

// share notes who receives a message to a group. The caller holds mu.
func (s *Server) share(m *Message, members []string) {
	m.got = make(map[string]string)
	for _, user := range members {
		c := s.with(user)
		for len(c.shared) > 0 && s.byID[c.shared[0].ID] == nil { // it was dropped
			c.shared = c.shared[1:]
		}
		c.shared = append(c.shared, m)
	}
	m.members = members
}

// arriveInGroup moves a message to the phones of the members that are on. The caller holds mu.
func (s *Server) arriveInGroup(m *Message) {
	s.move(m, "sent")
	var on []string
	for _, user := range m.members {
		if c := s.conversations[user]; c != nil && !c.profile.Silent {
			on = append(on, user)
		}
	}
	s.receive(m, "delivered", on...)
}

// receive notes how far a message to a group is at some of its members, and notifies the bot:
// with one webhook, in which each of them has a status. The caller holds mu.
func (s *Server) receive(m *Message, status string, members ...string) {
	if len(members) == 0 {
		return
	}
	if m.Status != "read" {
		m.Status = status
	}
	s.tell(m, event.Status)
	hook := Webhook{IDs: []string{status + " " + m.ID}, field: "messages"}
	for _, user := range members {
		first := m.got[user] == ""
		m.got[user] = status
		c := s.conversations[user]
		if c == nil { // it was dropped
			continue
		}
		object, n := s.statusOf(m, status, first), s.namesOf(c)
		object.Member, object.MemberUser, object.MemberParent = n.number, n.id, n.parent
		hook.updates.statuses = append(hook.updates.statuses, object)
		if s.cfg.UserIDs != UserIDsNone {
			hook.updates.contacts = append(hook.updates.contacts, s.contact(c, status))
		}
	}
	if s.tells() && len(hook.updates.statuses) > 0 {
		s.enqueue(m.User, hook)
	}
}

// advanceShared sets a status on the messages to groups that are at a user and not as far.
// The caller holds mu.
func (s *Server) advanceShared(c *conversation, from, to string) {
	for _, m := range c.shared {
		if group := s.conversations[m.User]; group != nil {
			s.arrive(group, m)
			if m.Status != "failed" && m.got[c.user] == from && s.clock.Now().Sub(m.At) < undelivered {
				s.receive(m, to, c.user)
			}
		}
	}
}

// withShared adds what a user received in groups to what they received alone.
func (s *Server) withShared(user string, alone []Message) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.conversations[user]
	if c == nil || len(c.shared) == 0 {
		return alone
	}
	for _, m := range c.shared {
		if got := m.got[user]; got != "" {
			copied := *m
			copied.Status = got
			alone = append(alone, copied)
		}
	}
	slices.SortFunc(alone, func(a, b Message) int { return cmp.Compare(a.N, b.N) })
	return alone
}

// toGroup tells whether a conversation is that of a group.
func toGroup(user string) bool { return strings.HasPrefix(user, groupPrefix) }
