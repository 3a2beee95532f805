package people

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wappasim/fakewa"
)

// Act is what somebody does. Say, Send and the other functions make one.
type Act struct {
	Kind    Kind
	Content fakewa.Content // that is sent
	Offer   Offer          // that is tapped
	Later   int            // as many later messages offer the same
	Emoji   string         // of a reaction
	Of      string         // the words of the message that is edited or deleted
	Words   string         // that it gets, or that are filled into a flow
	For     time.Duration  // of a pause
	Pick    int            // which options are picked in a flow, and which days
}

// Kind is the kind of an act.
type Kind string

const (
	Sends    Kind = "sends"
	Taps     Kind = "taps"
	Reacts   Kind = "reacts" // to the bot's last message
	Edits    Kind = "edits"
	Deletes  Kind = "deletes"
	Reads    Kind = "reads"  // all messages
	Blocks   Kind = "blocks" // the business
	Unblocks Kind = "unblocks"
	Fills    Kind = "fills"  // a flow, screen by screen
	Pauses   Kind = "pauses" // and is asked again then
	Nothing  Kind = "nothing"
)

// Say is to send a text.
func Say(text string) Act { return Send(fakewa.Text(text)) }

// Send is to send any message.
func Send(c fakewa.Content) Act { return Act{Kind: Sends, Content: c} }

// Tap is to tap what was offered at this moment. In a run in which that message does not
// come, nobody taps.
func (m Moment) Tap(o Offer) Act {
	later := 0
	for _, other := range m.Offered() {
		if other.Message > o.Message && other.Title == o.Title && other.ID == o.ID {
			later++
		}
	}
	return Act{Kind: Taps, Offer: o, Later: later}
}

// Fill is to open a flow that was offered and to fill it in: with words in each text, and with
// the option and the day of a number, counted from 0. Who gets no good answer presses again
// twice, and gives up then; who is told that a choice is wrong takes the next one. Every third
// number goes back once.
func Fill(o Offer, words string, pick int) Act {
	return Act{Kind: Fills, Offer: o, Words: words, Pick: pick}
}

// React is to react to the bot's last message; "" takes the reaction back.
func React(emoji string) Act { return Act{Kind: Reacts, Emoji: emoji} }

// Edit is to give a message other words: the latest one that has the words of. In a run in
// which nobody has said them, nobody edits; see package fakewa/revision for what can be
// edited.
func Edit(of, words string) Act { return Act{Kind: Edits, Of: of, Words: words} }

// Delete is to delete the latest message that has these words. It is left out as Edit is.
func Delete(of string) Act { return Act{Kind: Deletes, Of: of} }

// Read is to read all messages and to stay silent.
func Read() Act { return Act{Kind: Reads} }

// Block is to block the business: nothing that it sends arrives.
func Block() Act { return Act{Kind: Blocks} }

// Unblock is to take Block back.
func Unblock() Act { return Act{Kind: Unblocks} }

// Pause is to do nothing for a time, and then to decide again. A pause after a pause is
// Nothing.
func Pause(d time.Duration) Act { return Act{Kind: Pauses, For: d} }

// String returns the act as a step of a scenario says it, without who does it.
func (a Act) String() string {
	switch a.Kind {
	case Sends:
		return sentence(a.Content)
	case Taps:
		switch a.Later {
		case 0:
			return fmt.Sprintf("taps %q", a.Offer.Title)
		case 1:
			return fmt.Sprintf("taps %q, which 1 later message offers too", a.Offer.Title)
		}
		return fmt.Sprintf("taps %q, which %d later messages offer too", a.Offer.Title, a.Later)
	case Fills:
		return fmt.Sprintf("fills the flow %q with %q and choice %d", a.Offer.Title, a.Words, a.Pick)
	case Reacts:
		return fmt.Sprintf("reacts %q", a.Emoji)
	case Edits:
		return fmt.Sprintf("edits %q to %q", a.Of, a.Words)
	case Deletes:
		return fmt.Sprintf("deletes %q", a.Of)
	case Reads:
		return "reads the messages"
	case Blocks, Unblocks:
		return string(a.Kind) + " the business"
	case Pauses:
		return fmt.Sprintf("pauses for %s", a.For)
	}
	return "does nothing"
}

// sentence says that a message is sent.
func sentence(c fakewa.Content) string {
	kind, _ := c["type"].(string)
	of, _ := c[kind].(map[string]any)
	text := func(name string) string { s, _ := of[name].(string); return s }
	captioned := func(what string) string {
		if caption := text("caption"); caption != "" {
			return fmt.Sprintf("%s captioned %q", what, caption)
		}
		return what
	}
	switch voice, _ := of["voice"].(bool); {
	case kind == "text":
		return fmt.Sprintf("says %q", text("body"))
	case kind == "image":
		return captioned("sends an image")
	case kind == "video":
		return captioned("sends a video")
	case kind == "document":
		return captioned(fmt.Sprintf("sends the document %q", text("filename")))
	case kind == "audio" && voice:
		return "sends a voice message"
	case kind == "audio":
		return "sends an audio file"
	case kind == "sticker":
		return "sends a sticker"
	case kind == "location" && text("name") == "":
		return "sends a location"
	case kind == "location":
		return fmt.Sprintf("sends the location of %q at %q", text("name"), text("address"))
	}
	var named struct {
		Contacts []struct {
			Name struct {
				Name string `json:"formatted_name"`
			}
			Phones []struct{ Phone string }
		}
		Order struct {
			Items []struct {
				ID string  `json:"product_retailer_id"`
				N  float64 `json:"quantity"`
			} `json:"product_items"`
		}
		Unsupported struct{ Type string }
	}
	body, err := json.Marshal(c)
	switch err = errors.Join(err, json.Unmarshal(body, &named)); {
	case err != nil:
	case len(named.Contacts) == 1 && len(named.Contacts[0].Phones) == 1:
		return fmt.Sprintf("sends the contact %q with the number %q", named.Contacts[0].Name.Name, named.Contacts[0].Phones[0].Phone)
	case len(named.Order.Items) == 1:
		return fmt.Sprintf("orders %g of %q", named.Order.Items[0].N, named.Order.Items[0].ID)
	case named.Unsupported.Type == "poll":
		return "sends a poll"
	}
	return fmt.Sprintf("sends %q", c)
}
