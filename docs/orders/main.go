// Orders is a small WhatsApp bot that is a program, as most bots are: flags, environment
// variables, a router and a server. docs/worlds.md shows how it becomes a factory for worlds.
//
// It sells one thing: who writes "buy" gets a link from a payment service, and thanks when the
// service says that the payment was made.
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := serve(ctx, os.Args[1:], os.Getenv); err != nil {
		log.Fatal(err)
	}
}

// serve makes the bot and serves it: what only the program does.
func serve(ctx context.Context, args []string, getenv func(string) string) error {
	b, err := newBot(args, getenv, &http.Client{Timeout: 20 * time.Second})
	if err != nil {
		return err
	}
	server := &http.Server{Addr: b.addr, Handler: b, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.ListenAndServe() }()
	select {
	case err := <-served:
		return fmt.Errorf("serve %s: %w", b.addr, err)
	case <-ctx.Done():
		return server.Shutdown(context.Background())
	}
}

// bot is the bot: its router, its settings and its memory.
type bot struct {
	chi.Router
	client *http.Client

	addr, price                  string // flags
	graph, phone, token, secret  string // of WhatsApp
	verifyToken, payURL, selfURL string

	mu   sync.Mutex // guards paid
	paid map[string]bool
}

// newBot makes the bot from its flags, its environment and its HTTP client.
func newBot(args []string, getenv func(string) string, client *http.Client) (*bot, error) {
	b := &bot{Router: chi.NewRouter(), client: client, paid: make(map[string]bool)}
	flags := flag.NewFlagSet("orders", flag.ContinueOnError)
	flags.StringVar(&b.addr, "addr", "127.0.0.1:8000", "where to listen")
	flags.StringVar(&b.price, "price", "5 EUR", "of the one thing there is")
	if err := flags.Parse(args); err != nil {
		return nil, fmt.Errorf("read the flags: %w", err)
	}
	for name, value := range map[string]*string{
		"GRAPH_URL": &b.graph, "WHATSAPP_PHONE_ID": &b.phone, "WHATSAPP_TOKEN": &b.token, "WHATSAPP_APP_SECRET": &b.secret,
		"WHATSAPP_VERIFY_TOKEN": &b.verifyToken, "PAY_URL": &b.payURL, "PUBLIC_URL": &b.selfURL,
	} {
		if *value = getenv(name); *value == "" {
			return nil, fmt.Errorf("the environment variable %s is not set", name)
		}
	}
	b.Get("/whatsapp/hook", b.verify)
	b.Post("/whatsapp/hook", b.receive)
	b.Post("/payments/{id}/paid", b.thank)
	return b, nil
}

// verify answers the handshake by which Meta knows the webhook.
func (b *bot) verify(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("hub.verify_token") != b.verifyToken {
		http.Error(w, "wrong verify token", http.StatusForbidden)
		return
	}
	_, _ = io.WriteString(w, r.FormValue("hub.challenge"))
}

// receive takes a webhook, and asks for a payment when somebody writes "buy".
func (b *bot) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	mac := hmac.New(sha256.New, []byte(b.secret))
	mac.Write(body)
	if err != nil || !hmac.Equal([]byte(r.Header.Get("X-Hub-Signature-256")), []byte("sha256="+hex.EncodeToString(mac.Sum(nil)))) {
		http.Error(w, "not signed", http.StatusUnauthorized)
		return
	}
	var hook struct {
		Entry []struct {
			Changes []struct {
				Value struct {
					Messages []struct {
						ID, From string
						Text     struct{ Body string }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(body, &hook); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			for _, m := range change.Value.Messages {
				if !strings.EqualFold(m.Text.Body, "buy") {
					b.send(m.From, "Write buy to buy.")
				} else if link, err := b.order(m.ID, m.From); err != nil {
					log.Print(err)
					b.send(m.From, "We cannot take payments just now.")
				} else {
					b.send(m.From, "Please pay "+b.price+": "+link)
				}
			}
		}
	}
}

// order asks the payment service for a link.
func (b *bot) order(id, user string) (link string, err error) {
	var answer struct{ Link string }
	request := map[string]string{"price": b.price, "user": user, "callback": b.selfURL + "/payments/" + id + "/paid"}
	if err := b.post(b.payURL+"/payments", request, &answer); err != nil {
		return "", fmt.Errorf("order a payment: %w", err)
	}
	return answer.Link, nil
}

// thank takes the word of the payment service that somebody has paid. It may come twice.
func (b *bot) thank(w http.ResponseWriter, r *http.Request) {
	id := chi.URLParam(r, "id")
	var payment struct{ User string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&payment); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	before := b.paid[id]
	b.paid[id] = true
	b.mu.Unlock()
	if !before {
		b.send(payment.User, "Thank you!")
	}
}

func (b *bot) send(to, text string) {
	message := map[string]any{"messaging_product": "whatsapp", "to": to, "type": "text", "text": map[string]string{"body": text}}
	if err := b.post(b.graph+"/"+b.phone+"/messages", message, nil); err != nil {
		log.Printf("send a message: %v", err)
	}
}

// post sends JSON, and reads the answer into what a pointer points to, if it is not nil.
func (b *bot) post(url string, content, answer any) error {
	body, err := json.Marshal(content)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if strings.HasPrefix(url, b.graph) {
		req.Header.Set("Authorization", "Bearer "+b.token)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return errors.New(resp.Status)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(answer)
}
