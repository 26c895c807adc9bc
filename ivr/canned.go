package ivr

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"strconv"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/twiml"
)

// paymentParam carries the ledger's ID through Twilio and back, so that a result finds its payment even when the
// session is gone.
const paymentParam = "payment"

// Sentences for when no flow can speak. They are English only: without a flow no language is known.
const (
	noService = "Sorry, this number is not in service. Goodbye."
	lostPlace = "Sorry, something went wrong on our side and this call cannot go on. If you have just paid, " +
		"please do not pay again. Goodbye."
)

// retryPause is how long a turn waits between two tries to reach Redis.
const retryPause = 250 * time.Millisecond

// turnPath is the URL of turn n. It is relative to the host, so that Twilio calls back where it called.
func turnPath(n int, payment string) string {
	path := "/voice/turn/" + strconv.Itoa(n)
	if payment != "" {
		path += "?" + paymentParam + "=" + url.QueryEscape(payment)
	}
	return path
}

// document renders verbs that are known to be right.
func document(verbs ...twiml.Verb) []byte {
	doc, err := (&twiml.Response{Verbs: verbs}).Bytes()
	if err != nil {
		panic("ivr: own document: " + err.Error())
	}
	return doc
}

// closing says a sentence and ends the call.
func closing(sentence string) []byte {
	return document(&twiml.Say{Text: sentence}, &twiml.Hangup{})
}

// redirect sends Twilio to another path.
func redirect(path string) []byte { return document(&twiml.Redirect{URL: path}) }

// maxTries is how often a turn is brought again before the call is ended: with the pauses and our own retries
// some minutes, longer than a restart of Redis or a database takes.
const maxTries = 30

// keepAlive keeps the caller on the line while something of ours is away, and has Twilio bring the same turn
// again with what the caller keyed.
func keepAlive(n int, req *Request) []byte {
	if req.tries() >= maxTries {
		return closing(lostPlace)
	}
	path, query := turnPath(n, ""), url.Values{}
	if n == 0 {
		path = "/voice"
	}
	for _, name := range []string{"flow", paymentParam} {
		if v := req.Query.Get(name); v != "" {
			query.Set(name, v)
		}
	}
	if ref, ok := campaigns.RefOf(req.Query); ok {
		maps.Copy(query, ref.Query())
	}
	if carried := req.again(); carried != "" {
		query.Set(againParam, carried)
	}
	query.Set(triesParam, strconv.Itoa(req.tries()+1))
	return document(&twiml.Pause{Length: 1}, &twiml.Redirect{URL: path + "?" + query.Encode()})
}

// retry calls f until it succeeds, fails for good (a wrong request), or ctx has too little left.
func retry[T any](ctx context.Context, f func() (T, error)) (T, error) {
	for {
		v, err := f()
		if err == nil || ctx.Err() != nil || errors.Is(err, context.Canceled) {
			return v, err
		}
		if left, ok := ctx.Deadline(); ok && time.Until(left) < 4*retryPause {
			return v, err
		}
		select {
		case <-ctx.Done():
			return v, err
		case <-time.After(retryPause):
		}
	}
}
