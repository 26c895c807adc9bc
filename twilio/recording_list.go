package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// Recording is a recording as Twilio lists it: https://www.twilio.com/docs/voice/api/recording
type Recording struct {
	SID           string        // RE...
	Status        string        // in-progress, paused, stopped, processing, completed, absent, deleted
	Source        string        // DialVerb, StartCallRecordingTwiML ...
	Call          string        // CA..., the parent call
	ConferenceSID string        // CF..., of a conference
	Channels      int           // as it was asked for; 0 when Twilio does not say
	Track         string        // inbound, outbound, both; only in the list of a call
	Created       time.Time     // the year of PCI Mode is counted from here
	Updated       time.Time     // when Twilio changed its record last
	Started       time.Time     // when the audio begins; zero when Twilio does not say
	Duration      time.Duration // whole seconds; 0 while it is being made
	ErrorCode     int           // 16101 ... of an absent one; 0: none
	Encrypted     bool          // with a key of the account's: the media can be fetched but not understood
}

// recordingPage is a page of a list.
type recordingPage struct {
	Recordings []recordingAnswer `json:"recordings"`
	Next       string            `json:"next_page_uri"`
}

// recordingAnswer is a recording as it comes over the wire. Numbers come as text or as numbers.
type recordingAnswer struct {
	SID           string          `json:"sid"`
	Status        string          `json:"status"`
	Source        string          `json:"source"`
	CallSID       string          `json:"call_sid"`
	ConferenceSID string          `json:"conference_sid"`
	Track         string          `json:"track"`
	Created       string          `json:"date_created"`
	Updated       string          `json:"date_updated"`
	Started       string          `json:"start_time"`
	Channels      looseInt        `json:"channels"`
	Duration      looseInt        `json:"duration"`
	ErrorCode     looseInt        `json:"error_code"`
	Encryption    json.RawMessage `json:"encryption_details"`
}

// looseInt is a number, its text, or null, which is 0.
type looseInt int

// UnmarshalJSON reads one.
func (n *looseInt) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if text == "null" || text == "" {
		return nil
	}
	v, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("%.20q is not a whole number", text)
	}
	*n = looseInt(v)
	return nil
}

// recording is the answer in our types, and what is wrong with it: its ids become paths and names of files, and its
// date decides when it is deleted, so neither may be guessed.
func (a *recordingAnswer) recording() (Recording, error) {
	r := Recording{
		SID: a.SID, Status: a.Status, Source: a.Source, Call: a.CallSID, ConferenceSID: a.ConferenceSID,
		Channels: int(a.Channels), Track: a.Track, Created: saidTime(&a.Created), Updated: saidTime(&a.Updated),
		Started: saidTime(&a.Started), Duration: time.Duration(max(0, a.Duration)) * time.Second,
		ErrorCode: int(a.ErrorCode), Encrypted: len(a.Encryption) > 0 && string(a.Encryption) != "null",
	}
	switch {
	case !isSID(r.SID, "RE"):
		return r, fmt.Errorf("%w: %.40q is not the id of a recording", errAnswer, r.SID)
	case r.Call != "" && !isSID(r.Call, "CA"):
		return r, fmt.Errorf("%w: recording %s: %.40q is not the id of a call", errAnswer, r.SID, r.Call)
	case r.Status == "":
		return r, fmt.Errorf("%w: recording %s has no status", errAnswer, r.SID)
	case r.Created.IsZero():
		return r, fmt.Errorf("%w: recording %s: %.40q is not a date of creation", errAnswer, r.SID, a.Created)
	}
	return r, nil
}

// RecordingFilter says which recordings are wanted. Zero fields do not filter.
type RecordingFilter struct {
	CreatedAfter  time.Time // at that moment or later
	CreatedBefore time.Time // before that moment
	Call          string    // of that call: CA...
	PageSize      int       // recordings per request, 1000 at most; 0 is Twilio's 50
}

