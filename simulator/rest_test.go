package simulator_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/paydial/paydial/simulator"
)

// rebase sends the official library's requests to the simulator.
type rebase struct{ host string }

func (b rebase) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = "http", b.host, b.host
	return http.DefaultTransport.RoundTrip(r)
}

// plainToken is a token without dashes: the official Go library refuses any other before it sends anything.
const plainToken = "0123456789abcdef0123456789abcdef"

func withPlainToken(cfg *simulator.Config) {
	cfg.Accounts = []simulator.Account{{SID: simulator.DefaultAccountSID, AuthToken: plainToken}}
}

// sdk is the official library, pointed at the simulator.
func (w *world) sdk(token string) *api.ApiService {
	c := &client.Client{
		Credentials: client.NewCredentials(simulator.DefaultAccountSID, token),
		HTTPClient:  &http.Client{Transport: rebase{strings.TrimPrefix(w.srv.URL, "http://")}},
	}
	c.SetAccountSid(simulator.DefaultAccountSID)
	return api.NewApiService(client.NewRequestHandler(c))
}

// rest makes a bare request of the REST API.
func (w *world) rest(method, path string, pairs ...string) (int, map[string]any) {
	w.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	target := w.srv.URL + "/2010-04-01/Accounts/" + simulator.DefaultAccountSID + path
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	} else if len(form) > 0 {
		target += "?" + form.Encode()
	}
	req, err := http.NewRequest(method, target, body)
	if err != nil {
		w.t.Fatal(err)
	}
	req.SetBasicAuth(simulator.DefaultAccountSID, w.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	if res.Header.Get("Twilio-Request-Id") == "" {
		w.t.Errorf("%s %s has no Twilio-Request-Id", method, path)
	}
	var out map[string]any
	_ = json.Unmarshal(raw, &out)
	return res.StatusCode, out
}

// TestSDKCalls creates, fetches, lists, redirects, ends and deletes a call with the official library.
func TestSDKCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withPlainToken)
	w.app.on("/out", `<Say>It is us.</Say><Gather timeout="600"/>`)
	w.app.on("/elsewhere", `<Say>Elsewhere.</Say><Gather timeout="600"/>`)
	sdk := w.sdk(plainToken)

	p := &api.CreateCallParams{}
	p.SetFrom(line).SetTo(person).SetUrl(w.app.srv.URL + "/out").SetStatusCallback(w.app.srv.URL + "/progress")
	p.SetStatusCallbackEvent([]string{"initiated", "ringing", "answered", "completed"})
	call, err := sdk.CreateCall(p)
	if err != nil {
		t.Fatal(err)
	}
	sid := *call.Sid
	if *call.Status != "queued" || *call.Direction != "outbound-api" || *call.FromFormatted != "(555) 010-0000" {
		t.Errorf("created: %+v", call)
	}
	w.stream(sid, func(e happened) bool { return e.Status == "ringing" })
	w.do(sid, "answer")
	w.waits(sid, "gather")
	got, err := sdk.FetchCall(sid, nil)
	if err != nil || *got.Status != "in-progress" || *got.StartTime == "" || got.EndTime != nil || got.Duration != nil {
		t.Errorf("fetched: %v %+v", err, got)
	}
	u := &api.UpdateCallParams{}
	u.SetUrl(w.app.srv.URL + "/elsewhere")
	if _, err := sdk.UpdateCall(sid, u); err != nil {
		t.Fatal(err)
	}
	if s := w.awaitAfter(sid, 1); s.said() != "It is us. | Elsewhere." {
		t.Errorf("heard %q", s.said())
	}
	u = &api.UpdateCallParams{}
	u.SetTwiml(`<Response><Say>Inline.</Say><Gather timeout="600" action="` + w.app.srv.URL + `/x"/></Response>`)
	if _, err := sdk.UpdateCall(sid, u); err != nil {
		t.Fatal(err)
	}
	w.awaitAfter(sid, 2)
	if err := sdk.DeleteCall(sid, nil); codeOf(err) != 20009 {
		t.Errorf("deleting a live call: %v", err)
	}
	u = &api.UpdateCallParams{}
	u.SetStatus("completed")
	if got, err = sdk.UpdateCall(sid, u); err != nil || *got.Status != "completed" || *got.Duration == "" {
		t.Errorf("ended: %v %+v", err, got)
	}
	list := &api.ListCallParams{}
	list.SetTo(person).SetStatus("completed")
	if all, err := sdk.ListCall(list); err != nil || len(all) != 1 || *all[0].Sid != sid {
		t.Errorf("listed: %v %+v", err, all)
	}
	w.app.await(t, "/progress", 4)
	for i, want := range []string{"initiated", "ringing", "in-progress", "completed"} {
		f := w.app.got("/progress")[i].form
		if f.Get("CallStatus") != want || f.Get("SequenceNumber") != string(rune('0'+i)) || f.Get("Timestamp") == "" {
			t.Errorf("callback %d: %v", i, f)
		}
	}
	if err := sdk.DeleteCall(sid, nil); err != nil {
		t.Error(err)
	}
	if _, err := sdk.FetchCall(sid, nil); codeOf(err) != 20404 {
		t.Errorf("fetched after deletion: %v", err)
	}
}

