package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	payment   = "PKcccccccccccccccccccccccccccccccc"
	recording = "REdddddddddddddddddddddddddddddddd"
	root      = "/2010-04-01/Accounts/" + account
	// token has characters that twilio-go refuses; the simulator's has too.
	token = "simulated-auth-token"
)

// seen is a request as the server got it.
type seen struct {
	Method, URI, User, Secret, Type string
	Form                            url.Values
}

// serve starts a server that answers every request so, and a client of it. The requests come by the channel.
func serve(t *testing.T, status int, answer string) (*Client, <-chan seen) {
	t.Helper()
	requests := make(chan seen, 100)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, secret, _ := r.BasicAuth()
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		requests <- seen{r.Method, r.RequestURI, user, secret, r.Header.Get("Content-Type"), form}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return clientOf(t, s.URL), requests
}

func clientOf(t testing.TB, base string) *Client {
	t.Helper()
	c, err := NewClient(Config{AccountSID: account, AuthToken: token, BaseURL: base, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

const callJSON = `{"sid":"` + call + `","account_sid":"` + account + `","to":"+15557654321","from":"+15550100000","status":"completed",
	"direction":"outbound-api","answered_by":"human","start_time":"Mon, 31 Aug 2026 20:36:28 +0000","end_time":null,"duration":"42",
	"price":"-0.013","price_unit":"USD","queue_time":"1500","date_created":"Mon, 31 Aug 2026 20:36:28 +0000","parent_call_sid":null}`

var wantCall = Call{
	SID: call, AccountSID: account, To: "+15557654321", From: "+15550100000", Status: "completed", Direction: "outbound-api",
	AnsweredBy: "human", StartTime: time.Date(2026, 8, 31, 20, 36, 28, 0, time.UTC), Duration: 42, Price: "-0.013",
	PriceUnit: "USD", QueueTime: 1500 * time.Millisecond, DateCreated: time.Date(2026, 8, 31, 20, 36, 28, 0, time.UTC),
}

const paymentJSON = `{"sid":"` + payment + `","account_sid":"` + account + `","call_sid":"` + call + `",
	"date_created":"Mon, 31 Aug 2026 20:36:28 +0000","date_updated":"Mon, 31 Aug 2026 20:36:28 +0000","uri":"x"}`

// everyCall sets every field of NewCall.
var everyCall = NewCall{
	To: "+15557654321", From: "+15550100000", URL: "https://a/voice", Method: "POST", TwiML: "<Response/>", ApplicationSID: "AP1",
	FallbackURL: "https://a/f", FallbackMethod: "POST", StatusCallback: "https://a/s", StatusCallbackMethod: "POST",
	StatusCallbackEvents: []string{"initiated", "completed"}, SendDigits: "w1", Timeout: 25, TimeLimit: 600, Record: true,
	RecordingChannels: "dual", RecordingTrack: "both", RecordingStatusCallback: "https://a/r",
	RecordingStatusCallbackMethod: "POST", RecordingStatusCallbackEvents: []string{"completed"}, Trim: "do-not-trim",
	MachineDetection: "Enable", MachineDetectionTimeout: 30, MachineDetectionSpeechThreshold: 2400,
	MachineDetectionSpeechEndThreshold: 1200, MachineDetectionSilenceTimeout: 5000, AsyncAMD: true,
	AsyncAMDStatusCallback: "https://a/amd", AsyncAMDStatusCallbackMethod: "POST", CallerID: "+15550100000", CallReason: "bill",
	CallToken: "t", BYOC: "BY1", ClientNotificationURL: "https://a/n", SIPAuthUsername: "u", SIPAuthPassword: "p",
}

// everyPayment sets every field of NewPayment; TokenType goes with saving only.
func everyPayment() NewPayment {
	yes, no := true, false
	return NewPayment{
		IdempotencyKey: "key 1", StatusCallback: "https://a/p?x=1&y=2", ChargeAmount: "0.00", Currency: "usd", Description: "Bill #42",
		PaymentConnector: "Default", PaymentMethod: "credit-card", BankAccountType: "consumer-checking", TokenType: "reusable",
		ValidCardTypes: []string{"visa", "amex"}, SecurityCode: &yes, PostalCode: &no, MinPostalCodeLength: 5, Timeout: 600, Input: "dtmf",
		Parameters: map[string]string{"payment": "01J", "a": `"<&`}, RequireMatchingInputs: []string{"payment-card-number", "security-code"},
		Confirmation: &yes,
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	yes := url.Values{"To": {"+15557654321"}, "From": {"+15550100000"}, "Url": {"https://a/voice?x=1"}}
	tests := []struct {
		name   string
		status int
		answer string
		do     func(context.Context, *Client) (any, error)
		want   any
		method string
		uri    string
		form   url.Values
	}{
		{"create call", 201, callJSON, func(ctx context.Context, c *Client) (any, error) {
			return c.CreateCall(ctx, NewCall{To: "+15557654321", From: "+15550100000", URL: "https://a/voice?x=1"})
		}, wantCall, "POST", root + "/Calls.json", yes},
		{"fetch call", 200, callJSON, func(ctx context.Context, c *Client) (any, error) { return c.FetchCall(ctx, call) },
			wantCall, "GET", root + "/Calls/" + call + ".json", url.Values{}},
		{"redirect call", 200, callJSON, func(ctx context.Context, c *Client) (any, error) { return c.RedirectCall(ctx, call, "https://a/b") },
			wantCall, "POST", root + "/Calls/" + call + ".json", url.Values{"Url": {"https://a/b"}}},
		{"end call", 200, callJSON, func(ctx context.Context, c *Client) (any, error) { return c.EndCall(ctx, call) },
			wantCall, "POST", root + "/Calls/" + call + ".json", url.Values{"Status": {"completed"}}},
		{"delete call", 204, "", func(ctx context.Context, c *Client) (any, error) { return nil, c.DeleteCall(ctx, call) },
			nil, "DELETE", root + "/Calls/" + call + ".json", url.Values{}},
		{"send message", 201, `{"sid":"SM1"}`, func(ctx context.Context, c *Client) (any, error) {
			return nil, c.SendMessage(ctx, "+15557654321", "+15550100000", "Paid & done")
		}, nil, "POST", root + "/Messages.json", url.Values{"To": {"+15557654321"}, "From": {"+15550100000"}, "Body": {"Paid & done"}}},
		{"pause recording", 200, `{"sid":"Twilio.CURRENT","status":"paused"}`, func(ctx context.Context, c *Client) (any, error) {
			return nil, c.UpdateRecording(ctx, call, CurrentRecording, "paused")
		}, nil, "POST", root + "/Calls/" + call + "/Recordings/Twilio.CURRENT.json", url.Values{"Status": {"paused"}}},
		{"stop recording", 200, `{}`, func(ctx context.Context, c *Client) (any, error) {
			return nil, c.UpdateRecording(ctx, call, recording, "stopped")
		}, nil, "POST", root + "/Calls/" + call + "/Recordings/" + recording + ".json", url.Values{"Status": {"stopped"}}},
		{"create payment", 201, paymentJSON, func(ctx context.Context, c *Client) (any, error) { return c.CreatePayment(ctx, call, everyPayment()) },
			wantPayment, "POST", root + "/Calls/" + call + "/Payments.json", url.Values{
				"IdempotencyKey": {"key 1"}, "StatusCallback": {"https://a/p?x=1&y=2"}, "ChargeAmount": {"0.00"}, "Currency": {"usd"},
				"Description": {"Bill #42"}, "PaymentConnector": {"Default"}, "PaymentMethod": {"credit-card"},
				"BankAccountType": {"consumer-checking"}, "TokenType": {"reusable"}, "ValidCardTypes": {"visa amex"},
				"SecurityCode": {"true"}, "PostalCode": {"false"}, "MinPostalCodeLength": {"5"}, "Timeout": {"600"}, "Input": {"dtmf"},
				"Parameter":             {`{"a":"\"\u003c\u0026","payment":"01J"}`},
				"RequireMatchingInputs": {"payment-card-number,security-code"}, "Confirmation": {"true"},
			}},
		{"capture", 202, paymentJSON, func(ctx context.Context, c *Client) (any, error) {
			return c.UpdatePayment(ctx, call, payment, PaymentUpdate{IdempotencyKey: "k", StatusCallback: "https://a", Capture: "expiration-date"})
		}, wantPayment, "POST", root + "/Calls/" + call + "/Payments/" + payment + ".json",
			url.Values{"IdempotencyKey": {"k"}, "StatusCallback": {"https://a"}, "Capture": {"expiration-date"}}},
		{"complete payment", 202, paymentJSON, func(ctx context.Context, c *Client) (any, error) {
			return c.UpdatePayment(ctx, call, payment, PaymentUpdate{IdempotencyKey: "k", StatusCallback: "https://a", Status: "complete"})
		}, wantPayment, "POST", root + "/Calls/" + call + "/Payments/" + payment + ".json",
			url.Values{"IdempotencyKey": {"k"}, "StatusCallback": {"https://a"}, "Status": {"complete"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, requests := serve(t, tt.status, tt.answer)
			got, err := tt.do(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("answer: -want +got\n%s", diff)
			}
			r := <-requests
			if r.Method != tt.method || r.URI != tt.uri || r.User != account || r.Secret != token {
				t.Errorf("got %s %s as %s:%s, want %s %s", r.Method, r.URI, r.User, r.Secret, tt.method, tt.uri)
			}
			if diff := cmp.Diff(tt.form, r.Form); diff != "" {
				t.Errorf("form: -want +got\n%s", diff)
			}
		})
	}
}

var wantPayment = Payment{
	SID: payment, AccountSID: account, CallSID: call, DateCreated: time.Date(2026, 8, 31, 20, 36, 28, 0, time.UTC),
	DateUpdated: time.Date(2026, 8, 31, 20, 36, 28, 0, time.UTC),
}

// TestAmountsOnTheWire: the amounts that twilio-go's float32 gets wrong arrive as they were given.
func TestAmountsOnTheWire(t *testing.T) {
	t.Parallel()
	c, requests := serve(t, 201, paymentJSON)
	for _, amount := range []Amount{"84.20", "131072.01", "262144.01", "999999.99", "0.10", "10"} {
		if _, err := c.CreatePayment(t.Context(), call, NewPayment{IdempotencyKey: "k", StatusCallback: "https://a", ChargeAmount: amount}); err != nil {
			t.Fatal(err)
		}
		if got := (<-requests).Form.Get("ChargeAmount"); got != string(amount) {
			t.Errorf("%s arrived as %s", amount, got)
		}
	}
}

// TestRefusedBeforeSending: what cannot be right never leaves us.
func TestRefusedBeforeSending(t *testing.T) {
	t.Parallel()
	c, requests := serve(t, 200, "{}")
	ctx := t.Context()
	charge := NewPayment{IdempotencyKey: "k", StatusCallback: "https://a", ChargeAmount: "1"}
	for name, do := range map[string]func() error{
		"call without number":  func() error { _, err := c.CreateCall(ctx, NewCall{From: "a", URL: "b"}); return err },
		"call without TwiML":   func() error { _, err := c.CreateCall(ctx, NewCall{From: "a", To: "b"}); return err },
		"path for an id":       func() error { _, err := c.FetchCall(ctx, "CA/../../x"); return err },
		"id of something else": func() error { _, err := c.EndCall(ctx, recording); return err },
		"empty id":             func() error { return c.DeleteCall(ctx, "") },
		"URL and TwiML":        func() error { _, err := c.UpdateCall(ctx, call, CallUpdate{URL: "a", TwiML: "b"}); return err },
		"empty message":        func() error { return c.SendMessage(ctx, "a", "b", "") },
		"recording id":         func() error { return c.UpdateRecording(ctx, call, "RE/..", "paused") },
		"recording's call":     func() error { return c.UpdateRecording(ctx, "x", recording, "paused") },
		"recording status":     func() error { return c.UpdateRecording(ctx, call, recording, "deleted") },
		"payment without key":  func() error { _, err := c.CreatePayment(ctx, call, NewPayment{StatusCallback: "a"}); return err },
		"payment's call":       func() error { _, err := c.CreatePayment(ctx, "CA?", charge); return err },
		"bad amount":           func() error { p := charge; p.ChargeAmount = "1e6"; _, err := c.CreatePayment(ctx, call, p); return err },
		"token when charging": func() error {
			p := charge
			p.TokenType = "reusable"
			_, err := c.CreatePayment(ctx, call, p)
			return err
		},
		"capture and status": func() error {
			_, err := c.UpdatePayment(ctx, call, payment, PaymentUpdate{"k", "a", "b", "c"})
			return err
		},
		"nothing to do": func() error {
			_, err := c.UpdatePayment(ctx, call, payment, PaymentUpdate{"k", "a", "", ""})
			return err
		},
		"payment update no key": func() error {
			_, err := c.UpdatePayment(ctx, call, payment, PaymentUpdate{Status: "cancel"})
			return err
		},
		"payment id": func() error {
			_, err := c.UpdatePayment(ctx, call, "PK/x", PaymentUpdate{"k", "a", "", "c"})
			return err
		},
		"payment update's call": func() error {
			_, err := c.UpdatePayment(ctx, "", payment, PaymentUpdate{"k", "a", "", "c"})
			return err
		},
	} {
		if err := do(); err == nil {
			t.Errorf("%s was sent", name)
		}
	}
	if len(requests) > 0 {
		t.Errorf("something was sent: %+v", <-requests)
	}
}

func TestListCalls(t *testing.T) {
	t.Parallel()
	const total = 7
	var queries []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		queries = append(queries, r.URL.RawQuery)
		page := 0
		_, _ = fmt.Sscan(r.URL.Query().Get("Page"), &page)
		var items []string
		for i := page * 3; i < min(total, page*3+3); i++ {
			items = append(items, fmt.Sprintf(`{"sid":"CA%02d"}`, i))
		}
		next := "null"
		if page*3+3 < total {
			next = fmt.Sprintf(`"%s/Calls.json?PageSize=3&Page=%d&PageToken=PACA.%d"`, root, page+1, page)
		}
		fmt.Fprintf(w, `{"calls":[%s],"next_page_uri":%s,"page":%d}`, strings.Join(items, ","), next, page)
	}))
	t.Cleanup(s.Close)
	c := clientOf(t, s.URL)
	sids := func(f CallFilter) (out string) {
		t.Helper()
		calls, err := c.ListCalls(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range calls {
			out += c.SID + " "
		}
		return out
	}
	if got, want := sids(CallFilter{PageSize: 3}), "CA00 CA01 CA02 CA03 CA04 CA05 CA06 "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if want := []string{"PageSize=3", "PageSize=3&Page=1&PageToken=PACA.0", "PageSize=3&Page=2&PageToken=PACA.1"}; !cmp.Equal(queries, want) {
		t.Errorf("queries: %s", cmp.Diff(want, queries))
	}
	queries = nil
	if got, want := sids(CallFilter{Limit: 3}), "CA00 CA01 CA02 "; got != want || len(queries) != 1 {
		t.Errorf("got %s by %d requests, want %s by one", got, len(queries), want)
	}
	queries = nil
	sids(CallFilter{
		To: "sip:a@10.20.30.40", From: "+1555", ParentCallSID: call, Status: "in-progress", Limit: 1,
		StartedAfter: time.Date(2026, 8, 1, 23, 0, 0, 0, time.UTC), StartedBefore: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC),
	})
	got, _ := url.ParseQuery(queries[0])
	want := url.Values{"To": {"sip:a@10.20.30.40"}, "From": {"+1555"}, "ParentCallSid": {call}, "Status": {"in-progress"},
		"StartTime>": {"2026-08-01"}, "StartTime<": {"2026-09-01"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("filter: -want +got\n%s", diff)
	}
}

// TestListCallsIsNotLedAway: a next page that is not ours, or the same again, is not followed.
func TestListCallsIsNotLedAway(t *testing.T) {
	t.Parallel()
	for next, problem := range map[string]string{
		"https://evil.example.com/x": "not ours", "/2010-04-01/Accounts/AC99/Calls.json": "not ours", "//evil.example.com": "not ours",
		root + "/Calls.json": "in a circle",
	} {
		c, requests := serve(t, 200, `{"calls":[],"next_page_uri":"`+next+`"}`)
		if _, err := c.ListCalls(t.Context(), CallFilter{}); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%s: got %v", next, err)
		}
		if n := len(requests); n != 1 {
			t.Errorf("%s: %d requests", next, n)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                  string
		status                int
		body                  string
		code                  int
		part                  string
		notProcessed, unclear bool
	}{
		{"of the API", 400, `{"code":64003,"message":"Invalid charge amount","more_info":"https://www.twilio.com/docs/errors/64003","status":400,"details":{"a":"b"}}`,
			64003, "twilio: create payment: status 400, code 64003: Invalid charge amount", false, false},
		{"credentials", 401, `{"code":20003,"message":"Authenticate","status":401}`, 20003, "code 20003", false, false},
		{"not there", 404, `{"code":20404,"message":"not found","status":404}`, 20404, "status 404", false, false},
		{"too many", 429, `{"code":20429,"message":"Too many requests","status":429}`, 20429, "code 20429", true, false},
		{"a proxy's page", 502, `<html>Bad gateway</html>`, 0, "status 502: the answer is not Twilio's JSON (24 bytes", false, true},
		{"nothing", 503, ``, 0, "status 503", false, true},
		{"other JSON", 500, `[1]`, 0, "not Twilio's JSON", false, true},
		{"timeout of theirs", 408, `{}`, 0, "status 408", false, true},
		{"redirect", 302, `{}`, 0, "status 302", false, false},
		{"see other", 307, `{}`, 0, "status 307", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, requests := serve(t, tt.status, tt.body)
			_, err := c.CreatePayment(t.Context(), call, NewPayment{IdempotencyKey: "k", StatusCallback: "https://a"})
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %T %v", err, err)
			}
			if e.Status != tt.status || e.Code != tt.code || !strings.Contains(e.Error(), tt.part) {
				t.Errorf("got %+v (%v), want %s", e, e, tt.part)
			}
			if e.NotProcessed() != tt.notProcessed || e.Unclear() != tt.unclear {
				t.Errorf("NotProcessed %v, Unclear %v", e.NotProcessed(), e.Unclear())
			}
			if n := len(requests); n != 1 {
				t.Errorf("%d requests were sent", n)
			}
			if IsCode(err, CodePayAmount) != (tt.code == 64003) || IsNotFound(err) != (tt.status == 404) || IsCode(io.EOF, 0) {
				t.Error("IsCode or IsNotFound is wrong")
			}
			if strings.Contains(err.Error(), account) || strings.Contains(err.Error(), token) {
				t.Errorf("the error tells too much: %v", err)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(429)
	}))
	t.Cleanup(s.Close)
	_, err := clientOf(t, s.URL).FetchCall(t.Context(), call)
	var e *Error
	if !errors.As(err, &e) || e.RetryAfter != 7*time.Second {
		t.Errorf("got %+v", err)
	}
}

// TestErrorsKeepTheConnection: twilio-go leaves error bodies open, and 50 failures cost 50 connections.
func TestErrorsKeepTheConnection(t *testing.T) {
	t.Parallel()
	var connections atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(500)
		for range 20 { // chunked
			_, _ = w.Write([]byte(strings.Repeat("x", 1000)))
			w.(http.Flusher).Flush()
		}
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	c := clientOf(t, s.URL)
	for range 50 {
		if _, err := c.FetchCall(t.Context(), call); err == nil {
			t.Fatal("no error")
		}
	}
	if n := connections.Load(); n > 2 {
		t.Errorf("50 failures took %d connections", n)
	}
}

// TestContext: a call ends with its context, while it waits and while it reads.
func TestContext(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = w.Write([]byte(`{"sid":`)) // and no more
			w.(http.Flusher).Flush()
		}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(release) })
	c := clientOf(t, s.URL)
	for name, do := range map[string]func(context.Context) error{
		"waiting": func(ctx context.Context) error { _, err := c.EndCall(ctx, call); return err },
		"reading": func(ctx context.Context) error { _, err := c.FetchCall(ctx, call); return err },
		"listing": func(ctx context.Context) error { _, err := c.ListCalls(ctx, CallFilter{}); return err },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err := do(ctx)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.FetchCall(ctx, call); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	_, err := clientOf(t, s.URL).FetchCall(t.Context(), call)
	var e *Error
	if err == nil || errors.As(err, &e) || !strings.HasPrefix(err.Error(), "twilio: fetch call: ") || strings.Contains(err.Error(), account) {
		t.Errorf("got %v", err)
	}
}

