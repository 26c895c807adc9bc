package twiml

import (
	"errors"
	"fmt"
	"math"
	"sync"
)

// MaxDocument is the longest document Twilio reads, in bytes (it answers error 11750 to a longer one).
const MaxDocument = 64 << 10

const (
	// Empty, in a string attribute, writes the attribute with an empty value: FinishOnKey: twiml.Empty.
	Empty = "\x00empty"
	// Zero, in a number attribute, writes "0" (the Go zero leaves the attribute out): Loop: twiml.Zero.
	Zero = math.MinInt32
)

// Bool is a boolean attribute: the zero value leaves it out.
type Bool uint8

// The states of a Bool.
const (
	Unset Bool = iota
	True
	False
)

// BoolOf is the Bool that says b.
func BoolOf(b bool) Bool {
	if b {
		return True
	}
	return False
}

// Method is the HTTP method of a webhook. Twilio's default is POST.
type Method string

// The methods.
const (
	GET  Method = "GET"
	POST Method = "POST"
)

// Verb is an element that may stand directly in a Response.
type Verb interface {
	element
	verb()
}

// Audible is an element that is heard: Say, Play or Pause. It may stand in a Gather or a Prompt.
type Audible interface {
	element
	audible()
}

// element is anything this package writes.
type element interface{ write(w *writer) }

// Response is a whole document: its verbs run from top to bottom.
type Response struct {
	Verbs []Verb
}

// Add appends verbs and returns the response, for chaining.
func (r *Response) Add(verbs ...Verb) *Response {
	r.Verbs = append(r.Verbs, verbs...)
	return r
}

// Append appends the document to dst. All mistakes come back at once, as *Error joined with errors.Join, and dst
// is then returned as it was.
func (r *Response) Append(dst []byte) ([]byte, error) {
	w := writers.Get().(*writer)
	w.buf = append(dst, header...)
	w.response(r)
	if n := len(w.buf) - len(dst); n > MaxDocument {
		w.failf("Response", "", "the document has %d bytes; Twilio reads at most %d", n, MaxDocument)
	}
	out, errs := w.buf, w.errs
	*w = writer{}
	writers.Put(w)
	if errs != nil {
		return dst, errors.Join(errs...)
	}
	return out, nil
}

// Bytes is the document in a buffer of its own.
func (r *Response) Bytes() ([]byte, error) { return r.Append(nil) }

// Validate says what Append would refuse.
func (r *Response) Validate() error {
	_, err := r.Append(nil)
	return err
}

// Error is one mistake in a response.
type Error struct {
	Verb      string // the element, such as Pay
	Attribute string // the attribute, or "" when the element itself is wrong
	Problem   string // what is wrong and what is allowed
}

// Error is the mistake in one line.
func (e *Error) Error() string {
	if e.Attribute == "" {
		return fmt.Sprintf("<%s>: %s", e.Verb, e.Problem)
	}
	return fmt.Sprintf("<%s %s>: %s", e.Verb, e.Attribute, e.Problem)
}

const header = `<?xml version="1.0" encoding="UTF-8"?>`

var writers = sync.Pool{New: func() any { return new(writer) }}

func (w *writer) response(r *Response) {
	w.begin("Response")
	for i, v := range r.Verbs {
		if v == nil {
			w.failf("Response", "", "verb %d is nil", i+1)
			continue
		}
		v.write(w)
	}
	w.end("Response")
}