// codeOf is Twilio's code of the official library's error.
func codeOf(err error) int {
	var e *client.TwilioRestError
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// TestSDKAuth is refused with a wrong token.
func TestSDKAuth(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withPlainToken)
	_, err := w.sdk("wrong").FetchAccount(simulator.DefaultAccountSID)
	if codeOf(err) != 20003 {
		t.Errorf("%v", err)
	}
	if a, err := w.sdk(plainToken).FetchAccount(simulator.DefaultAccountSID); err != nil || *a.Status != "active" {
		t.Errorf("%v %+v", err, a)
	}
}

// TestSDKPages walks through pages of calls.
func TestSDKPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withPlainToken)
	w.app.on("/voice", ``)
	for range 7 {
		w.ended(w.ring())
	}
	list := &api.ListCallParams{}
	list.SetPageSize(3)
	all, err := w.sdk(plainToken).ListCall(list)
	if err != nil || len(all) != 7 {
		t.Fatalf("%d calls, %v", len(all), err)
	}
	seen := map[string]bool{}
	for _, c := range all {
		seen[*c.Sid] = true
	}
	if len(seen) != 7 {
		t.Errorf("%d different calls", len(seen))
	}
	code, page := w.rest("GET", "/Calls.json", "PageSize", "3", "Page", "1")
	if code != 200 || page["start"] != 3.0 || page["end"] != 5.0 || page["previous_page_uri"] == nil || page["next_page_uri"] == nil {
		t.Errorf("%d %v", code, page)
	}
	for filter, want := range map[string]int{"StartTime": 7, "StartTime>": 7, "StartTime<": 7} {
		_, page := w.rest("GET", "/Calls.json", filter, time.Now().UTC().Format(time.DateOnly))
		if n := len(page["calls"].([]any)); n != want {
			t.Errorf("%s: %d calls", filter, n)
		}
	}
	if _, page := w.rest("GET", "/Calls.json", "StartTime<", "2001-01-01"); len(page["calls"].([]any)) != 0 {
		t.Error("calls before 2001")
	}
}