func TestAnswerIsNotJSON(t *testing.T) {
	t.Parallel()
	c, _ := serve(t, 200, "<html>")
	if _, err := c.FetchCall(t.Context(), call); err == nil {
		t.Error("fetch: no error")
	}
	if _, err := c.ListCalls(t.Context(), CallFilter{}); !errors.Is(err, errAnswer) {
		t.Errorf("list: %v", err)
	}
	if _, err := c.CreatePayment(t.Context(), call, NewPayment{IdempotencyKey: "k", StatusCallback: "a"}); !errors.Is(err, errAnswer) {
		t.Errorf("payment: %v", err)
	}
}

// TestBaseURLWithAPath also sets what would lead twilio-go astray: it rewrites the host of 127.0.0.1 by these.
func TestBaseURLWithAPath(t *testing.T) {
	t.Setenv("TWILIO_REGION", "ie1")
	t.Setenv("TWILIO_EDGE", "dublin")
	var uri string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		uri = r.RequestURI
		_, _ = io.WriteString(w, callJSON)
	}))
	t.Cleanup(s.Close)
	if _, err := clientOf(t, s.URL+"/twilio/").FetchCall(t.Context(), call); err != nil || uri != "/twilio"+root+"/Calls/"+call+".json" {
		t.Errorf("got %s, %v", uri, err)
	}
}

