package cards

import (
	"bytes"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"strings"
)

// maxDigits is the longest entry that is kept. The room for it is there from the beginning, so that adding a key
// never moves the digits and leaves a copy behind.
const maxDigits = 32

// shownDigits is how much of a card number may ever be shown.
const shownDigits = 4

// Digits is what a caller typed into a field that must stay secret. However it is printed (fmt with any verb,
// slog, JSON, text) only one x per digit comes out. The digits sit behind two pointers, so that even fmt's view
// of an unexported field shows an address (behind one, %s still prints them). Copies share the same digits; Wipe
// overwrites them for all copies.
//
// The zero value cannot be used; make one with NewDigits or Typed.
type Digits struct{ box *box }

type box struct {
	keys *[maxDigits]byte
	n    int
}

// NewDigits makes an empty entry.
func NewDigits() Digits { return Digits{&box{keys: new([maxDigits]byte)}} }

// Typed makes an entry of the digits of s; all else in s is left out.
func Typed(s string) Digits {
	d := NewDigits()
	for i := range len(s) {
		d.Add(s[i])
	}
	return d
}

// Add appends one key. It answers false, and keeps nothing, when the key is no digit or the entry is full.
func (d Digits) Add(key byte) bool {
	if key < '0' || key > '9' || d.box.n == maxDigits {
		return false
	}
	d.box.keys[d.box.n] = key
	d.box.n++
	return true
}

// Len is the number of digits typed.
func (d Digits) Len() int {
	if d.box == nil {
		return 0
	}
	return d.box.n
}

// Wipe overwrites the digits and empties the entry.
func (d Digits) Wipe() {
	if d.box == nil {
		return
	}
	clear(d.box.keys[:])
	d.box.n = 0
}

// Equal compares two entries in constant time.
func (d Digits) Equal(other Digits) bool {
	return subtle.ConstantTimeCompare(d.raw(), other.raw()) == 1
}

// Shares reports whether s has a run of digits of this entry that is too long to be shown.
func (d Digits) Shares(s string) bool {
	for i := range len(s) - shownDigits {
		if bytes.Contains(d.raw(), []byte(s[i:i+shownDigits+1])) {
			return true
		}
	}
	return false
}

// AppendTo appends the digits in the clear. It is there for one reader only, the body of a connector's request;
// whoever calls it wipes the result.
func (d Digits) AppendTo(b []byte) []byte { return append(b, d.raw()...) }

func (d Digits) raw() []byte {
	if d.box == nil {
		return nil
	}
	return d.box.keys[:d.box.n]
}

// Brand is the card brand these digits begin like.
func (d Digits) Brand() Brand { return detect(d.raw()) }

// NumberComplete reports whether a card number entry ends by itself here.
func (d Digits) NumberComplete() bool { return complete(d.raw()) }

// ValidNumber reports whether the digits are a possible card number: length and Luhn check.
func (d Digits) ValidNumber() bool { return validNumber(d.raw()) }

// Luhn reports whether the last digit fits the others, as it does in every card number.
func (d Digits) Luhn() bool { return luhn(d.raw()) }

// ValidRouting reports whether the digits are a possible ABA routing number.
func (d Digits) ValidRouting() bool { return aba(d.raw()) }

// Last4 is the end of a card or account number, or nothing when so little was typed that it would be most of it.
func (d Digits) Last4() string {
	if d.Len() < 2*shownDigits {
		return ""
	}
	return string(d.raw()[d.Len()-shownDigits:])
}

// CardMask is the form in which Twilio reports a valid card number: xxxxxxxxxxxx4242.
func (d Digits) CardMask() string {
	last := d.Last4()
	return strings.Repeat("x", d.Len()-len(last)) + last
}

// AccountMask is the form in which Twilio reports a bank account number: *******92.
func (d Digits) AccountMask() string {
	n := d.Len()
	if n < 4 {
		return strings.Repeat("*", n)
	}
	return strings.Repeat("*", n-2) + string(d.raw()[n-2:])
}

// Clear is the digits as text, for the fields that are no secret: expiry date, postal code, routing number. It
// gives nothing when there are more digits than such a field can have.
func (d Digits) Clear() string {
	if d.Len() > maxClear {
		return ""
	}
	return string(d.raw())
}

// maxClear is the longest field that may be reported in the clear: a postal code of ten digits.
const maxClear = 10

// String is one x per digit.
func (d Digits) String() string { return strings.Repeat("x", d.Len()) }

// GoString is the same as String: %#v shows no more than %v.
func (d Digits) GoString() string { return d.String() }

// Format writes the mask for every verb, %x and %d too.
func (d Digits) Format(f fmt.State, _ rune) { fmt.Fprint(f, d.String()) }

// LogValue is what slog writes.
func (d Digits) LogValue() slog.Value { return slog.StringValue(d.String()) }

// UnmarshalText reads digits out of a document, without a copy as a string; all else in it is left out.
func (d *Digits) UnmarshalText(text []byte) error {
	*d = NewDigits()
	for _, c := range text {
		d.Add(c)
	}
	return nil
}

// MarshalText is what encoders write that know no better.
func (d Digits) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// MarshalJSON is what encoding/json writes.
func (d Digits) MarshalJSON() ([]byte, error) { return []byte(`"` + d.String() + `"`), nil }