// TestSDKOthers uses numbers, messages, recordings and notifications.
func TestSDKOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withPlainToken)
	sdk := w.sdk(plainToken)
	n := &api.CreateIncomingPhoneNumberParams{}
	n.SetPhoneNumber("+15550100009").SetVoiceUrl(w.app.srv.URL + "/nine").SetFriendlyName("nine")
	num, err := sdk.CreateIncomingPhoneNumber(n)
	if err != nil {
		t.Fatal(err)
	}
	w.app.on("/nine", `<Sing/><Record action="/done"/>`)
	w.app.on("/ten", ``)
	var out struct {
		CallSID string `json:"call_sid"`
	}
	w.ctl("POST", "/calls", map[string]string{"from": person, "to": "+15550100009"}, &out)
	w.waits(out.CallSID, "record")
	w.do(out.CallSID, "hangup")
	w.app.await(t, "/done", 1)

	recs, err := sdk.ListRecording(nil)
	if err != nil || len(recs) != 1 || *recs[0].CallSid != out.CallSID || *recs[0].Status != "completed" {
		t.Fatalf("%v %+v", err, recs)
	}
	res, err := http.DefaultClient.Do(w.authorized(*recs[0].MediaUrl + ".wav"))
	if err != nil {
		t.Fatal(err)
	}
	wav, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if res.Header.Get("Content-Type") != "audio/x-wav" || len(wav) != 44+8000*2 || string(wav[:4]) != "RIFF" {
		t.Errorf("%s, %d bytes", res.Header.Get("Content-Type"), len(wav))
	}
	if err := sdk.DeleteRecording(*recs[0].Sid, nil); err != nil {
		t.Error(err)
	}
	if _, err := sdk.FetchRecording(*recs[0].Sid, nil); codeOf(err) != 20404 {
		t.Errorf("%v", err)
	}
	notes, err := sdk.ListCallNotification(out.CallSID, nil)
	if err != nil || len(notes) != 1 || *notes[0].ErrorCode != "12200" || *notes[0].Log != "1" {
		t.Errorf("%v %+v", err, notes)
	}

	u := &api.UpdateIncomingPhoneNumberParams{}
	u.SetVoiceUrl(w.app.srv.URL + "/ten")
	if _, err := sdk.UpdateIncomingPhoneNumber(*num.Sid, u); err != nil {
		t.Fatal(err)
	}
	w.ctl("POST", "/calls", map[string]string{"from": person, "to": "+15550100009"}, &out)
	w.app.await(t, "/ten", 1)
	if nums, err := sdk.ListIncomingPhoneNumber(nil); err != nil || len(nums) != 2 {
		t.Errorf("%v, %d numbers", err, len(nums))
	}

	m := &api.CreateMessageParams{}
	m.SetFrom(line).SetTo(person).SetBody("Your receipt")
	sent, err := sdk.CreateMessage(m)
	if err != nil || *sent.Status != "queued" {
		t.Fatalf("%v %+v", err, sent)
	}
	if got, err := sdk.FetchMessage(*sent.Sid, nil); err != nil || *got.Body != "Your receipt" {
		t.Errorf("%v %+v", err, got)
	}
	if all, err := sdk.ListMessage(nil); err != nil || len(all) != 1 {
		t.Errorf("%v %d", err, len(all))
	}
	m.SetBody("")
	if _, err := sdk.CreateMessage(m); codeOf(err) != 21602 {
		t.Errorf("%v", err)
	}
}

