package fakewa

import (
	"net/http"
	"strings"
	"time"

	"wappasim/fakewa/graph"
	"wappasim/fakewa/internal/params"
	"wappasim/fakewa/message"
)

// maxBlocked is how many users a business can block.
const maxBlocked = 64_000

// getBlocked lists the users that the business has blocked.
func (s *Server) getBlocked(r *http.Request, _ []byte) (any, *graph.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var blocked []params.Entry
	for user, c := range s.conversations {
		if c.profile.blocked {
			object := map[string]any{"messaging_product": "whatsapp"}
			if n := s.namesOf(c); n.number != "" {
				object["wa_id"] = n.number
			} else {
				object["user_id"] = n.id
			}
			blocked = append(blocked, params.Entry{Key: user, Object: object})
		}
	}
	return params.Page(r, blocked)
}

func (s *Server) postBlock(r *http.Request, body []byte) (any, *graph.Error) {
	return s.block(params.Read(r, body), true)
}

func (s *Server) deleteBlock(r *http.Request, body []byte) (any, *graph.Error) {
	return s.block(params.Read(r, body), false)
}

// block blocks or unblocks users. If some fail, the others are still blocked,
// and the answer is a refusal that lists both.
func (s *Server) block(f params.Fields, blocked bool) (any, *graph.Error) {
	users := listedUsers(f)
	if f.Refused() != nil {
		return nil, f.Refused()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	changed, done, failed := make(map[*conversation]bool), []any{}, []any{}
	for _, input := range users {
		user := s.user(input)
		refused := s.blockable(user, blocked)
		if refused != nil {
			failed = append(failed, s.unblockable(input, user, refused))
			continue
		}
		done = append(done, s.operand(input, user))
		if c := s.conversations[user]; c != nil && c.profile.blocked != blocked {
			changed[c] = true
		}
	}
	if n := s.blockedUsers() + len(changed); blocked && n > maxBlocked {
		return nil, graph.New(139101, "block_users would make it %d blocked users; %d are allowed.", n, maxBlocked)
	}
	for c := range changed {
		c.profile.blocked = blocked
	}
	lists := map[string]any{"added_users": done}
	if !blocked {
		lists = map[string]any{"removed_users": done}
	}
	answer := map[string]any{"messaging_product": "whatsapp", "block_users": lists}
	if len(failed) == 0 {
		return answer, nil
	}
	lists["failed_users"] = failed
	return &special{value: answer}, graph.New(139100, "%d of %d users failed; failed_users says why.", len(failed), len(users))
}

// listedUsers returns the users of a block list in the form of the call.
func listedUsers(f params.Fields) (users []string) {
	f.Product()
	if len(f.List("block_users")) == 0 {
		f.Missing("block_users", `an array like [{"user":"+16505551234"}]`)
	}
	for object := range f.Objects("block_users") {
		user := object.Text("user")
		if id := object.Text("user_id"); user == "" && id != "" { // if it has both, the number counts
			user = id
		} else if user == "" {
			object.Need("user", "a phone number or a business-scoped user id")
		}
		users = append(users, user)
	}
	return users
}

// blockable returns the reason why a user cannot be blocked or unblocked. The caller holds mu.
func (s *Server) blockable(user string, block bool) *graph.Error {
	if !strings.HasPrefix(user, "+") && !message.BusinessScoped(user) {
		return graph.New(131009, "%.60q is neither a phone number nor a business-scoped user id.", user)
	}
	if !block {
		return nil
	}
	c := s.conversations[user]
	if c == nil || c.wrote.IsZero() {
		return graph.New(outsideWindow, "%s has never written to this business.", user)
	}
	if since := s.clock.Now().Sub(c.wrote); since > windowTime {
		return graph.New(outsideWindow, "Last message from %s was %s ago, more than 24 hours.", user, since.Round(time.Second))
	}
	return nil
}

// operand returns a user of a block list in the form of answers. The caller holds mu.
func (s *Server) operand(input, user string) map[string]any {
	object := map[string]any{"input": input}
	if message.BusinessScoped(input) {
		object["user_id"] = input
		return object
	}
	digits, ok := strings.CutPrefix(user, "+")
	if c := s.conversations[user]; c != nil {
		digits = c.number()
	}
	if ok {
		object["wa_id"] = digits
	}
	return object
}

// unblockable returns a user who could not be blocked or unblocked, with the reason. The caller holds mu.
func (s *Server) unblockable(input, user string, why *graph.Error) map[string]any {
	object := s.operand(input, user)
	object["errors"] = []any{map[string]any{
		"message": why.Message, "code": why.Code, "error_data": map[string]string{"details": why.Details},
	}}
	return object
}

// blockedUsers counts the users that the business has blocked. The caller holds mu.
func (s *Server) blockedUsers() (n int) {
	for _, c := range s.conversations {
		if c.profile.blocked {
			n++
		}
	}
	return n
}
