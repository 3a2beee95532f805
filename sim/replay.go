package sim

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"wappasim/fakewa"
	"wappasim/fakewa/message"
)

// replayTolerance is how far the times of two conversations may be apart: one that
// was recorded in real time has real delays in it.
const replayTolerance = time.Second

// said is a line of a recorded conversation, as the fake's control API writes it.
type said struct {
	At        time.Time        `json:"at"`
	Direction fakewa.Direction `json:"direction"`
	Message   fakewa.Content   `json:"message"`
	place     string           // "line 3", or "message 3" of a list
}

func (s said) field(name string) string {
	text, _ := s.Message[name].(string)
	return text
}

// check wants what a recording needs of each message.
func (s said) check() error {
	whose, whom := s.field("from"), s.field("from_user_id")
	if s.Direction == fakewa.Out {
		whose, whom = s.field("to"), s.field("recipient")
	}
	if s.At.IsZero() || whose+whom == "" || s.Direction != fakewa.In && s.Direction != fakewa.Out {
		return fmt.Errorf(`sim: replay: %s is not like {"at":"2026-01-05T09:00:00Z","direction":"in","message":{"from":"1234567890",…}}`, s.place)
	}
	return nil
}

// Replay plays a recorded conversation: it sends the users' half, each message at its
// time, and compares the bot's half, the texts and their times to within a second.
// The recording is JSON Lines, the messages of [fakewa.Server.Conversation] in order, of
// one user or several; or the control API's list of messages, in one line. Replay returns
// the first difference, or nil. The world begins when the conversation does, whatever the
// options say.
func Replay(f Factory, recording io.Reader, opts ...Option) (err error) {
	lines, err := readRecording(recording)
	if err != nil {
		return err
	}
	w, err := New(f, append(slices.Clone(opts), Start(lines[0].At))...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	heard := make(map[string]int) // of the bot's messages to each user
	for _, line := range lines {
		if line.Direction == fakewa.In {
			err = w.resay(line, heard)
		} else {
			err = w.compare(line, heard)
		}
		if err != nil {
			return err
		}
	}
	if err := w.Wait(replayTolerance); err != nil {
		return err
	}
	for user, n := range heard {
		if inbox := w.Inbox(user); len(inbox) > n {
			return fmt.Errorf("sim: replay: the bot sends %s more than in the recording: %q at %s", user, inbox[n], inbox[n].At.Format(time.TimeOnly))
		}
	}
	return nil
}

func readRecording(recording io.Reader) (lines []said, err error) {
	in := bufio.NewScanner(recording)
	in.Buffer(nil, 64<<20) // a whole conversation can be one line
	for n := 1; in.Scan(); n++ {
		if len(in.Bytes()) == 0 {
			continue
		}
		var read struct {
			said
			Messages []said
		}
		if err := json.Unmarshal(in.Bytes(), &read); err != nil {
			return nil, fmt.Errorf("sim: replay: line %d is not a message of a conversation: %w", n, err)
		}
		messages := read.Messages
		if messages == nil {
			messages = []said{read.said}
		}
		for i, line := range messages {
			line.place = fmt.Sprint("line ", n)
			if read.Messages != nil {
				line.place = fmt.Sprint("message ", i+1)
			}
			if err := line.check(); err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("sim: replay: read the conversation: %w", err)
	}
	if lines == nil {
		return nil, errors.New("sim: replay: the conversation is empty")
	}
	return lines, nil
}

// resay sends what a user said.
func (w *World) resay(line said, heard map[string]int) error {
	if line.At.After(w.Now()) {
		if err := w.WaitUntil(line.At); err != nil {
			return err
		}
	}
	from := line.field("from")
	if from == "" {
		from = line.field("from_user_id")
	}
	heard[fakewa.Number(from)] += 0 // a user without an answer so far counts too
	content := fakewa.Content{}
	for name, value := range line.Message {
		switch name {
		case "from", "from_user_id", "id", "timestamp":
		default:
			content[name] = value
		}
	}
	if err := w.Send(Message{from, content}); err != nil {
		return fmt.Errorf("sim: replay: %s: %w", line.place, err)
	}
	return nil
}

// compare waits for the bot's next message to the user of a line.
func (w *World) compare(line said, heard map[string]int) error {
	to := line.field("to")
	if to == "" {
		to = line.field("recipient")
	}
	user := fakewa.Number(to)
	n := heard[user]
	if latest := line.At.Add(replayTolerance); len(w.Inbox(user)) <= n && latest.After(w.Now()) {
		if line.At.After(w.Now()) {
			if err := w.WaitUntil(line.At); err != nil {
				return err
			}
		}
		if len(w.Inbox(user)) <= n {
			if err := w.WaitUntil(latest); err != nil {
				return err
			}
		}
	}
	inbox := w.Inbox(user)
	if len(inbox) <= n {
		return fmt.Errorf("sim: replay: %s: the bot sends nothing to %s; the recording has %q", line.place, user, line.text())
	}
	got := inbox[n]
	heard[user]++
	if text := message.Readable(got.Body); text != line.text() { // a recording has no template's text
		return fmt.Errorf("sim: replay: %s: the bot sends %s\n%s\nthe recording has\n%s", line.place, user, text, line.text())
	}
	if off := got.At.Sub(line.At); off.Abs() > replayTolerance {
		return fmt.Errorf("sim: replay: %s: the bot sends %s %q at %s; the recording has it at %s", line.place, user, got, got.At.Format(time.TimeOnly), line.At.UTC().Format(time.TimeOnly))
	}
	return nil
}

func (s said) text() string { return s.Message.String() }
