package twilio

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Twilio signs names and values without anything between them, so a signature alone does not say where one ends and
// the next begins: Digits=12 and Digits1=2 have the same one. What can be told by its shape is therefore held to it.
// Free text (names, speech, a gateway's words) cannot be; that an old signature is worthless rests on the turn
// number in every URL.

// shape is what a parameter's value looks like: a prefix, then characters out of a set.
type shape struct {
	name, prefix, chars string
	starts              []string // how a value begins, where chars would find common words; nil: any of chars
}

const (
	digits = "0123456789"
	hexes  = "0123456789abcdefABCDEF"
	word   = "abcdefghijklmnopqrstuvwxyz-"
)

// shapes are the parameters that decide something and can be told. The length of an id is not checked: Twilio's own
// examples have short ones.
var shapes = [...]shape{
	{"AccountSid", "AC", hexes, nil},
	{"ApiVersion", "", digits + "-", nil},
	{"CallSid", "CA", hexes, nil},
	{"CallStatus", "", word, nil},
	{"DialCallSid", "CA", hexes, nil},
	{"DialCallStatus", "", word, nil},
	{"Digits", "", digits + "*#", nil},
	{"Direction", "", word, []string{"inbound", "outbound-", "trunking-"}},
	{"ParentCallSid", "CA", hexes, nil},
	{"PayErrorCode", "", digits, nil},
	{"RecordingSid", "RE", hexes, nil},
	{"Result", "", word, []string{
		"success", "payment-", "caller-", "too-many-", "validation-", "internal-", "transaction-",
	}},
}

// checkShapes refuses a form cut in the wrong place: a shaped parameter whose value does not look like one, a name
// that holds the beginning of a value, or a value (or the URL) that has swallowed a parameter that is now missing.
// Signed is the request URI and all that was signed after it.
func checkShapes(f Form, signed []byte) error {
	for i := range shapes {
		s := &shapes[i]
		at, there := f.find(s.name)
		if there && !s.fits(f.pairs[at].Value) {
			return fmt.Errorf("the value of %s does not look like one", s.name)
		}
		if !there && s.swallowed(f, signed) {
			return fmt.Errorf("%s stands where it cannot be read", s.name)
		}
		if there { // the names that begin with this one come right after it
			at++
		}
		for ; at < len(f.pairs) && strings.HasPrefix(f.pairs[at].Name, s.name); at++ {
			if name := f.pairs[at].Name; s.cut(name[len(s.name):]) {
				return fmt.Errorf("the parameter %.40q looks like a piece of %s", name, s.name)
			}
		}
	}
	return nil
}

func (s *shape) fits(v string) bool {
	if v == "" || v == "hangup" && s.name == "Digits" { // what <Record> says when the caller hung up
		return true
	}
	rest, ok := strings.CutPrefix(v, s.prefix)
	return ok && onlyOf(rest, s.chars)
}

// cut tells whether rest, what follows in a name, is the beginning of a value. Twilio's names go on with capitals.
func (s *shape) cut(rest string) bool {
	if s.prefix == "" {
		return strings.IndexByte(s.chars, rest[0]) >= 0
	}
	return strings.HasPrefix(rest, s.prefix) || strings.HasPrefix(s.prefix, rest)
}

// swallowed finds the name with the beginning of a value after it. A longer name that ends so (SpeechResult, with
// "success" said) does not count.
func (s *shape) swallowed(f Form, signed []byte) bool {
	for from := 0; ; {
		i := bytes.Index(signed[from:], []byte(s.name))
		if i < 0 {
			return false
		}
		from += i + len(s.name)
		if s.startsAt(signed[from:]) && !isLongerName(f.nameBefore(from, signed), s.name) {
			return true
		}
	}
}

// isLongerName tells whether Twilio could have a parameter called so that ends in a shaped one's name. Parameters
// with such names may come any day, so what is refused is only what a wrong cut makes: a value in the name, or a
// parameter that was empty glued to the next.
func isLongerName(name, ending string) bool {
	front, ok := strings.CutSuffix(name, ending)
	if !ok || front == "" {
		return false
	}
	for i := 0; i < len(front); i++ {
		if c := front[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return !slices.Contains(oftenEmpty, front)
}

// oftenEmpty are the parameters that Twilio sends without a value.
var oftenEmpty = []string{
	"CalledCity", "CalledCountry", "CalledState", "CalledZip", "CallerCity", "CallerCountry", "CallerName", "CallerState",
	"CallerZip", "Capture", "ConnectorError", "ErrorType", "FinishedOnKey", "ForwardedFrom", "FromCity", "FromCountry",
	"FromState", "FromZip", "PaymentCardPostalCode", "PaymentConfirmationCode", "PaymentError", "PaymentToken", "ProfileId",
	"Required", "SpeechResult", "ToCity", "ToCountry", "ToState", "ToZip",
}

// startsAt tells whether text begins like a value.
func (s *shape) startsAt(text []byte) bool {
	switch {
	case len(text) == 0:
		return false
	case s.prefix != "":
		return bytes.HasPrefix(text, []byte(s.prefix))
	case s.starts == nil:
		return strings.IndexByte(s.chars, text[0]) >= 0
	}
	for _, start := range s.starts {
		if bytes.HasPrefix(text, []byte(start)) {
			return true
		}
	}
	return false
}

// nameBefore is the parameter's name that ends at a place of the signed text, "" if none does. The pairs are the
// end of that text.
func (f Form) nameBefore(place int, signed []byte) string {
	end := len(signed)
	for i := len(f.pairs) - 1; i >= 0 && end >= place; i-- {
		p := &f.pairs[i]
		if end-len(p.Value) == place {
			return p.Name
		}
		end -= len(p.Name) + len(p.Value)
	}
	return ""
}

func onlyOf(v, allowed string) bool {
	for i := 0; i < len(v); i++ {
		if strings.IndexByte(allowed, v[i]) < 0 {
			return false
		}
	}
	return true
}
