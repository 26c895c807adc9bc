package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// Call is a call as Twilio keeps it. Times are zero until they are known.
type Call struct {
	SID           string
	AccountSID    string
	ParentCallSID string
	To            string
	From          string
	Status        string // queued, ringing, in-progress, completed, busy, failed, no-answer, canceled
	Direction     string
	AnsweredBy    string
	StartTime     time.Time
	EndTime       time.Time
	Duration      int // seconds
	Price         string
	PriceUnit     string
	QueueTime     time.Duration
	DateCreated   time.Time
	DateUpdated   time.Time
}

// NewCall is a call to be made. To, From and one of URL, TwiML and ApplicationSID are required; the rest keeps
// Twilio's defaults when zero.
type NewCall struct {
	To, From                           string
	URL, Method                        string
	TwiML                              string
	ApplicationSID                     string
	FallbackURL, FallbackMethod        string
	StatusCallback                     string
	StatusCallbackMethod               string
	StatusCallbackEvents               []string // initiated, ringing, answered, completed
	SendDigits                         string
	Timeout                            int // seconds
	TimeLimit                          int // seconds
	Record                             bool
	RecordingChannels                  string
	RecordingTrack                     string
	RecordingStatusCallback            string
	RecordingStatusCallbackMethod      string
	RecordingStatusCallbackEvents      []string
	Trim                               string
	MachineDetection                   string // Enable, DetectMessageEnd
	MachineDetectionTimeout            int    // seconds
	MachineDetectionSpeechThreshold    int    // milliseconds
	MachineDetectionSpeechEndThreshold int    // milliseconds
	MachineDetectionSilenceTimeout     int    // milliseconds
	AsyncAMD                           bool
	AsyncAMDStatusCallback             string
	AsyncAMDStatusCallbackMethod       string
	CallerID                           string
	CallReason                         string
	CallToken                          string
	BYOC                               string
	ClientNotificationURL              string
	SIPAuthUsername, SIPAuthPassword   string
}

// CreateCall rings somebody. There is no idempotency key for this: after an error that is not NotProcessed, look in
// ListCalls before trying again.
func (c *Client) CreateCall(ctx context.Context, n NewCall) (Call, error) {
	const op = "create call"
	if n.To == "" || n.From == "" || n.URL == "" && n.TwiML == "" && n.ApplicationSID == "" {
		return Call{}, fmt.Errorf("twilio: %s: To, From and one of URL, TwiML and ApplicationSID are required", op)
	}
	made, err := c.api(ctx).CreateCall(&api.CreateCallParams{
		To: &n.To, From: &n.From, Url: given(n.URL), Method: given(n.Method), Twiml: given(n.TwiML),
		ApplicationSid: given(n.ApplicationSID), FallbackUrl: given(n.FallbackURL), FallbackMethod: given(n.FallbackMethod),
		StatusCallback: given(n.StatusCallback), StatusCallbackMethod: given(n.StatusCallbackMethod),
		StatusCallbackEvent: givenList(n.StatusCallbackEvents), SendDigits: given(n.SendDigits), Timeout: given(n.Timeout),
		TimeLimit: given(n.TimeLimit), Record: given(n.Record), RecordingChannels: given(n.RecordingChannels),
		RecordingTrack: given(n.RecordingTrack), RecordingStatusCallback: given(n.RecordingStatusCallback),
		RecordingStatusCallbackMethod: given(n.RecordingStatusCallbackMethod),
		RecordingStatusCallbackEvent:  givenList(n.RecordingStatusCallbackEvents), Trim: given(n.Trim),
		MachineDetection: given(n.MachineDetection), MachineDetectionTimeout: given(n.MachineDetectionTimeout),
		MachineDetectionSpeechThreshold:    given(n.MachineDetectionSpeechThreshold),
		MachineDetectionSpeechEndThreshold: given(n.MachineDetectionSpeechEndThreshold),
		MachineDetectionSilenceTimeout:     given(n.MachineDetectionSilenceTimeout), AsyncAmd: givenText(n.AsyncAMD),
		AsyncAmdStatusCallback:       given(n.AsyncAMDStatusCallback),
		AsyncAmdStatusCallbackMethod: given(n.AsyncAMDStatusCallbackMethod), CallerId: given(n.CallerID),
		CallReason: given(n.CallReason), CallToken: given(n.CallToken), Byoc: given(n.BYOC),
		ClientNotificationUrl: given(n.ClientNotificationURL),
		SipAuthUsername:       given(n.SIPAuthUsername), SipAuthPassword: given(n.SIPAuthPassword),
	})
	if err != nil {
		return Call{}, failed(op, err)
	}
	return callOf(made), nil
}

// FetchCall asks for a call. A call just made may not be found for a moment.
func (c *Client) FetchCall(ctx context.Context, sid string) (Call, error) {
	const op = "fetch call"
	if err := checkSID(op, sid, "CA"); err != nil {
		return Call{}, err
	}
	found, err := c.api(ctx).FetchCall(sid, &api.FetchCallParams{})
	if err != nil {
		return Call{}, failed(op, err)
	}
	return callOf(found), nil
}

// CallUpdate changes a live call. URL and TwiML exclude each other.
type CallUpdate struct {
	URL, Method                 string
	TwiML                       string // absolute URLs only; at most 4,000 characters
	Status                      string // completed, canceled
	FallbackURL, FallbackMethod string
	StatusCallback              string // with URL only
	StatusCallbackMethod        string
	TimeLimit                   int
}

