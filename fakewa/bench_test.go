package fakewa_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"wappasim/fakewa"
)

const connections = 32

// post makes b.N calls over as many kept connections, and reports calls a second.
func post(b *testing.B, handler http.Handler, body func(i int64) string) {
	b.Helper()
	api := httptest.NewServer(handler)
	defer api.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var (
		next atomic.Int64
		all  sync.WaitGroup
	)
	b.ResetTimer()
	for range connections {
		all.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				req, err := http.NewRequest("POST", api.URL+"/v23.0/"+number+"/messages", strings.NewReader(body(i)))
				if err != nil {
					b.Error(err)
					return
				}
				req.Header.Set("Authorization", "Bearer x")
				req.Header.Set("Content-Type", "application/json")
				resp, err := client.Do(req)
				if err != nil {
					b.Error(err)
					return
				}
				if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
					b.Errorf("status %d, %v", resp.StatusCode, err)
				}
				resp.Body.Close()
			}
		})
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

// text is a text to one of a thousand users.
func text(i int64) string {
	return fmt.Sprintf(`{"messaging_product":"whatsapp","to":"+1650555%04d","type":"text","text":{"body":"message %d"}}`, i%1000, i)
}

// BenchmarkEmpty is an empty net/http handler: the measure of the others.
func BenchmarkEmpty(b *testing.B) {
	post(b, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), text)
}

// BenchmarkSend sends texts, without a webhook.
func BenchmarkSend(b *testing.B) {
	s := fakewa.New(fakewa.Config{Window: fakewa.WindowOff})
	defer s.Close()
	post(b, s, text)
}

// BenchmarkSendWithStatuses sends texts, each with two signed webhooks to a sink
// over TCP, until all have come.
func BenchmarkSendWithStatuses(b *testing.B) {
	var came atomic.Int64
	all := make(chan struct{})
	sink := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if came.Add(1) == 2*int64(b.N) {
			close(all)
		}
	}))
	defer sink.Close()
	s := fakewa.New(fakewa.Config{Window: fakewa.WindowOff, WebhookURL: sink.URL, Parallel: connections})
	defer s.Close()
	post(b, s, text)
	b.StartTimer()
	<-all
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

// BenchmarkMillion sends a million texts to a hundred thousand users and reports
// the memory after each quarter: it is flat at the limit. Run it with -benchtime 1x.
func BenchmarkMillion(b *testing.B) {
	if testing.Short() {
		b.Skip("takes minutes")
	}
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	for b.Loop() {
		s := fakewa.New(fakewa.Config{Window: fakewa.WindowOff})
		for i := range 1_000_000 {
			r := httptest.NewRequest("POST", "/"+number+"/messages", strings.NewReader(
				fmt.Sprintf(`{"messaging_product":"whatsapp","to":"1%06d","text":{"body":"message %d"}}`, i%100_000, i)))
			r.Header.Set("Authorization", "Bearer x")
			s.ServeHTTP(httptest.NewRecorder(), r)
			if (i+1)%250_000 == 0 {
				b.ReportMetric(heap(), fmt.Sprintf("MiB@%dk", (i+1)/1000))
			}
		}
		b.ReportMetric(float64(len(s.Messages(fakewa.Filter{}))), "kept")
		s.Close()
	}
}