// query asks for whole days, which is what Twilio's documentation promises; holds is exact.
func (f RecordingFilter) query() string {
	q := url.Values{}
	if !f.CreatedAfter.IsZero() {
		q.Set("DateCreated>", f.CreatedAfter.UTC().Format(time.DateOnly))
	}
	if !f.CreatedBefore.IsZero() { // "on or before midnight of this date" can be read in two ways: a day more fits both
		q.Set("DateCreated<", f.CreatedBefore.UTC().AddDate(0, 0, 1).Format(time.DateOnly))
	}
	if f.Call != "" {
		q.Set("CallSid", f.Call)
	}
	if f.PageSize > 0 {
		q.Set("PageSize", strconv.Itoa(min(f.PageSize, 1000)))
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (f RecordingFilter) holds(r Recording) bool {
	return !r.Created.Before(f.CreatedAfter) && (f.CreatedBefore.IsZero() || r.Created.Before(f.CreatedBefore)) &&
		(f.Call == "" || r.Call == f.Call)
}

// Recordings hands the account's recordings to page, the newest first, as many at once as Twilio gives in an answer,
// together with the time by Twilio's own clock (its Date header; zero when it does not say). A page may be empty. It
// ends with the first error, which may be page's: what was handed over till then is good.
func (c *Client) Recordings(ctx context.Context, f RecordingFilter, page func([]Recording, time.Time) error) error {
	const op = "list recordings"
	if f.Call != "" {
		if err := checkSID(op, f.Call, "CA"); err != nil {
			return err
		}
	}
	next := c.path("/Recordings.json") + f.query()
	for seen := map[string]bool{}; next != ""; {
		if seen[next] {
			return fmt.Errorf("twilio: %s: the pages go in a circle", op)
		}
		seen[next] = true
		var answer recordingPage
		at, err := c.getDated(ctx, next, &answer)
		if err != nil {
			return failed(op, err)
		}
		found := make([]Recording, 0, len(answer.Recordings))
		for i := range answer.Recordings {
			r, err := answer.Recordings[i].recording()
			if err != nil {
				return failed(op, err)
			}
			if f.holds(r) {
				found = append(found, r)
			}
		}
		if err := page(found, at); err != nil {
			return err
		}
		if next, err = c.nextPage(answer.Next); err != nil {
			return failed(op, err)
		}
	}
	return nil
}

// nextPage is the address of a list's next page, "" after the last. One that leads away from the account is refused.
func (c *Client) nextPage(uri string) (string, error) {
	if uri == "" {
		return "", nil
	}
	if !strings.HasPrefix(uri, "/"+apiVersion+"/Accounts/"+c.account+"/") {
		return "", errors.New("the next page is not ours")
	}
	return "https://" + apiHost + uri, nil
}

// FetchRecording looks up a recording. IsNotFound tells that Twilio does not have it, or no longer.
func (c *Client) FetchRecording(ctx context.Context, sid string) (Recording, error) {
	const op = "fetch recording"
	if err := checkSID(op, sid, "RE"); err != nil {
		return Recording{}, err
	}
	var answer recordingAnswer
	if err := c.get(ctx, c.path("/Recordings/%s.json", sid), &answer); err != nil {
		return Recording{}, failed(op, err)
	}
	r, err := answer.recording()
	if err == nil && r.SID != sid {
		err = fmt.Errorf("%w: it is of another recording, %s", errAnswer, r.SID)
	}
	return r, failed(op, err)
}

// DeleteRecording removes a recording that is over, in PCI Mode for good. IsNotFound tells that it was not there.
func (c *Client) DeleteRecording(ctx context.Context, sid string) error {
	const op = "delete recording"
	if err := checkSID(op, sid, "RE"); err != nil {
		return err
	}
	return failed(op, c.api(ctx).DeleteRecording(sid, &api.DeleteRecordingParams{}))
}
