package bot

import (
	"fmt"
	"time"
)

// Session is what the bot's texts are made from.
type Session struct {
	User     string         // as [UserID] writes it
	Count    int            // messages so far
	Messages []Message      // all of them, for the history; nil before
	Silence  time.Duration  // the timer, in whole seconds
	Location *time.Location // for times of day
}

// Welcome is the default of [Config.Welcome]: how the bot works, in two sentences.
func Welcome(s Session) string {
	return fmt.Sprintf("👋 Welcome! I keep every message you send. After %s of silence I send all of them back, each with its time.", seconds(s.Silence))
}

// Confirmation is the default of [Config.Confirmation].
func Confirmation(s Session) string {
	return fmt.Sprintf("💾 Message #%d stored! Timer reset to %s", s.Count, seconds(s.Silence))
}

// History is the default of [Config.History].
func History(s Session) []string {
	messages := count(s.Count, "message")
	text := []string{fmt.Sprintf("📬 Message History (%s)\n\n⏰ You were inactive for %s. Here's what you sent:\n\n", messages, seconds(s.Silence))}
	for i, m := range s.Messages {
		edited := ""
		if !m.Edited.IsZero() {
			edited = " (edited)"
		}
		text = append(text, fmt.Sprintf("%d. [%s] %s%s\n", i+1, m.At.In(s.Location).Format(time.TimeOnly), m.Text, edited))
	}
	return append(text, fmt.Sprintf("\n✨ Session Complete!\n📊 Total: %s\n⏱️ Timer: %s", messages, seconds(s.Silence)))
}

func seconds(d time.Duration) string { return count(int(d/time.Second), "second") }

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
