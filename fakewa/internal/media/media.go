// Package media has the files of messages: their kinds with the sizes that WhatsApp
// takes ([CheckFile]), a [Store] in which they expire, the form of an upload
// ([ReadForm]), signed download URLs ([Links]), and small valid samples ([Sample]).
// It answers no calls: package fakewa does, and holds the lock.
package media

import (
	"time"
)

// File is a file that the bot uploaded or a user sent.
type File struct {
	ID      string
	Inbound bool      // a user sent it
	At      time.Time // when it was uploaded or sent
	MIME    string    // with its parameters, if it has any
	Name    string    // of the file; "" if none was given
	SHA256  string    // hex; "" while pieces of the file are missing
	Bytes   []byte
}