func (w *world) authorized(target string) *http.Request {
	req, err := http.NewRequest(http.MethodGet, target, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.SetBasicAuth(simulator.DefaultAccountSID, w.token)
	return req
}

// TestCreateRefused looks at Twilio's codes for calls that cannot be made.
func TestCreateRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ok := map[string]string{"From": line, "To": person, "Url": "http://127.0.0.1:1/x"}
	for change, want := range map[string]float64{
		"To=": 21201, "From=": 21213, "To=hello": 21211, "From=hello": 21212, "From=+15550109999": 21210, "Url=": 21205, "Url=x": 21205,
		"Method=PUT": 21209, "SendDigits=x": 21206, "Timeout=soon": 21208, "MachineDetection=Maybe": 21234, "StatusCallback=here": 21205,
		"Timeout=0": 21208, "TimeLimit=x": 21208, "FallbackUrl=x": 21205, "FallbackMethod=PUT": 21209, "StatusCallbackMethod=x": 21209,
		"StatusCallback=http://my_host.example.com/x": 21609, "Record=maybe": 20001, "RecordingChannels=three": 20001, "Trim=x": 20001,
		"RecordingStatusCallback=x": 21205, "CallerId=me": 21212, "CallReason=" + strings.Repeat("x", 51): 20001,
		"Url=http://127.0.0.1:1/" + strings.Repeat("x", 4000): 21205, "ApplicationSid=AP1": 0, "ClientNotificationUrl=x": 21205,
		"MachineDetectionTimeout=2": 21234, "MachineDetectionTimeout=60": 21234, "MachineDetectionTimeout=x": 21234,
		"MachineDetectionSpeechThreshold=999": 21234, "MachineDetectionSpeechThreshold=6001": 21234,
		"MachineDetectionSpeechEndThreshold=499": 21234, "MachineDetectionSpeechEndThreshold=5001": 21234,
		"MachineDetectionSilenceTimeout=1999": 21234, "MachineDetectionSilenceTimeout=10001": 21234,
		"AsyncAmd=true": 21263, "AsyncAmd=perhaps": 21263, "AsyncAmdStatusCallback=x": 21205, "AsyncAmdStatusCallbackMethod=x": 21209,
		"SendDigits=123456789012345678901234567890123": 21206, "From=+15005550001": 21212,
		"To=+15005550001": 21217, "To=+15005550002": 21214, "To=+15005550003": 21215, "To=+15005550004": 21216,
	} {
		pairs := []string{}
		name, value, _ := strings.Cut(change, "=")
		for k, v := range ok {
			if k == name {
				continue
			}
			pairs = append(pairs, k, v)
		}
		code, body := w.rest("POST", "/Calls.json", append(pairs, name, value)...)
		if want == 0 { // is taken, as Url goes before it
			if code != 201 {
				t.Errorf("%s: %d %v", change, code, body)
			}
			continue
		}
		if code != 400 || body["code"] != want || body["status"] != 400.0 || body["message"] == "" || body["more_info"] == nil {
			t.Errorf("%s: %d %v, want %v", change, code, body, want)
		}
	}
	if code, body := w.rest("GET", "/Unheard.json"); code != 404 || body["code"] != 20404.0 {
		t.Errorf("%d %v", code, body)
	}
	if code, body := w.rest("POST", "/Calls/CA00000000000000000000000000000000.json"); code != 404 || body["code"] != 20404.0 {
		t.Errorf("%d %v", code, body)
	}
	sid := w.ring()
	w.ended(sid)
	if code, body := w.rest("POST", "/Calls/"+sid+".json", "Url", "http://127.0.0.1:1/x"); code != 400 || body["code"] != 21220.0 {
		t.Errorf("%d %v", code, body)
	}
}

// TestOutbound lets created calls end in every way.
func TestOutbound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		params []string
		act    func(w *world, sid string)
		status string
		asked  string // AnsweredBy at the application; "-" when it is not asked at all
	}{
		{"answered", nil, func(w *world, sid string) { w.do(sid, "answer") }, "completed", ""},
		{"declined", nil, func(w *world, sid string) { w.do(sid, "hangup") }, "busy", "-"},
		{"rings for long", []string{"Timeout", "20"}, func(w *world, _ string) { w.advance("21s") }, "no-answer", "-"},
		{"completed while it rings", nil, func(w *world, sid string) { w.rest("POST", "/Calls/"+sid+".json", "Status", "completed") }, "completed", "-"},
		{"canceled", nil, func(w *world, sid string) { w.rest("POST", "/Calls/"+sid+".json", "Status", "canceled") }, "canceled", "-"},
		{"a machine", []string{"MachineDetection", "Enable"}, func(w *world, sid string) {
			w.ctl("POST", "/calls/"+sid+"/answer", map[string]string{"by": "machine"}, nil)
		}, "completed", "machine_start"},
		{"a machine's message ends", []string{"MachineDetection", "DetectMessageEnd"}, func(w *world, sid string) {
			w.ctl("POST", "/calls/"+sid+"/answer", map[string]string{"by": "machine"}, nil)
		}, "completed", "machine_end_beep"},
		{"a fax", []string{"MachineDetection", "Enable"}, func(w *world, sid string) {
			w.ctl("POST", "/calls/"+sid+"/answer", map[string]string{"by": "fax"}, nil)
		}, "completed", "fax"},
		{"digits switch detection off", []string{"MachineDetection", "Enable", "SendDigits", "12"}, func(w *world, sid string) {
			w.ctl("POST", "/calls/"+sid+"/answer", map[string]string{"by": "machine"}, nil)
		}, "completed", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, manual)
			w.app.on("/out", `<Say>It is us.</Say>`)
			_, body := w.rest("POST", "/Calls.json", append([]string{"From", line, "To", person, "Url", w.app.srv.URL + "/out",
				"StatusCallback", w.app.srv.URL + "/progress"}, c.params...)...)
			sid := body["sid"].(string)
			w.stream(sid, func(e happened) bool { return e.Status == "ringing" })
			c.act(w, sid)
			if s := w.ended(sid); s.Status != c.status {
				t.Errorf("%s, want %s", s.Status, c.status)
			}
			if f := w.app.await(t, "/progress", 1).form; f.Get("CallStatus") != c.status {
				t.Errorf("callback %v", f)
			}
			asked := "-"
			if got := w.app.got("/out"); len(got) > 0 {
				asked = got[0].form.Get("AnsweredBy")
				if got[0].form.Get("CallStatus") != "in-progress" {
					t.Errorf("%v", got[0].form)
				}
			}
			if asked != c.asked {
				t.Errorf("AnsweredBy %q, want %q", asked, c.asked)
			}
		})
	}
}

