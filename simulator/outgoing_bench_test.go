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
	dial, _, _ := outboundWorld(b)
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

// BenchmarkPacing lets queued calls begin at 50 and at 200 a second for two seconds, and tells how close to that it came:
// the rate in percent of what was asked for, and how many began in the fullest second.
func BenchmarkPacing(b *testing.B) {
	for _, rate := range []int{50, 200} {
		b.Run(fmt.Sprint(rate, " a second"), func(b *testing.B) {
			for range b.N {
				dial, settle, sim := outboundWorld(b, perSecond(float64(rate)))
				for i := range 2 * rate {
					dial(i)
				}
				settle()
				w := &world{t: b, srv: &httptest.Server{URL: sim}}
				var started []time.Time
				for _, p := range w.placedAfter(0) {
					started = append(started, p.StartedAt)
				}
				fullest, first := 0, 0
				for i, at := range started {
					for at.Sub(started[first]) >= time.Second {
						first++
					}
					fullest = max(fullest, i-first+1)
				}
				took := started[len(started)-1].Sub(started[0]).Seconds()
				b.ReportMetric(100*float64(len(started)-1)/took/float64(rate), "%rate")
				b.ReportMetric(float64(fullest), "calls-in-fullest-second")
			}
		})
	}
}

// BenchmarkList pages through 20,000 calls: a page of 50, those to one number, and those in one status.
func BenchmarkList(b *testing.B) {
	dial, settle, sim := outboundWorld(b)
	for i := range 20_000 {
		dial(i)
	}
	settle()
	w := &world{t: b, srv: &httptest.Server{URL: sim}, token: simulator.DefaultAuthToken}
	for name, query := range map[string]string{"page": "?Page=0", "number": "?To=%2B15550007777", "status": "?Status=queued", "far": "?Page=350"} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				if code, _ := w.rest("GET", "/Calls.json"+query); code != 200 {
					b.Fatal(code)
				}
			}
		})
	}
	b.Run("log", func(b *testing.B) {
		for range b.N {
			if n := len(w.placedAfter(0)); n != 20_000 {
				b.Fatal(n)
			}
		}
	})
}

// outboundWorld is a simulator with a crowd, a function that makes a call, and one that waits until all have ended.
func outboundWorld(tb testing.TB, change ...func(*simulator.Config)) (dial func(i int), settle func(), sim string) {
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
	cfg := simulator.Config{Numbers: []simulator.Number{{Number: line}}, CallsPerSecond: -1, Crowd: &crowd.Crowd{Seed: 1}}
	for _, f := range change {
		f(&cfg)
	}
	s, err := simulator.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	tb.Cleanup(func() {
		ended.Wait()
		_ = s.Close(tb.Context())
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
	}, ended.Wait, srv.URL
}

// cpu is the time that this process has had on all cores.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
