//go:build !nosimulator

package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/paydial/paydial/internal/caller"
	"github.com/paydial/paydial/payments"
)

const (
	// attendEvery is how often call asks how an agent's payment stands.
	attendEvery = 100 * time.Millisecond
	// stayFor is how long the caller stays behind the end of a payment: another one may follow at once, as when the
	// agent sends them to the keypad instead.
	stayFor = time.Second
)

// attend answers the agent's phone of a call, and hangs up when an agent's payment is over. The function it returns
// ends that, and tells what went wrong.
func attend(ctx context.Context, who *caller.Caller, f callFlags, sid string) func() error {
	if !f.agent {
		return func() error { return nil }
	}
	ctx, cancel := context.WithCancel(ctx)
	failed := make(chan error, 2)
	go func() { failed <- who.Answer(ctx, sid) }()
	go func() {
		err := untilPaid(ctx, f, sid)
		if ctx.Err() == nil { // the app cannot be asked, or the payment is over: nobody is waited for any more
			hangUp(who, sid)
		}
		failed <- err
	}()
	return func() error {
		cancel()
		for _, err := range []error{<-failed, <-failed} {
			var told *exitError
			if errors.As(err, &told) {
				return told
			}
		}
		return nil
	}
}

// untilPaid waits until the newest payment of a call is an agent's and has been over for a moment.
func untilPaid(ctx context.Context, f callFlags, sid string) error {
	over, since := "", time.Time{}
	for {
		id, err := endedPayment(ctx, f, sid)
		switch {
		case err != nil:
			return err
		case id != over:
			over, since = id, time.Now()
		case id != "" && time.Since(since) >= stayFor:
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(attendEvery):
		}
	}
}

// endedPayment is the newest payment of a call if it is an agent's and over; "" otherwise.
func endedPayment(ctx context.Context, f callFlags, sid string) (string, error) {
	at := strings.TrimSuffix(f.app, "/") + "/api/v1/payments?limit=1&call=" + url.QueryEscape(sid)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return "", fail(exitUsage, "--app %q is not a URL", f.app)
	}
	req.Header.Set("Authorization", "Bearer "+f.token)
	resp, err := http.DefaultClient.Do(req)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", fail(exitUnreachable, "the app does not answer at %s: give its address with --app", f.app)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
		return "", fail(exitRefused, "the app at %s does not take this API token: set PAYDIAL_API_TOKEN", f.app)
	}
	var page struct{ Items []ledgerRow }
	if err := json.NewDecoder(resp.Body).Decode(&page); err != nil || resp.StatusCode != http.StatusOK {
		return "", nil // it is asked again
	}
	if len(page.Items) == 0 || page.Items[0].Source != payments.SourceDesk || page.Items[0].State == payments.Started {
		return "", nil
	}
	return page.Items[0].ID, nil
}
