package simulator_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/paydial/paydial/simulator"
)

const hello = `<?xml version="1.0"?><Response><Say>hello</Say></Response>`

func answerWith(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// TestAnswers gives the simulator every kind of answer to the first webhook, without a fallback.
func TestAnswers(t *testing.T) {
	t.Parallel()
	const broken = "We are sorry, an application error has occurred. Goodbye."
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		said   string
		code   int // in the log; 0 when none
	}{
		{"text/xml", answerWith(200, "text/xml", hello), "hello", 0},
		{"application/xml", answerWith(200, "application/xml; charset=utf-8", hello), "hello", 0},
		{"text/html", answerWith(200, "text/html", hello), "hello", 0},
		{"a byte order mark", answerWith(200, "text/xml", "\ufeff"+hello), "hello", 0},
		{"201", answerWith(201, "text/xml", hello), "hello", 0},
		{"text/plain that is TwiML", answerWith(200, "text/plain", hello), "hello", 0},
		{"text/plain that is text", answerWith(200, "text/plain", "Good day."), "Good day.", 0},
		{"audio", answerWith(200, "audio/mpeg", "mp3"), "[plays {app}/voice]", 0},
		{"json", answerWith(200, "application/json", `{}`), broken, 12300},
		{"nothing", answerWith(200, "text/xml", ""), broken, 11770},
		{"no content", answerWith(204, "text/xml", ""), broken, 11770},
		{"broken xml", answerWith(200, "text/xml", `<Response><Say>hello</Response>`), broken, 12100},
		{"white space first", answerWith(200, "text/xml", "\n"+hello), broken, 12100},
		{"two roots", answerWith(200, "text/xml", `<Response/><Response/>`), broken, 12100},
		{"an attribute twice", answerWith(200, "text/xml", `<Response><Say loop="1" loop="2">a</Say></Response>`), broken, 12100},
		{"too deep", answerWith(200, "text/xml", strings.Repeat("<Response>", 40)+strings.Repeat("</Response>", 40)), broken, 12100},
		{"xml 1.1", answerWith(200, "text/xml", `<?xml version="1.1"?><Response/>`), broken, 12101},
		{"another root", answerWith(200, "text/xml", `<Reply><Say>hello</Say></Reply>`), broken, 12102},
		{"lower case root", answerWith(200, "text/xml", `<response/>`), broken, 12102},
		{"too large", answerWith(200, "text/xml", "<Response><!--"+strings.Repeat("x", 65<<10)+"--></Response>"), broken, 11750},
		{"404", answerWith(404, "text/xml", hello), broken, 11200},
		{"500", answerWith(500, "text/xml", hello), broken, 11200},
		{"hang", func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, broken, 11205},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/moved?a=1", http.StatusFound) }, "moved", 0},
		{"a redirect that keeps the form", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/kept", http.StatusTemporaryRedirect)
		}, "kept", 0},
		{"a circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/voice", http.StatusFound) }, broken, 11215},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, noFallback)
			w.app.handle("/voice", c.answer)
			w.app.on("/moved", "<Say>moved</Say>")
			w.app.on("/kept", "<Say>kept</Say>")
			sid := w.ring()
			s := w.ended(sid)
			if want := strings.ReplaceAll(c.said, "{app}", w.app.srv.URL); s.said() != want || s.Status != "completed" {
				t.Errorf("%s, heard %q, want %q", s.Status, s.said(), want)
			}
			if c.code != 0 {
				w.logged(sid, c.code)
			} else if log := w.log(sid); len(log) != 0 {
				t.Errorf("the log: %+v", log)
			}
			for _, h := range append(w.app.got("/moved"), w.app.got("/kept")...) {
				if !h.signed || (h.path == "/moved") != (h.method == http.MethodGet) || (h.path == "/kept") != h.form.Has("CallSid") {
					t.Errorf("after the redirect: %+v", h)
				}
			}
		})
	}
}

