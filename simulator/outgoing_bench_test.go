package simulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/crowd"
)

// BenchmarkOutbound makes calls that the usual crowd answers, with an application that says a word and hangs up: as fast
// as one client can. It tells what a call costs, both sides of HTTP and the client included, and which share of one
// core that is at 50 and at 200 calls a second.
func BenchmarkOutbound(b *testing.B) {
	dial, _ := outboundWorld(b, 0)
	before := cpu()
	b.ResetTimer()
	for i := range b.N {
		dial(i)
	}
	b.StopTimer()
	each := (cpu() - before) / time.Duration(b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	b.ReportMetric(100*50*each.Seconds(), "%core@50/s")
	b.ReportMetric(100*200*each.Seconds(), "%core@200/s")
}

// outboundWorld is a simulator with a crowd, a function that makes a call, and one that waits until all have ended.
func outboundWorld(tb testing.TB, keep int) (dial func(i int), settle func()) {
	tb.Helper()
	var ended sync.WaitGroup
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/status" {
			ended.Done()
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, `<Response><Say>Hello.</Say></Response>`)
	}))
	sim, err := simulator.New(simulator.Config{
		Numbers: []simulator.Number{{Number: line}}, CallsPerSecond: -1, KeepCalls: keep, Crowd: &crowd.Crowd{Seed: 1},
	})
	if err != nil {
		tb.Fatal(err)
	}
	srv := httptest.NewServer(sim.Handler())
	tb.Cleanup(func() {
		ended.Wait()
		_ = sim.Close(tb.Context())
		srv.Close()
		app.Close()
	})
	form := url.Values{"From": {line}, "Url": {app.URL + "/voice?campaign=spring&row=1&attempt=1"}, "StatusCallback": {app.URL + "/status"}}
	return func(i int) {
		form.Set("To", fmt.Sprintf("+1555%07d", i))
		req, err := http.NewRequest(http.MethodPost, srv.URL+"/2010-04-01/Accounts/"+simulator.DefaultAccountSID+"/Calls.json", strings.NewReader(form.Encode()))
		if err != nil {
			tb.Fatal(err)
		}
		req.SetBasicAuth(simulator.DefaultAccountSID, simulator.DefaultAuthToken)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		ended.Add(1)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			tb.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusCreated {
			tb.Fatal(res.Status)
		}
	}, ended.Wait
}

// cpu is the time that this process has had on all cores.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
