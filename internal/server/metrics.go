package server

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/paydial/paydial/sessions"
)

// metrics are the app's figures for Prometheus. Labels are from closed sets: never a number, a call or a name
// that somebody else chose.
type metrics struct {
	registry *prometheus.Registry
	webhooks *prometheus.HistogramVec
	refused  *prometheus.CounterVec
}

func newMetrics(store *sessions.Store) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		webhooks: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "paydial_webhook_seconds", Help: "Time to answer a webhook of Twilio's, by route and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15},
		}, []string{"route", "status"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "paydial_webhooks_refused_total", Help: "Webhooks that were not, or not rightly, from Twilio, by status.",
		}, []string{"status"}),
	}
	m.registry.MustRegister(m.webhooks, m.refused, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	figure := func(name, help string, value func(sessions.Stats) uint64) {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help},
			func() float64 { return float64(value(store.Stats())) }))
	}
	figure("paydial_turns_run_total", "Turns run by this process.", func(s sessions.Stats) uint64 { return s.Runs })
	figure("paydial_turns_replayed_total", "Repeated turns answered with the stored answer.", func(s sessions.Stats) uint64 { return s.Replays })
	figure("paydial_turns_stale_total", "Turns that were not where their call stands.", func(s sessions.Stats) uint64 { return s.Stales })
	figure("paydial_turns_lost_total", "Commits refused because another copy took over.", func(s sessions.Stats) uint64 { return s.LeasesLost })
	return m
}

// watch times webhooks. The route is the pattern, so that turns do not make labels without end.
func (m *metrics) watch(c *gin.Context) {
	route := c.FullPath()
	if !strings.HasPrefix(route, "/voice") {
		return
	}
	began := time.Now()
	c.Next()
	status := c.Writer.Status()
	m.webhooks.WithLabelValues(route, strconv.Itoa(status)).Observe(time.Since(began).Seconds())
	if status >= 400 && status < 500 {
		m.refused.WithLabelValues(strconv.Itoa(status)).Inc()
	}
}

// handler serves the figures.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
