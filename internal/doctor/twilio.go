package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/twilio"
)

// account looks whether Twilio takes the credentials.
func (l *look) account(ctx context.Context) {
	if l.AccountSID == "" || l.AuthToken == "" {
		return
	}
	client, err := twilio.NewClient(twilio.Config{
		AccountSID: l.AccountSID, AuthToken: l.AuthToken, BaseURL: l.TwilioURL, Region: l.TwilioRegion, Edge: l.TwilioEdge,
	})
	if err != nil {
		l.found(AreaTwilio, Wrong, "Twilio cannot be asked: "+err.Error(), "TWILIO_ACCOUNT_SID begins with AC; its auth token stands beside it in the Console")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	a, err := client.FetchAccount(ctx)
	var no *twilio.Error
	switch {
	case errors.As(err, &no) && (no.Status == http.StatusUnauthorized || no.Status == http.StatusForbidden || no.Status == http.StatusNotFound):
		l.found(AreaTwilio, Wrong, fmt.Sprintf("Twilio does not take the credentials of account %s: %s", l.AccountSID, no.Message),
			"compare TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN with the Console's first page; a token of another region is another token")
		return
	case err != nil:
		l.found(AreaTwilio, Wrong, "Twilio does not answer: "+err.Error(), l.unreachable())
		return
	}
	l.client = client
	switch {
	case a.Status != "active":
		l.found(AreaTwilio, Wrong, fmt.Sprintf("the account %s is %s", a.SID, a.Status), "ask Twilio's support why")
	case a.Type == "Trial":
		l.found(AreaTwilio, Look, fmt.Sprintf("the account %s is on trial: Twilio speaks before each call, and rings verified numbers only", a.SID), "upgrade it before callers pay")
	default:
		l.ok(AreaTwilio, "Twilio takes the credentials of account %s (%s)", a.SID, a.Name)
	}
}

func (l *look) unreachable() string {
	if l.Simulated {
		return "start it: " + l.Self + " dev, or " + l.Self + " simulator"
	}
	return "this server has to reach api.twilio.com by https; HTTPS_PROXY is honoured"
}

// numbers looks whether Twilio asks us when the project's numbers are called.
func (l *look) numbers(ctx context.Context) {
	if l.client == nil || l.project == nil {
		return
	}
	if len(l.project.Numbers) == 0 {
		l.found(AreaTwilio, Look, "the project names no number, so none was compared with Twilio's", "write numbers: into "+flows.ProjectFile)
	}
	public := l.PublicURL
	if public == "" && !l.Simulated {
		return
	}
	for _, n := range l.project.Numbers {
		one, cancel := context.WithTimeout(ctx, patience)
		at, there, err := l.client.FetchNumber(one, n.Number)
		cancel()
		switch {
		case err != nil:
			l.found(AreaTwilio, Look, n.Number+" could not be looked up: "+err.Error(), "")
			continue
		case !there:
			l.found(AreaTwilio, Wrong, n.Number+" is not a number of this account", "buy or port it there, or take it out of "+flows.ProjectFile)
			continue
		case public == "":
			l.ok(AreaTwilio, "%s is a number of the simulated account; PAYDIAL_PUBLIC_URL is not set, so where it leads was not compared", n.Number)
			continue
		}
		troubles := numberTroubles(at, public, l.Simulated)
		for _, f := range troubles {
			f.Area, f.Text = AreaTwilio, n.Number+" "+f.Text
			l.tell(f)
		}
		if len(troubles) == 0 {
			l.ok(AreaTwilio, "%s leads to us: voice, fallback and status callback", n.Number)
		}
	}
}

// numberTroubles says what is wrong with where a number leads.
func numberTroubles(n twilio.IncomingNumber, public string, simulated bool) []Finding {
	where := "at Twilio, on the number's page (" + n.SID + "): "
	switch {
	case n.Trunk != "":
		return []Finding{{Grade: Wrong, Text: "leads to a SIP trunk, " + n.Trunk, Mend: where + "configure it with Webhook, and " + public + "/voice"}}
	case n.Application != "":
		return []Finding{{Grade: Wrong, Text: "is configured by a TwiML App, " + n.Application + ", and its own URLs do not count", Mend: where + "take the app away, and set " + public + "/voice"}}
	}
	var out []Finding
	public = strings.TrimSuffix(public, "/")
	for _, u := range []struct {
		name, is, method, path string
		grade                  Grade
		without                string // what happens when it is not set
	}{
		{"voice URL", n.VoiceURL, n.VoiceMethod, "/voice", Wrong, "calls are not answered"},
		{"fallback URL", n.FallbackURL, n.FallbackMethod, "/voice/fallback", Look, "when the server fails, callers hear Twilio's error"},
		{"status callback", n.StatusURL, n.StatusMethod, "/voice/status", Look, "the end of a call is not heard of"},
	} {
		mend := where + u.name + " " + public + u.path + ", POST"
		switch {
		case u.is == "":
			out = append(out, Finding{Grade: u.grade, Text: "has no " + u.name + ": " + u.without, Mend: mend})
		case strings.HasPrefix(u.is, "http:") && !simulated:
			out = append(out, Finding{Grade: Wrong, Text: "sends what callers key in the clear: its " + u.name + " is " + plainURL(u.is), Mend: mend, Compliance: true})
		case !sameURL(u.is, public+u.path):
			out = append(out, Finding{Grade: u.grade, Text: "leads elsewhere: its " + u.name + " is " + plainURL(u.is), Mend: mend})
		case u.method != "" && u.method != http.MethodPost:
			out = append(out, Finding{Grade: u.grade, Text: "asks with " + u.method + ", which puts what is keyed into addresses: " + u.name, Mend: mend})
		}
	}
	return out
}

// sameURL compares addresses without what Twilio does not send (#...), and without what does not matter.
func sameURL(a, b string) bool {
	x, err1 := url.Parse(a)
	y, err2 := url.Parse(b)
	return err1 == nil && err2 == nil && x.Scheme == y.Scheme && strings.EqualFold(x.Host, y.Host) && x.EscapedPath() == y.EscapedPath() && x.RawQuery == y.RawQuery
}

// plainURL is an address of Twilio's for reading: it may have a password in it.
func plainURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "(cannot be read)"
	}
	return u.Redacted()
}
