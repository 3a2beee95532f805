// Package notes is a bot that keeps notes in SQLite: what a user writes is a note, which can
// be looked at and deleted by taps. It is an example of a bot that runs as one process
// beside its database.
package notes

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/outbox"
	"wappasim/examples/internal/sqlbox"
)

// Bot is the bot: it serves webhooks, and Run sends its answers. Make one with [New].
type Bot struct {
	http.Handler
	*sqlbox.Box
}

// tables makes the table. Each user's notes have numbers of their own, which a note keeps
// when it is deleted: then it has no text.
const tables = `CREATE TABLE IF NOT EXISTS notes (person TEXT, number INTEGER, text TEXT, PRIMARY KEY (person, number))`

const (
	listed   = 9   // notes in a list, the newest; a list has at most ten rows
	mostText = 900 // bytes of a note: a text with buttons has at most 1024 characters
	row      = 24  // characters of a row
)

// New makes the bot, in a database that it has for itself: its tables are made if there are
// none. The caller closes the bot, and with it the database, after Run has returned.
func New(a cloudapi.Account, db *sql.DB, log *slog.Logger) (*Bot, error) {
	box, err := sqlbox.New(a, db, log)
	if err != nil {
		return nil, err
	}
	if _, err := db.Exec(tables); err != nil {
		return nil, fmt.Errorf("notes: make the table: %w", err)
	}
	b := &Bot{Box: box}
	b.Handler = cloudapi.Webhook{Account: a, OnMessage: b.onMessage, OnStatus: b.OnStatus}
	return b, nil
}

var all = cloudapi.Option{ID: "all", Title: "All notes"}

func (b *Bot) onMessage(ctx context.Context, m cloudapi.Message) error {
	if m.Type == "reaction" {
		return nil
	}
	return b.Change(ctx, m, func(tx *sql.Tx) ([]outbox.Message, error) {
		answer, err := answer(tx, m)
		return []outbox.Message{{To: m.From, Content: answer}}, err
	})
}

// answer does what a message asks for, and returns what to say.
func answer(tx *sql.Tx, m cloudapi.Message) (cloudapi.Content, error) {
	what, number, _ := strings.Cut(m.Tapped, ":")
	text := strings.TrimSpace(m.Text)
	switch {
	case text != "":
		text = cut(text, mostText)
		err := tx.QueryRow(`INSERT INTO notes SELECT ?1, 1 + coalesce(max(number), 0), ?2 FROM notes WHERE person = ?1 RETURNING number`, m.From, text).Scan(&number)
		return note(number, text), err
	case m.Tapped == all.ID:
		return list(tx, m.From)
	case what == "delete":
		_, err := tx.Exec(`UPDATE notes SET text = NULL WHERE person = ? AND number = ?`, m.From, number)
		return cloudapi.Buttons("Note "+number+" is deleted.", all), err
	case what == "note":
		err := tx.QueryRow(`SELECT text FROM notes WHERE person = ? AND number = ? AND text IS NOT NULL`, m.From, number).Scan(&text)
		if err == sql.ErrNoRows {
			return cloudapi.Buttons("There is no note "+number+" any more.", all), nil
		}
		return note(number, text), err
	}
	return cloudapi.Buttons("Write to me what I shall note.", all), nil
}

func note(number, text string) cloudapi.Content {
	return cloudapi.Buttons("Note "+number+": "+text, cloudapi.Option{ID: "delete:" + number, Title: "Delete"}, all)
}

// list returns the newest notes of somebody.
func list(tx *sql.Tx, person string) (cloudapi.Content, error) {
	found, err := tx.Query(`SELECT number, text FROM notes WHERE person = ? AND text IS NOT NULL ORDER BY number DESC LIMIT ?`, person, listed)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var rows []cloudapi.Option
	for found.Next() {
		var number, text string
		if err := found.Scan(&number, &text); err != nil {
			return nil, err
		}
		title := []rune(number + ". " + text)
		rows = append(rows, cloudapi.Option{ID: "note:" + number, Title: string(title[:min(len(title), row)])})
	}
	if len(rows) == 0 {
		return cloudapi.Text("You have no notes."), found.Err()
	}
	return cloudapi.List("Your notes, the newest first.", "Open", rows...), found.Err()
}

// cut returns at most so many bytes of a text.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
