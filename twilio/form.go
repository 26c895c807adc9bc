package twilio

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// maxPairs is how many parameters a form may have. Twilio's largest webhook has about sixty.
const maxPairs = 512

// ErrMalformed is what every complaint about a form is.
var ErrMalformed = errors.New("malformed form")

// Pair is one parameter of a form.
type Pair struct{ Name, Value string }

// Form is a webhook's parameters, each name once, sorted by name: the order the signature wants. The zero Form is
// empty. Copies do not disturb each other. It prints its names only, because its values are people's.
type Form struct {
	pairs []Pair
}

// ParseForm reads a form body strictly: what net/url forgives (a name without "=", empty pairs, broken escapes,
// semicolons, a name given twice) is refused with ErrMalformed, so that nothing is read differently than signed.
func ParseForm(body []byte) (Form, error) {
	if len(body) == 0 {
		return Form{}, nil
	}
	n := 1
	for _, c := range body {
		if c == '&' {
			n++
		}
	}
	if n > maxPairs {
		return Form{}, fmt.Errorf("%w: %d parameters; at most %d are allowed", ErrMalformed, n, maxPairs)
	}
	f := Form{pairs: make([]Pair, 0, n)}
	var text strings.Builder
	text.Grow(len(body)) // decoded text is never longer, so all pairs share this one buffer
	for i, start := 0, 0; i <= len(body); i++ {
		if i < len(body) && body[i] != '&' {
			continue
		}
		p, err := parsePair(&text, body[start:i])
		if err != nil {
			return Form{}, err
		}
		f.pairs = append(f.pairs, p)
		start = i + 1
	}
	return f, f.sort()
}

// NewForm makes a form of pairs, with the rules of ParseForm.
func NewForm(pairs ...Pair) (Form, error) {
	f := Form{pairs: slices.Clone(pairs)}
	for _, p := range pairs {
		if !isParameterName(p.Name) {
			return Form{}, fmt.Errorf("%w: %q is not a parameter name", ErrMalformed, p.Name)
		}
	}
	return f, f.sort()
}

func parsePair(text *strings.Builder, raw []byte) (Pair, error) {
	from, equals := text.Len(), -1
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '=' && equals < 0:
			equals = text.Len()
		case c == '+':
			text.WriteByte(' ')
		case c == '%':
			if i+2 >= len(raw) || unhex(raw[i+1]) < 0 || unhex(raw[i+2]) < 0 {
				return Pair{}, fmt.Errorf("%w: a broken percent escape", ErrMalformed)
			}
			text.WriteByte(byte(unhex(raw[i+1])<<4 | unhex(raw[i+2])))
			i += 2
		case c == ';' || c <= ' ' || c == 0x7F:
			return Pair{}, fmt.Errorf("%w: the character %q stands there unescaped", ErrMalformed, c)
		default:
			text.WriteByte(c)
		}
	}
	if equals < 0 {
		return Pair{}, fmt.Errorf("%w: a parameter without a value", ErrMalformed)
	}
	all := text.String()
	p := Pair{Name: all[from:equals], Value: all[equals:]}
	if !isParameterName(p.Name) {
		return Pair{}, fmt.Errorf("%w: %.40q is not a parameter name", ErrMalformed, p.Name)
	}
	return p, nil
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// openNames are the prefixes of names that others choose: SIP headers and what a payment gateway answers.
var openNames = [...]string{"SipHeader_", "PayConnector_"}

// isParameterName tells whether Twilio could have named a parameter so: letters, digits, "_" and ".", a letter first.
func isParameterName(s string) bool {
	if len(s) > 256 {
		return false
	}
	for _, open := range openNames {
		if rest, ok := strings.CutPrefix(s, open); ok {
			return rest != ""
		}
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if letter := c|0x20 >= 'a' && c|0x20 <= 'z'; !letter && (i == 0 || (c < '0' || c > '9') && c != '_' && c != '.') {
			return false
		}
	}
	return s != ""
}

// sort brings the pairs in order and refuses a name that comes twice.
func (f *Form) sort() error {
	slices.SortFunc(f.pairs, func(a, b Pair) int { return strings.Compare(a.Name, b.Name) })
	for i := 1; i < len(f.pairs); i++ {
		if f.pairs[i].Name == f.pairs[i-1].Name {
			name := f.pairs[i].Name
			f.pairs = nil
			return fmt.Errorf("%w: %.40q comes twice", ErrMalformed, name)
		}
	}
	return nil
}

func (f Form) find(name string) (int, bool) {
	return slices.BinarySearchFunc(f.pairs, name, func(p Pair, name string) int { return strings.Compare(p.Name, name) })
}

// Get is the value of a parameter, "" when it is not there.
func (f Form) Get(name string) string {
	if i, ok := f.find(name); ok {
		return f.pairs[i].Value
	}
	return ""
}

// Has tells whether a parameter is there, be it empty.
func (f Form) Has(name string) bool {
	_, ok := f.find(name)
	return ok
}

// Len is the number of parameters.
func (f Form) Len() int { return len(f.pairs) }

// Pairs are the parameters in the order of their names. They must not be changed.
func (f Form) Pairs() []Pair { return f.pairs }

// Set gives a parameter a value, adding it if need be. Other copies of the form do not change.
func (f *Form) Set(name, value string) {
	i, ok := f.find(name)
	f.pairs = slices.Clone(f.pairs)
	if ok {
		f.pairs[i].Value = value
		return
	}
	f.pairs = slices.Insert(f.pairs, i, Pair{name, value})
}

// Encode is the form as a body.
func (f Form) Encode() string {
	var b strings.Builder
	for i, p := range f.pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.Name))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(p.Value))
	}
	return b.String()
}

// String is the names of the parameters, without their values.
func (f Form) String() string {
	names := make([]string, len(f.pairs))
	for i, p := range f.pairs {
		names[i] = p.Name
	}
	return "form(" + strings.Join(names, " ") + ")"
}

// GoString is String, so that no way of printing shows values.
func (f Form) GoString() string { return f.String() }

// MarshalText is String, for loggers that write JSON.
func (f Form) MarshalText() ([]byte, error) { return []byte(f.String()), nil }