// TestFallback lets the first webhook fail: the fallback URL is asked, with the code and the address that failed.
func TestFallback(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Gather action="/turn" numDigits="1"/>`)
	w.app.handle("/turn", answerWith(502, "text/html", "bad gateway"))
	w.app.on("/fallback", `<Say>One moment.</Say><Gather action="/after" numDigits="1"/>`)
	w.app.on("/after", `<Say>Fine again.</Say>`)
	sid := w.ring()
	w.waits(sid, "gather")
	w.keys(sid, "4")
	w.awaitAfter(sid, 1)
	w.keys(sid, "5")
	if s := w.ended(sid); s.said() != "One moment. | Fine again." {
		t.Errorf("heard %q", s.said())
	}
	f := w.app.await(t, "/fallback", 1).form
	if f.Get("ErrorCode") != "11200" || f.Get("ErrorUrl") != w.app.srv.URL+"/turn" || f.Get("Digits") != "4" {
		t.Errorf("the fallback got %v", f)
	}
	w.logged(sid, 11200)
}

// TestFallbackFails has no way out but the canned apology.
func TestFallbackFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.handle("/voice", answerWith(500, "text/plain", "no"))
	w.app.handle("/fallback", answerWith(500, "text/plain", "no"))
	if s := w.ended(w.ring()); !strings.Contains(s.said(), "application error") || s.Status != "completed" {
		t.Errorf("%s %q", s.Status, s.said())
	}
}

// TestNobodyThere rings an application whose port is closed: two tries, then the end.
func TestNobodyThere(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	w := newWorld(t, noFallback, func(cfg *simulator.Config) { cfg.Numbers[0].VoiceURL = "http://" + l.Addr().String() + "/voice" })
	sid := w.ring()
	w.ended(sid)
	w.logged(sid, 11202)
	if hooks := w.webhooks(sid); hooks[0].Tries != 2 || hooks[0].ErrorCode != 11202 {
		t.Errorf("%+v", hooks[0])
	}
}

// seen is a webhook in the control API's list.
type seen struct {
	Purpose, URL, Fault, Body string
	Params                    map[string]string
	Tries, Status             int
	ErrorCode                 int    `json:"error_code"`
	Token                     string `json:"idempotency_token"`
	Done                      bool
}

func (w *world) webhooks(sid string) []seen {
	w.t.Helper()
	var out struct{ Webhooks []seen }
	w.ctl("GET", "/calls/"+sid+"/webhooks", nil, &out)
	return out.Webhooks
}

// TestOverrides changes with the URL's fragment how often a webhook is tried, and after what.
func TestOverrides(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fragment string
		tries    int
		heard    string
	}{
		{"#rc=3&rp=5xx", 3, "third time"},
		{"#rc=1&rp=5xx", 2, "application error"},
		{"#rc=5&rp=4xx", 1, "application error"},
		{"#rc=2&rp=all", 3, "third time"},
		{"#rc=9", 0, "application error"},
		{"#rp=sometimes", 0, "application error"},
		{"#ct=1", 0, "application error"},
	} {
		t.Run(c.fragment, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, noFallback, func(cfg *simulator.Config) { cfg.Numbers[0].VoiceURL += c.fragment })
			var n atomic.Int32
			w.app.handle("/voice", func(rw http.ResponseWriter, r *http.Request) {
				if n.Add(1) < 3 {
					rw.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				answerWith(200, "text/xml", `<Response><Say>third time</Say></Response>`)(rw, r)
			})
			s := w.ended(w.ring())
			if int(n.Load()) != c.tries || !strings.Contains(s.said(), c.heard) {
				t.Errorf("%d tries, heard %q", n.Load(), s.said())
			}
			tokens := map[string]bool{}
			for _, h := range w.app.got("/voice") {
				if tokens[h.header.Get("I-Twilio-Idempotency-Token")] = true; !h.signed {
					t.Error("the signature does not fit the URL without its fragment")
				}
			}
			if c.tries > 0 && len(tokens) != 1 {
				t.Errorf("%d tokens over %d tries", len(tokens), c.tries)
			}
		})
	}
}

// TestSlowAnswer gives up after rt, and hangs up while a webhook is under way.
func TestSlowAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, noFallback, func(cfg *simulator.Config) { cfg.Numbers[0].VoiceURL += "#rt=100" })
	never := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	w.app.handle("/voice", never)
	sid := w.ring()
	w.ended(sid)
	w.logged(sid, 11200)

	w = newWorld(t)
	w.app.handle("/voice", never)
	sid = w.ring()
	w.app.await(t, "/voice", 1)
	if s := w.do(sid, "hangup"); s.Status != "no-answer" {
		t.Errorf("%s", s.Status)
	}
	w.app.await(t, "/status", 1)
}

// TestLoop redirects for ever: the simulator ends it.
func TestLoop(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Redirect/>`)
	sid := w.ring()
	if s := w.ended(sid); s.Requests < 1000 || s.Requests > 1002 {
		t.Errorf("%d requests", s.Requests)
	}
}