func TestRegionsAndEdges(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ region, edge, want string }{
		{"", "", "api.twilio.com"}, {"ie1", "", "api.ie1.twilio.com"}, {"ie1", "dublin", "api.dublin.ie1.twilio.com"},
		{"", "sydney", "api.sydney.us1.twilio.com"}, {"au1", "sydney", "api.sydney.au1.twilio.com"},
	} {
		var host string
		c, err := NewClient(Config{AccountSID: account, AuthToken: token, Region: tt.region, Edge: tt.edge, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			host = r.URL.Host + " " + r.Host
			return nil, io.ErrUnexpectedEOF
		})})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.FetchCall(t.Context(), call); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got %v", err)
		}
		if want := tt.want + " " + tt.want; host != want {
			t.Errorf("%s %s: got %s, want %s", tt.region, tt.edge, host, want)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestNewClientRefuses(t *testing.T) {
	t.Parallel()
	good := Config{AccountSID: account, AuthToken: token}
	for name, change := range map[string]func(*Config){
		"no account": func(c *Config) { c.AccountSID = "" }, "account of another kind": func(c *Config) { c.AccountSID = call },
		"path as account": func(c *Config) { c.AccountSID = "AC/.." }, "no token": func(c *Config) { c.AuthToken = "" },
		"blank token": func(c *Config) { c.AuthToken = " " }, "key without secret": func(c *Config) { c.APIKey = "SK1" },
		"region": func(c *Config) { c.Region = "ie1.evil.com/" }, "edge": func(c *Config) { c.Edge = "a b" },
		"base without scheme": func(c *Config) { c.BaseURL = "127.0.0.1:8090" }, "base of another scheme": func(c *Config) { c.BaseURL = "ftp://a" },
		"base with user": func(c *Config) { c.BaseURL = "http://u:p@a" }, "base with query": func(c *Config) { c.BaseURL = "http://a?x" },
		"base broken": func(c *Config) { c.BaseURL = "http://a b" },
	} {
		cfg := good
		change(&cfg)
		if _, err := NewClient(cfg); err == nil {
			t.Errorf("%s was taken", name)
		} else if strings.Contains(err.Error(), ":p@") {
			t.Errorf("%s: the password is shown: %v", name, err)
		}
	}
	c, err := NewClient(Config{AccountSID: account, APIKey: "SK1", APISecret: "s-e-c"})
	if err != nil || c.user != "SK1" || c.secret != "s-e-c" || c.AccountSID() != account {
		t.Errorf("API key: %+v, %v", c, err)
	}
}

// everyParameter is what is posted when every field is set, per resource.
func everyParameter(t *testing.T) map[string]url.Values {
	t.Helper()
	c, requests := serve(t, 200, "{}")
	if _, err := c.CreateCall(t.Context(), everyCall); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreatePayment(t.Context(), call, everyPayment()); err != nil {
		t.Fatal(err)
	}
	update := PaymentUpdate{IdempotencyKey: "k", StatusCallback: "a", Capture: "security-code"}
	if _, err := c.UpdatePayment(t.Context(), call, payment, update); err != nil {
		t.Fatal(err)
	}
	update.Capture, update.Status = "", "complete"
	if _, err := c.UpdatePayment(t.Context(), call, payment, update); err != nil {
		t.Fatal(err)
	}
	out := map[string]url.Values{"Calls.json": (<-requests).Form, "Payments.json": (<-requests).Form, "Payments/{Sid}.json": (<-requests).Form}
	for name, v := range (<-requests).Form {
		out["Payments/{Sid}.json"][name] = v
	}
	return out
}

// schemaProperties reads the form parameters of the POSTs in an OpenAPI description, by the end of their path.
func schemaProperties(t *testing.T, raw []byte) map[string]map[string]bool {
	t.Helper()
	var doc struct {
		Paths map[string]struct {
			Post struct {
				RequestBody struct {
					Content map[string]struct {
						Schema struct{ Properties map[string]any }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]bool{}
	for path, p := range doc.Paths {
		_, end, _ := strings.Cut(path, "/Accounts/{AccountSid}/")
		end = strings.TrimPrefix(end, "Calls/{CallSid}/")
		out[end] = map[string]bool{}
		for name := range p.Post.RequestBody.Content[formType].Schema.Properties {
			out[end][name] = true
		}
	}
	return out
}
