package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"wappasim/bot/graph"
)

type metrics struct {
	webhooks      *prometheus.CounterVec   // by status
	messages      *prometheus.CounterVec   // by result
	confirmations *prometheus.CounterVec   // that were not sent, by why
	expiries      *prometheus.CounterVec   // by action
	lateness      prometheus.Histogram     // of firings when they are claimed
	takeovers     prometheus.Counter       // of leases
	heard, missed prometheus.Counter       // events of Redis
	sends         *prometheus.HistogramVec // by kind and result
}

func newMetrics(r *prometheus.Registry, b *Bot) (metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "wappa_" + name, Help: help})
	}
	counters := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wappa_" + name, Help: help}, []string{label})
	}
	m := metrics{
		webhooks:      counters("webhooks_total", "Webhook requests, by the status they were answered with.", "status"),
		messages:      counters("messages_total", "Messages of users: stored, duplicate, or ignored because they are not for this bot; and edits and deletions: changed, noted, duplicate, or ignored because they came too late.", "result"),
		confirmations: counters("confirmations_skipped_total", "Confirmations that were not sent: merged with a later one because WhatsApp's pair rate limit is near, or dropped because too many wait.", "why"),
		expiries:      counters("expiries_total", "Firings that this process claimed, including repeated attempts, by action.", "action"),
		takeovers:     counter("lease_takeovers_total", "Firings that this process took over because the lease of another call had ended."),
		heard:         counter("notifications_total", "Expired-key events of triggers that this process received from Redis."),
		missed:        counter("notifications_missed_total", "Firings that this process claimed and whose expired-key event did not come within 5 seconds."),
		lateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "wappa_lateness_seconds", Help: "Time from when a timer was due to when its firing was claimed, by Redis' clock.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 5, 15, 60, 600},
		}),
		sends: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "wappa_send_seconds", Help: "Time of an attempt to send a text, by kind and result: ok, refused, or unknown because the answer never came.",
		}, []string{"kind", "result"}),
	}
	listener := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "wappa_listener_up", Help: "1 if the listener is subscribed to the expired-key events of triggers, else 0.",
	}, func() float64 {
		if b.listener.Ready() {
			return 1
		}
		return 0
	})
	for _, c := range []prometheus.Collector{
		m.webhooks, m.messages, m.confirmations, m.expiries, m.lateness, m.takeovers, m.heard, m.missed, m.sends, listener, backlog{b},
	} {
		if err := r.Register(c); err != nil {
			return m, fmt.Errorf("bot: register metrics: %w", err)
		}
	}
	return m, nil
}

func (m metrics) sent(kind string, took time.Duration, err error) {
	result := "ok"
	switch {
	case graph.Unknown(err):
		result = "unknown"
	case err != nil:
		result = "refused"
	}
	m.sends.WithLabelValues(kind, result).Observe(took.Seconds())
}

// backlog asks Redis for the backlog whenever the metrics are read. Every
// replica tells the same.
type backlog struct{ bot *Bot }

var (
	backlogTimers = prometheus.NewDesc("wappa_timers", "Timers in Redis, by state: pending, due and not claimed, or claimed and not closed.", []string{"action", "state"}, nil)
	backlogParked = prometheus.NewDesc("wappa_parked", "Firings that are parked and wait for a person.", nil, nil)
)

func (c backlog) Describe(descs chan<- *prometheus.Desc) {
	descs <- backlogTimers
	descs <- backlogParked
}

func (c backlog) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := c.bot.redisContext(context.Background())
	defer cancel()
	parked, err := c.bot.timers.CountParked(ctx)
	if err != nil {
		metrics <- prometheus.NewInvalidMetric(backlogParked, err)
		return
	}
	metrics <- prometheus.MustNewConstMetric(backlogParked, prometheus.GaugeValue, float64(parked))
	for _, action := range c.bot.actions.Actions() {
		n, err := c.bot.timers.Count(ctx, action)
		if err != nil {
			metrics <- prometheus.NewInvalidMetric(backlogTimers, err)
			return
		}
		for state, n := range map[string]int64{"pending": n.Pending, "due": n.Due, "claimed": n.Claimed} {
			metrics <- prometheus.MustNewConstMetric(backlogTimers, prometheus.GaugeValue, float64(n), action, state)
		}
	}
}