// TestCookies plays back cookies within a call and not to the next one.
func TestCookies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.handle("/voice", func(rw http.ResponseWriter, r *http.Request) {
		http.SetCookie(rw, &http.Cookie{Name: "seen", Value: "1"})
		answerWith(200, "text/xml", `<Response><Redirect>/next</Redirect></Response>`)(rw, r)
	})
	w.app.on("/next", ``)
	for range 2 {
		w.ended(w.ring())
	}
	if first := w.app.got("/voice")[1]; first.header.Get("Cookie") != "" {
		t.Error("a cookie came over from another call")
	}
	if next := w.app.got("/next")[0]; next.header.Get("Cookie") != "seen=1" {
		t.Errorf("cookie %q", next.header.Get("Cookie"))
	}
}

// TestFaults switches troubles on.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, faults string
		check        func(t *testing.T, w *world, sid string, s state)
	}{
		{"duplicate", `{"duplicate":2}`, func(t *testing.T, w *world, sid string, _ state) {
			w.app.await(t, "/voice", 3)
			tokens := map[string]bool{}
			for _, h := range w.app.got("/voice") {
				tokens[h.header.Get("I-Twilio-Idempotency-Token")] = true
			}
			if len(tokens) != 1 {
				t.Errorf("%d tokens", len(tokens))
			}
		}},
		{"late", `{"late_ms":3000}`, func(t *testing.T, w *world, _ string, _ state) {
			if n := len(w.app.got("/voice")); n != 1 {
				t.Errorf("%d webhooks at once", n)
			}
			w.advance("4s")
			w.app.await(t, "/voice", 2)
		}},
		{"wrong signature", `{"wrong_signature":true}`, func(t *testing.T, w *world, _ string, _ state) {
			if w.app.await(t, "/voice", 1).signed {
				t.Error("the signature is right")
			}
		}},
		{"drop", `{"drop_percent":100}`, func(t *testing.T, w *world, sid string, s state) {
			if len(w.app.got("/voice")) != 0 || !strings.Contains(s.said(), "application error") {
				t.Errorf("it arrived, or was not missed: %q", s.said())
			}
			w.logged(sid, 11205)
		}},
		{"pad", `{"pad_bytes":2000000}`, func(t *testing.T, w *world, _ string, _ state) {
			if h := w.app.await(t, "/voice", 1); len(h.form.Get("Padding")) != 2000000 || !h.signed {
				t.Error("no padding, or not signed")
			}
		}},
		{"lose", `{"lose_percent":100}`, func(t *testing.T, w *world, _ string, _ state) {
			if len(w.app.got("/status")) != 0 {
				t.Error("the status callback came")
			}
		}},
		{"delay and shuffle", `{"delay_ms":20,"shuffle":true}`, func(t *testing.T, w *world, sid string, _ state) {
			w.app.await(t, "/status", 1)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual)
			w.app.on("/voice", `<Say>hello</Say>`)
			req, _ := http.NewRequest(http.MethodPut, w.srv.URL+"/sim/v1/faults", strings.NewReader(`{"webhooks":`+c.faults+`}`))
			if res, err := http.DefaultClient.Do(req); err != nil || res.StatusCode != http.StatusOK {
				t.Fatal(err, res)
			}
			sid := w.ring()
			c.check(t, w, sid, w.ended(sid))
			w.ctl("DELETE", "/faults", nil, nil)
			w.app.handle("/status", nil)
			before := len(w.app.got("/voice"))
			w.ended(w.ring())
			if h := w.app.await(t, "/voice", before+1); !h.signed {
				t.Error("the trouble went on")
			}
		})
	}
}

// TestSignature checks the vectors that Twilio's libraries publish against the simulator's own HMAC, as a peer
// would: by making the simulator post to a URL whose signature is known. The formula is written out once more here.
func TestSignature(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Redirect method="GET">/get?b=2&amp;a=1</Redirect>`)
	w.app.on("/get", `<Hangup/>`)
	w.ended(w.ring())
	h := w.app.await(t, "/get", 1)
	mac := hmac.New(sha1.New, []byte(simulator.DefaultAuthToken))
	fmt.Fprint(mac, w.app.srv.URL+"/get?"+h.query)
	if want := base64.StdEncoding.EncodeToString(mac.Sum(nil)); h.header.Get("X-Twilio-Signature") != want {
		t.Errorf("signature of a GET: %s, want %s", h.header.Get("X-Twilio-Signature"), want)
	}
	if !strings.HasPrefix(h.query, "b=2&a=1&") || h.form.Get("CallSid") == "" {
		t.Errorf("query %s", h.query)
	}
}

// TestInsecureGather refuses a Gather whose keys would go over http to another machine.
func TestInsecureGather(t *testing.T) {
	t.Parallel()
	w := newWorld(t, noFallback)
	w.app.on("/voice", `<Gather action="http://example.com/keys"/>`)
	sid := w.ring()
	w.ended(sid)
	w.logged(sid, 13337)
}
