package rig

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/twilio"
)

// Answer is what the app answered to a webhook.
type Answer struct {
	Status int
	Body   string
}

// Webhook posts a webhook as Twilio does, rightly signed.
func (r *Rig) Webhook(path string, form url.Values) Answer {
	r.t.Helper()
	return r.Post(path, form.Encode(), r.Sign(local.AuthToken, path, form))
}

// Sign is the signature that token makes for a form sent to path.
func (r *Rig) Sign(token, path string, form url.Values) string {
	r.t.Helper()
	var pairs []twilio.Pair
	for name := range form {
		pairs = append(pairs, twilio.Pair{Name: name, Value: form.Get(name)})
	}
	f, err := twilio.NewForm(pairs...)
	if err != nil {
		r.t.Fatal(err)
	}
	return twilio.Sign(token, r.AppURL+path, f)
}

// Post posts any body with any signature.
func (r *Rig) Post(path, body, signature string) Answer {
	r.t.Helper()
	out, err := r.TryPost(path, body, signature)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// TryPost is Post for goroutines.
func (r *Rig) TryPost(path, body, signature string) (Answer, error) {
	req, err := http.NewRequest(http.MethodPost, r.AppURL+path, strings.NewReader(body))
	if err != nil {
		return Answer{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	if signature != "" {
		req.Header.Set("X-Twilio-Signature", signature)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return Answer{Status: resp.StatusCode, Body: string(raw)}, err
}

// Form is a webhook's form for a call, with more parameters in name, value pairs.
func Form(sid string, pairs ...string) url.Values {
	f := url.Values{
		"CallSid": {sid}, "AccountSid": {local.AccountSID}, "From": {From}, "To": {Line},
		"CallStatus": {"in-progress"}, "Direction": {"inbound"}, "ApiVersion": {"2010-04-01"},
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}