// TestOutboundLimits hangs up after TimeLimit, records when asked to, and detects machines beside the call.
func TestOutboundLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, answeredBy)
	w.app.on("/out", `<Gather timeout="600"/>`)
	_, body := w.rest("POST", "/Calls.json", "From", line, "To", person, "Url", w.app.srv.URL+"/out", "TimeLimit", "30", "Record", "true",
		"RecordingStatusCallback", w.app.srv.URL+"/recorded", "StatusCallback", w.app.srv.URL+"/progress",
		"MachineDetection", "Enable", "AsyncAmd", "true", "AsyncAmdStatusCallback", w.app.srv.URL+"/amd")
	sid := body["sid"].(string)
	w.waits(sid, "gather")
	w.advance("31s")
	w.ended(sid)
	if f := w.app.await(t, "/progress", 1).form; f.Get("CallDuration") != "30" || f.Get("RecordingDuration") != "30" {
		t.Errorf("%v", f)
	}
	if f := w.app.await(t, "/recorded", 1).form; f.Get("RecordingSource") != "OutboundAPI" {
		t.Errorf("%v", f)
	}
	if f := w.app.await(t, "/amd", 1).form; f.Get("AnsweredBy") != "human" || f.Get("MachineDetectionDuration") == "" {
		t.Errorf("%v", f)
	}
}

// TestInlineWithoutBase has no address to go on to.
func TestInlineWithoutBase(t *testing.T) {
	t.Parallel()
	w := newWorld(t, answeredBy)
	_, body := w.rest("POST", "/Calls.json", "From", line, "To", person, "Twiml", `<Response><Gather actionOnEmptyResult="true" timeout="0"/></Response>`)
	sid := body["sid"].(string)
	w.ended(sid)
	w.logged(sid, 11100)
}

// TestRedirectWhileDialing takes the caller away from a ringing Dial: the action is asked, its answer ignored.
func TestRedirectWhileDialing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app.on("/voice", `<Dial action="/dialed"><Client>kim</Client></Dial>`)
	w.app.on("/dialed", `<Say>ignored</Say>`)
	w.app.on("/away", `<Say>away</Say>`)
	sid := w.ring()
	agent := w.ringing(sid, 1)[0]
	if code, body := w.rest("POST", "/Calls/"+sid+".json", "Url", w.app.srv.URL+"/away"); code != 200 {
		t.Fatalf("%d %v", code, body)
	}
	if s := w.ended(sid); s.said() != "away" {
		t.Errorf("heard %q", s.said())
	}
	w.app.await(t, "/dialed", 1)
	if s := w.ended(agent); s.Status != "canceled" {
		t.Errorf("%s", s.Status)
	}
}