// UpdateCall changes a live call.
func (c *Client) UpdateCall(ctx context.Context, sid string, u CallUpdate) (Call, error) {
	const op = "update call"
	if err := checkSID(op, sid, "CA"); err != nil {
		return Call{}, err
	}
	if u.URL != "" && u.TwiML != "" {
		return Call{}, fmt.Errorf("twilio: %s: URL and TwiML exclude each other", op)
	}
	changed, err := c.api(ctx).UpdateCall(sid, &api.UpdateCallParams{
		Url: given(u.URL), Method: given(u.Method), Twiml: given(u.TwiML), Status: given(u.Status),
		FallbackUrl: given(u.FallbackURL), FallbackMethod: given(u.FallbackMethod),
		StatusCallback: given(u.StatusCallback), StatusCallbackMethod: given(u.StatusCallbackMethod),
		TimeLimit: given(u.TimeLimit),
	})
	if err != nil {
		return Call{}, failed(op, err)
	}
	return callOf(changed), nil
}

// RedirectCall sends a live call to the TwiML at target; what it was doing is cut off.
func (c *Client) RedirectCall(ctx context.Context, sid, target string) (Call, error) {
	return c.UpdateCall(ctx, sid, CallUpdate{URL: target})
}

// EndCall hangs up.
func (c *Client) EndCall(ctx context.Context, sid string) (Call, error) {
	return c.UpdateCall(ctx, sid, CallUpdate{Status: "completed"})
}

// DeleteCall removes the record of a call that has ended.
func (c *Client) DeleteCall(ctx context.Context, sid string) error {
	const op = "delete call"
	if err := checkSID(op, sid, "CA"); err != nil {
		return err
	}
	return failed(op, c.api(ctx).DeleteCall(sid, &api.DeleteCallParams{}))
}

// CallFilter says which calls are wanted. Zero fields do not filter.
type CallFilter struct {
	To, From, ParentCallSID, Status string
	StartedAfter, StartedBefore     time.Time // whole days, UTC
	PageSize                        int       // calls per request; 0 is Twilio's 50
	Limit                           int       // most calls wanted; 0: all
}

// ListCalls lists calls, newest first, page by page. It does not use twilio-go's own list, which cuts values such as
// 10.20.30.40 short ("10") when it writes them into a query.
func (c *Client) ListCalls(ctx context.Context, f CallFilter) ([]Call, error) {
	const op = "list calls"
	next := c.path("/Calls.json") + f.query()
	var all []Call
	for seen := map[string]bool{}; next != ""; {
		if seen[next] {
			return all, fmt.Errorf("twilio: %s: the pages go in a circle", op)
		}
		seen[next] = true
		var page struct {
			Calls []api.ApiV2010Call `json:"calls"`
			Next  string             `json:"next_page_uri"`
		}
		if err := c.get(ctx, next, &page); err != nil {
			return all, failed(op, err)
		}
		for i := range page.Calls {
			if all = append(all, callOf(&page.Calls[i])); f.Limit > 0 && len(all) == f.Limit {
				return all, nil
			}
		}
		if next = ""; page.Next != "" {
			if !strings.HasPrefix(page.Next, "/"+apiVersion+"/Accounts/"+c.account+"/") {
				return all, fmt.Errorf("twilio: %s: the next page is not ours", op)
			}
			next = "https://" + apiHost + page.Next
		}
	}
	return all, nil
}

func (f CallFilter) query() string {
	q := url.Values{}
	for name, v := range map[string]string{"To": f.To, "From": f.From, "ParentCallSid": f.ParentCallSID, "Status": f.Status} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if !f.StartedAfter.IsZero() {
		q.Set("StartTime>", f.StartedAfter.UTC().Format(time.DateOnly))
	}
	if !f.StartedBefore.IsZero() {
		q.Set("StartTime<", f.StartedBefore.UTC().Format(time.DateOnly))
	}
	if f.PageSize > 0 {
		q.Set("PageSize", strconv.Itoa(f.PageSize))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// get reads a JSON answer.
func (c *Client) get(ctx context.Context, address string, into any) error {
	_, err := c.getDated(ctx, address, into)
	return err
}

// getDated reads a JSON answer and says when Twilio gave it, by Twilio's own clock; zero when it does not say.
func (c *Client) getDated(ctx context.Context, address string, into any) (time.Time, error) {
	resp, err := c.handler(ctx).Get(address, nil, map[string]any{}, "")
	if err != nil {
		return time.Time{}, err
	}
	at, _ := http.ParseTime(resp.Header.Get("Date"))
	return at, decode(resp.Body, into)
}

func callOf(a *api.ApiV2010Call) Call {
	return Call{
		SID: said(a.Sid), AccountSID: said(a.AccountSid), ParentCallSID: said(a.ParentCallSid), To: said(a.To),
		From: said(a.From), Status: said(a.Status), Direction: said(a.Direction), AnsweredBy: said(a.AnsweredBy),
		StartTime: saidTime(a.StartTime), EndTime: saidTime(a.EndTime), Duration: saidInt(a.Duration), Price: said(a.Price),
		PriceUnit: said(a.PriceUnit), QueueTime: time.Duration(saidInt(a.QueueTime)) * time.Millisecond,
		DateCreated: saidTime(a.DateCreated), DateUpdated: saidTime(a.DateUpdated),
	}
}

var errAnswer = errors.New("the answer is not what was expected")

// decode reads one JSON value and closes the body.
func decode(body interface {
	Read([]byte) (int, error)
	Close() error
}, into any) error {
	defer body.Close()
	if err := json.NewDecoder(body).Decode(into); err != nil {
		return fmt.Errorf("%w: %w", errAnswer, err)
	}
	return nil
}
