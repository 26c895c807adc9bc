package twilio

import (
	"fmt"
	"strings"
)

// Twilio signs names and values without anything between them, so a signature alone does not say where one ends
// and the next begins: Digits=12 and Digits1=2 have the same one. What can be told by its shape is therefore held
// to it. Free text (speech, names, a gateway's words) cannot be; that it stays whole rests on the turn number in
// every URL, which makes an old signature worthless.

// shape is what a parameter's value looks like: a prefix, then characters out of a set. A name that is this
// parameter's name followed by the beginning of such a value is a pair cut in the wrong place.
type shape struct{ name, prefix, chars string }

const (
	digits = "0123456789"
	hexes  = "0123456789abcdefABCDEF"
	word   = "abcdefghijklmnopqrstuvwxyz-" // Twilio's names go on with capitals
)

// shapes are sorted by name. The length of an id is not checked: Twilio's own examples have short ones.
var shapes = [...]shape{
	{"AccountSid", "AC", hexes},
	{"ApiVersion", "", digits + "-"},
	{"CallSid", "CA", hexes},
	{"CallStatus", "", word},
	{"DialCallSid", "CA", hexes},
	{"DialCallStatus", "", word},
	{"Digits", "", digits + "*#"},
	{"Direction", "", word},
	{"ParentCallSid", "CA", hexes},
	{"PayErrorCode", "", digits},
	{"RecordingSid", "RE", hexes},
	{"Result", "", word},
}

func checkShapes(f Form) error {
	for _, p := range f.pairs {
		for i := range shapes {
			s := &shapes[i]
			if p.Name[0] != s.name[0] || !strings.HasPrefix(p.Name, s.name) {
				continue
			}
			switch rest := p.Name[len(s.name):]; {
			case rest == "" && !s.fits(p.Value):
				return fmt.Errorf("the value of %s does not look like one", s.name)
			case rest != "" && s.begins(rest):
				return fmt.Errorf("the parameter %.40q looks like a piece of %s", p.Name, s.name)
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

// begins tells whether rest is the beginning of a value.
func (s *shape) begins(rest string) bool {
	if s.prefix == "" {
		return strings.IndexByte(s.chars, rest[0]) >= 0
	}
	return strings.HasPrefix(rest, s.prefix) || strings.HasPrefix(s.prefix, rest)
}

func onlyOf(v, allowed string) bool {
	for i := 0; i < len(v); i++ {
		if strings.IndexByte(allowed, v[i]) < 0 {
			return false
		}
	}
	return true
}
