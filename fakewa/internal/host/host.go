// Package host is what a fake gives to its parts that are packages of their own: calls and
// groups. A part locks itself before it asks its server for anything, and the server asks a
// part for nothing while it is locked.
package host

import (
	"context"
	"encoding/json"
	"time"

	"wappasim/fakewa/internal/wire"
)

// Server is the server of a part. Its functions are safe for concurrent use.
type Server struct {
	PhoneNumberID string
	DisplayNumber string // of the business, in digits
	Limit         int    // of what a part keeps

	Now    func() time.Time
	Era    func() context.Context                                // another one after a reset; it ends with the reset, or when the server closes
	After  func(d time.Duration, what, text string, f func())    // runs f after a time of the fake's clock, unless the era has ended; the words are those of an event.Due
	Notify func(field string, value any)                         // queues a webhook
	Draw   func(what string) [32]byte                            // for ids: from the seed, what they are for, and how often
	User   func(given string) User                               // by a number in any form, or a business-scoped id
	Heard  func(user string)                                     // opens the customer service window, as a message does
	Say    func(user string, message map[string]any) (err error) // has a user send a message, whose delivery it does not wait for
}

// User is how webhooks name a user now, and whether their phone can be reached.
type User struct {
	Key                string // "+" and digits, or a business-scoped id
	Number, ID, Parent string // "": webhooks lack it
	Name, Username     string
	Off                bool // the phone is off, or has blocked the business
	Missing            bool // not on WhatsApp
}

// Contact is the user in the form of webhooks.
func (u User) Contact() map[string]any {
	contact, profile := map[string]any{}, map[string]string{}
	u.Put(contact, "wa_id", "user_id", "parent_user_id")
	Set(profile, "name", u.Name)
	Set(profile, "username", u.Username)
	if len(profile) > 0 {
		contact["profile"] = profile
	}
	return contact
}

// Put names the user in an object by the three names, those that webhooks have of them. The
// keys are those of the object; "": it has no such name.
func (u User) Put(object map[string]any, number, id, parent string) {
	for _, name := range [][2]string{{number, u.Number}, {id, u.ID}, {parent, u.Parent}} {
		if key, value := name[0], name[1]; key != "" && value != "" {
			object[key] = value
		}
	}
}

// Set sets a field that is not empty.
func Set(object map[string]string, key, value string) {
	if value != "" {
		object[key] = value
	}
}

// Value is the value of a webhook with lists of objects.
func (s Server) Value(lists map[string]any) map[string]any {
	return wire.Value(s.DisplayNumber, s.PhoneNumberID, lists)
}

// Then is an answer of the Graph API after which something else happens, as webhooks do.
type Then struct {
	Status int // HTTP; 0: 200
	Answer any
	Do     func()
}

// MarshalJSON writes the answer.
func (t Then) MarshalJSON() ([]byte, error) { return json.Marshal(t.Answer) }
