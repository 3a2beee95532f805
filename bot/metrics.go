package bot

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	webhooks *prometheus.CounterVec   // by status
	messages *prometheus.CounterVec   // by result
	expiries *prometheus.CounterVec   // by action
	sends    *prometheus.HistogramVec // by kind and result
}

func newMetrics(r *prometheus.Registry, listening func() bool) (metrics, error) {
	counter := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wappa_" + name, Help: help}, []string{label})
	}
	m := metrics{
		webhooks: counter("webhooks_total", "Webhook requests, by the status they were answered with.", "status"),
		messages: counter("messages_total", "Messages of users: stored, duplicate, or ignored because they are not for this bot.", "result"),
		expiries: counter("expiries_total", "Expired timers that this process heard of, by action.", "action"),
		sends: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "wappa_send_seconds", Help: "Time to send a text, its repetitions included, by kind and result.",
		}, []string{"kind", "result"}),
	}
	listener := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "wappa_listener_up", Help: "Whether the listener is subscribed to expired timers.",
	}, func() float64 {
		if listening() {
			return 1
		}
		return 0
	})
	for _, c := range []prometheus.Collector{m.webhooks, m.messages, m.expiries, m.sends, listener} {
		if err := r.Register(c); err != nil {
			return m, fmt.Errorf("bot: register metrics: %w", err)
		}
	}
	return m, nil
}

func (m metrics) sent(kind string, took time.Duration, err error) {
	result := "ok"
	if err != nil {
		result = "failed"
	}
	m.sends.WithLabelValues(kind, result).Observe(took.Seconds())
}
