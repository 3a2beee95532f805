// Package shop is a bot that sells things: a tap orders, another one asks a payment service
// for a link, and the service calls the bot back when somebody has paid. The service may be
// away, and may call more than once; who pays once is thanked once, and gets one point.
package shop

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/redis/go-redis/v9"

	"wappasim/examples/internal/cloudapi"
	"wappasim/examples/internal/outbox"
	"wappasim/examples/internal/post"
)

// Payments is the payment service, and how it reaches the bot.
type Payments struct {
	HTTP        *http.Client
	URL, BotURL string // where the service is, and where the bot's router
	Secret      string // that both show each other
}

// Bot is the bot: a router with /whatsapp/hook for WhatsApp and /payments/callback for the payment
// service. Run asks for links and sends messages. Make one with [New].
type Bot struct {
	chi.Router
	*outbox.Box
	payments Payments
	waits    func(*order) bool // whether an order is still to be paid
}

// customer is somebody's orders, as Redis has them.
type customer struct {
	Orders []*order
	Points int // one for each order that was paid
}

type order struct {
	ID, Good, Link string
	State          string // "", in payment, paid
}

var prices = map[string]string{"Bread": "3 EUR", "Cake": "7 EUR", "Pie": "5 EUR"}

// New makes the bot. The caller closes it after Run has returned.
func New(a cloudapi.Account, p Payments, options *redis.Options, log *slog.Logger) *Bot {
	b := &Bot{Router: chi.NewRouter(), Box: outbox.New(a, options, log), payments: p}
	b.waits = func(o *order) bool { return o.State != "paid" }
	b.Work = b.askForLink
	b.Handle("/whatsapp/hook", cloudapi.Webhook{Account: a, OnMessage: b.onMessage, OnStatus: b.OnStatus})
	b.Post("/payments/callback", b.callback)
	return b
}

func (b *Bot) onMessage(ctx context.Context, m cloudapi.Message) error {
	if m.Type == "reaction" {
		return nil
	}
	return outbox.Change(ctx, b.Box, m, "customer:"+m.From, func(c *customer) []outbox.Message {
		what, which, _ := strings.Cut(m.Tapped, ":")
		if price := prices[which]; what == "buy" && price != "" {
			c.Orders = append(c.Orders, &order{ID: m.ID, Good: which})
			n := strconv.Itoa(len(c.Orders))
			return []outbox.Message{{To: m.From, Content: cloudapi.Buttons("Order "+n+": "+which+" for "+price+".", option("pay:"+n, "Pay"))}}
		}
		n, err := strconv.Atoi(which)
		if err != nil || n < 1 || n > len(c.Orders) {
			goods := []cloudapi.Option{option("buy:Bread", "Bread"), option("buy:Cake", "Cake"), option("buy:Pie", "Pie")}
			return []outbox.Message{{To: m.From, Content: cloudapi.Buttons("What would you like?", goods...)}}
		}
		o := c.Orders[n-1]
		if o.State != "" {
			return []outbox.Message{outbox.Text(m.From, "Order %d is %s. %s", n, o.State, o.Link)}
		}
		o.State = "in payment"
		task, _ := json.Marshal(payment{From: m.From, Order: o.ID, Price: prices[o.Good]}) // it is texts
		return []outbox.Message{{Task: string(task)}}
	})
}

func option(id, title string) cloudapi.Option { return cloudapi.Option{ID: id, Title: title} }

// payment is what the bot and the payment service tell each other.
type payment struct {
	From, Order, Price, Callback string
	Event                        string // number of a callback
}

// askForLink is a task. Asked again for the same order, the service gives the same link.
func (b *Bot) askForLink(ctx context.Context, id, task string) error {
	var p payment
	if err := json.Unmarshal([]byte(task), &p); err != nil {
		return fmt.Errorf("read a payment: %w", err)
	}
	p.Callback = b.payments.BotURL + "/payments/callback"
	var answer struct{ Link string }
	if err := post.JSON(ctx, b.payments.HTTP, 20*time.Second, b.payments.URL+"/payments", b.payments.Secret, p, &answer); err != nil {
		return fmt.Errorf("ask for a link: %w", err)
	}
	return b.change(ctx, id, p, func(n int, o *order, _ *customer) string {
		o.Link = answer.Link
		return fmt.Sprintf("Pay %s for order %d: %s", p.Price, n, o.Link)
	})
}

// callback takes the word of the payment service that somebody has paid.
func (b *Bot) callback(w http.ResponseWriter, r *http.Request) {
	var p payment
	shown, secret := []byte(r.Header.Get("Authorization")), []byte("Bearer "+b.payments.Secret)
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&p); err != nil || subtle.ConstantTimeCompare(shown, secret) != 1 {
		http.Error(w, "want a payment, and the secret", http.StatusBadRequest)
		return
	}
	err := b.change(r.Context(), "payment "+p.Event, p, func(n int, o *order, c *customer) string {
		if !b.waits(o) {
			return ""
		}
		o.State = "paid"
		c.Points++
		return fmt.Sprintf("Thank you! Order %d is paid: you have %d points.", n, c.Points)
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable) // the service calls again
	}
}

// change changes an order, once for each id, and tells the customer what change returns.
func (b *Bot) change(ctx context.Context, id string, p payment, change func(n int, o *order, c *customer) string) error {
	return outbox.Change(ctx, b.Box, cloudapi.Message{ID: id}, "customer:"+p.From, func(c *customer) []outbox.Message {
		i := slices.IndexFunc(c.Orders, func(o *order) bool { return o.ID == p.Order })
		if i < 0 {
			return nil // Redis has lost it
		}
		if text := change(i+1, c.Orders[i], c); text != "" {
			return []outbox.Message{{To: p.From, Content: cloudapi.Text(text), Template: cloudapi.Template("order", "en", text)}}
		}
		return nil
	})
}
