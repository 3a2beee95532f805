package bot

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"wappasim/bot/webhook"
)

// ServeHTTP serves WhatsApp (/webhook) and operations (/healthz, /readyz, /metrics).
func (b *Bot) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.mux.ServeHTTP(w, r) }

func (b *Bot) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /webhook", b.verifyWebhook)
	mux.HandleFunc("POST /webhook", b.receiveWebhook)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", b.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(b.cfg.Metrics, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	return mux
}

// verifyWebhook answers the handshake that Meta makes when a callback is set.
func (b *Bot) verifyWebhook(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	match := subtle.ConstantTimeCompare([]byte(q.Get("hub.verify_token")), []byte(b.cfg.VerifyToken)) == 1
	if q.Get("hub.mode") != "subscribe" || !match {
		http.Error(w, `hub.mode must be "subscribe", and hub.verify_token must be the bot's verify token`, http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	io.WriteString(w, q.Get("hub.challenge"))
}

// receiveWebhook answers 200 once every message is stored: anything else makes
// WhatsApp deliver the body again.
func (b *Bot) receiveWebhook(w http.ResponseWriter, r *http.Request) {
	refuse := func(status int, why string) {
		b.metrics.webhooks.WithLabelValues(strconv.Itoa(status)).Inc()
		b.log.Warn("webhook refused", "status", status, "why", why)
		http.Error(w, why, status)
	}
	select {
	case b.webhooks <- struct{}{}:
		defer func() { <-b.webhooks }()
	default:
		refuse(http.StatusServiceUnavailable, "too many webhooks at a time; deliver the webhook again")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, webhook.MaxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		refuse(http.StatusRequestEntityTooLarge, "the body is larger than 3 MB")
		return
	}
	if err != nil {
		refuse(http.StatusBadRequest, "the body could not be read")
		return
	}
	if !webhook.Verify(b.cfg.AppSecret, body, r.Header.Get(webhook.SignatureHeader)) {
		refuse(http.StatusUnauthorized, webhook.SignatureHeader+" is missing or does not match the body; check the app secret")
		return
	}
	update, err := webhook.Decode(body)
	if err != nil {
		refuse(http.StatusBadRequest, "the body is not a JSON object")
		return
	}
	ctx, cancel := b.cfg.Clock.WithTimeout(context.WithoutCancel(r.Context()), webhookTimeout)
	defer cancel()
	confirm, full, err := b.storeMessages(ctx, update.Messages)
	if err == nil {
		err = b.handleStatuses(ctx, update)
	}
	if err != nil {
		b.log.Error("a webhook could not be stored", "error", err)
		refuse(http.StatusServiceUnavailable, "could not store the messages; deliver the webhook again")
	} else {
		b.metrics.webhooks.WithLabelValues("200").Inc()
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush() // the answer goes out before the confirmations
	}
	for _, s := range confirm {
		b.confirm(s)
	}
	for _, user := range full { // now, so that the history follows the confirmation
		b.worker.LookWithin(Inactivity, user, 0)
	}
}

// ready tells whether Redis answers and timers are looked at. That expired triggers
// are heard of is not needed.
func (b *Bot) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := b.redisContext(r.Context())
	defer cancel()
	var wrong []string
	if err := b.client.Ping(ctx).Err(); err != nil {
		wrong = append(wrong, "Redis does not answer")
	}
	if !b.worker.Ready() {
		wrong = append(wrong, "the timer worker is not polling")
	}
	if wrong != nil {
		http.Error(w, strings.Join(wrong, "\n"), http.StatusServiceUnavailable)
		return
	}
	io.WriteString(w, "ready\n")
}
