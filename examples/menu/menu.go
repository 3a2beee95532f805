// Package menu is a bot that takes orders: a list of what there is, a list of dishes, and
// buttons for sizes, with a cart in Redis. It is an example of a bot that can be tapped
// anywhere at any time: each id says all that a tap means, so old messages stay good.
package menu

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/outbox"
)

// Bot is the bot: it serves webhooks, and Run sends its answers. Make one with [New].
type Bot struct {
	http.Handler
	*outbox.Box
	Ready   string        // template that is sent when an order is ready; "": none is
	Cooking time.Duration // until then

	card   []page
	answer func(card []page, c *cart, tapped string) cloudapi.Content
	change func(context.Context, *outbox.Box, cloudapi.Message, string, func(*cart) []outbox.Message) error
}

// page is a part of the card.
type page struct {
	title  string
	dishes []cloudapi.Option
}

var card = []page{
	{"Pizza", []cloudapi.Option{{ID: "margherita", Title: "Margherita"}, {ID: "funghi", Title: "Funghi"}}},
	{"Pasta", []cloudapi.Option{{ID: "carbonara", Title: "Carbonara"}, {ID: "arrabbiata", Title: "Arrabbiata"}}},
	{"Drinks", []cloudapi.Option{{ID: "water", Title: "Water"}, {ID: "chinotto", Title: "Chinotto"}}},
}

// cart is what a user has chosen, as Redis has it.
type cart struct {
	Order  int // grows with each order
	Dishes []string
}

// New makes the bot. The caller closes it after Run has returned.
func New(a cloudapi.Account, options *redis.Options, log *slog.Logger) *Bot {
	b := &Bot{Box: outbox.New(a, options, log), card: card, answer: answer, change: outbox.Change[cart]}
	b.Handler = cloudapi.Webhook{Account: a, OnMessage: b.onMessage, OnStatus: b.OnStatus}
	return b
}

func (b *Bot) onMessage(ctx context.Context, m cloudapi.Message) error {
	if m.Type == "reaction" {
		return nil
	}
	return b.change(ctx, b.Box, m, "cart:"+m.From, func(c *cart) []outbox.Message {
		c.Order = max(c.Order, 1)
		ordered := m.Tapped == order.ID && len(c.Dishes) > 0
		messages := []outbox.Message{{To: m.From, Content: b.answer(b.card, c, m.Tapped)}}
		if ordered && b.Ready != "" {
			messages = append(messages, outbox.Message{To: m.From, Template: cloudapi.Template(b.Ready, "en_US"), After: b.Cooking})
		}
		return messages
	})
}

var (
	more  = cloudapi.Option{ID: "menu", Title: "Menu"}
	show  = cloudapi.Option{ID: "cart", Title: "My cart"}
	empty = cloudapi.Option{ID: "empty", Title: "Empty the cart"}
	order = cloudapi.Option{ID: "order", Title: "Order"}
	sizes = []string{"Small", "Large"}
)

// answer does what a tap means, and returns what to say: the menu, if it is no tap.
func answer(card []page, c *cart, tapped string) cloudapi.Content {
	what, which, _ := strings.Cut(tapped, ":")
	switch what {
	case "page":
		if i := slices.IndexFunc(card, func(p page) bool { return p.title == which }); i >= 0 {
			var rows []cloudapi.Option
			for _, d := range card[i].dishes {
				rows = append(rows, cloudapi.Option{ID: "dish:" + d.ID, Title: d.Title})
			}
			return cloudapi.List(which+": which one?", which, append(rows, more)...)
		}
	case "dish":
		if title := dish(card, which); title != "" {
			var buttons []cloudapi.Option
			for _, size := range sizes {
				buttons = append(buttons, cloudapi.Option{ID: "size:" + which + ":" + size, Title: size})
			}
			return cloudapi.Buttons(title+": which size?", append(buttons, more)...)
		}
	case "size":
		id, size, _ := strings.Cut(which, ":")
		if title := dish(card, id); title != "" && slices.Contains(sizes, size) {
			c.Dishes = append(c.Dishes, title+" ("+size+")")
			return cloudapi.Buttons(fmt.Sprintf("%s (%s) is number %d in order %d.", title, size, len(c.Dishes), c.Order), more, show)
		}
	case show.ID, order.ID, empty.ID:
		if len(c.Dishes) == 0 {
			return cloudapi.Buttons("Your cart is empty.", more)
		} else if what == show.ID {
			return cloudapi.Buttons(c.String(), order, empty, more)
		}
		text := "We cook " + c.String()
		if what == empty.ID {
			text = fmt.Sprintf("Order %d is cancelled.", c.Order)
		}
		c.Order, c.Dishes = c.Order+1, nil
		return cloudapi.Buttons(text, more)
	}
	var rows []cloudapi.Option
	for _, p := range card {
		rows = append(rows, cloudapi.Option{ID: "page:" + p.title, Title: p.title})
	}
	return cloudapi.List("What would you like?", "Menu", append(rows, show)...)
}

// dish returns the title of a dish; "": there is none.
func dish(card []page, id string) string {
	for _, p := range card {
		for _, d := range p.dishes {
			if d.ID == id {
				return d.Title
			}
		}
	}
	return ""
}

func (c cart) String() string {
	const most = 20 // dishes that are listed: a body has at most 1024 characters
	listed := strings.Join(c.Dishes[:min(len(c.Dishes), most)], ", ")
	if len(c.Dishes) > most {
		listed += " and more"
	}
	return fmt.Sprintf("order %d: %s.", c.Order, listed)
}
