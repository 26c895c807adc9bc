package flows

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Limits of what a caller can be asked to hear.
const (
	longestPause = time.Minute
	longestRing  = 10 * time.Minute
)

func readSay(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	v := &Say{OrSay: m.spoken("or_say"), Voice: m.text("voice"), Slow: m.yesNo("slow", false)}
	if ok {
		v.Text = s.asSpoken(f)
	}
	if v.Text == nil {
		return nil
	}
	return v
}

func readPlay(s *stepReader, m *fields, main field, short bool) Verb {
	v := &Play{Say: m.spoken("say"), Times: max(m.number("times", 1, 20), 1), Keys: m.text("keys")}
	switch {
	case short:
		if f, ok := s.mainField(m, main, short); ok {
			v.Source, _ = s.raw(f)
		}
	case m.has("keys"):
		m.legal = append(m.legal, "file")
		m.onlyOne("file", "keys")
		m.taken["file"] = true
	default:
		if f, ok := m.need("file"); ok {
			v.Source, _ = s.raw(f)
		}
	}
	if v.Source == "" && v.Keys == "" {
		return nil
	}
	return v
}

func readPause(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	if !ok {
		return nil
	}
	d := s.asDuration(f, longestPause)
	if d == 0 {
		return nil
	}
	return &PauseFor{For: d}
}

// readAsking reads what every step that waits for keys has in common.
func (s *stepReader) readAsking(m *fields) Asking {
	a := Asking{
		Tries:    m.number("tries", 1, 9),
		Wait:     m.duration("wait", time.Minute),
		IfSilent: m.taper("if_silent"),
		IfWrong:  m.taper("if_wrong"),
		Speech:   m.yesNo("speech", false),
	}
	if f, ok := m.filled("hints"); ok {
		for _, item := range s.items(f) {
			if hint, ok := s.raw(item); ok {
				a.Hints = append(a.Hints, hint)
			}
		}
	}
	return a
}

func readMenu(s *stepReader, m *fields, _ field, _ bool) Verb {
	v := &Menu{Asking: s.readAsking(m), Say: m.spoken("say"), Play: m.text("play")}
	m.onlyOne("say", "play")
	m.later("prompt", "shuffle")
	f, ok := m.need("options")
	if !ok {
		return nil
	}
	options, ok := m.sub(f, `"options"`)
	if !ok {
		return nil
	}
	options.each(func(one field) {
		if !s.checkKey(one) {
			return
		}
		sub, ok := options.sub(one, "option "+quoteWord(one.name()))
		if !ok {
			s.dropStep(one.value)
			return
		}
		o := &Option{At: sub.at, Key: one.name(), To: sub.spoken("to"), When: sub.expr("when")}
		o.Target = s.goOrDo(sub, s.step.ID+"."+o.Key)
		sub.done()
		if o.Target == nil {
			s.dropStep(one.value)
			return
		}
		v.Options = append(v.Options, o)
	})
	if len(v.Options) == 0 {
		if len(options.order) == 0 {
			s.add("F120", options.at, "this menu offers nothing").Label = "add at least one key"
		}
		return nil
	}
	return v
}

// askKinds are the kinds of answer an ask can want.
var askKinds = []string{"digits", "money", "date", "phone", "zip", "pin", "text"}

var digitsPattern = regexp.MustCompile(`^(\d{1,3})(?:\s*-\s*(\d{1,3}))?$`)

func readAsk(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	v := &Ask{
		Asking:   s.readAsking(m),
		Kind:     m.word("kind", "digits", askKinds...),
		EndsWith: "#",
		ValidIf:  m.expr("valid_if"),
		Private:  m.yesNo("private", false),
		Confirm:  m.yesNo("confirm", false),
	}
	v.Min, v.Max = s.readDigits(m)
	if f, ok := m.filled("ends_with"); ok {
		if raw, ok := s.raw(f); ok && raw == "nothing" {
			v.EndsWith = ""
		} else if ok {
			v.EndsWith = s.asKey(f)
		}
	}
	if ok {
		v.Say = s.asSpoken(f)
	}
	if v.Say == nil {
		return nil
	}
	return v
}

// readDigits reads how many digits an ask wants: 8, or 6-10.
func (s *stepReader) readDigits(m *fields) (least, most int) {
	f, ok := m.filled("digits")
	if !ok {
		return 0, 0
	}
	raw, ok := s.raw(f)
	if !ok {
		return 0, 0
	}
	parts := digitsPattern.FindStringSubmatch(raw)
	if parts != nil {
		if parts[2] == "" {
			parts[2] = parts[1]
		}
		least, most = atoi(parts[1]), atoi(parts[2])
	}
	if least < 1 || most < least || most > 64 {
		s.add("F123", s.src.spanOf(f.value), quoteWord(raw)+" is not a number of digits").Label = "write it as 8 or as 6-10"
		return 0, 0
	}
	return least, most
}

// atoi reads a number that a pattern has already found to be one.
func atoi(digits string) int {
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}

// asKey reads a key of a phone as a value.
func (r *reader) asKey(f field) string {
	raw, ok := r.raw(f)
	if ok && !keyPattern.MatchString(raw) {
		r.add("F128", r.src.spanOf(f.value), quoteWord(raw)+" is not a key of a phone").Label = `one of 0 to 9, "*" and "#"`
		return ""
	}
	return raw
}

func readConfirm(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	v := &Confirm{Asking: s.readAsking(m), Yes: "1", No: "2"}
	if f, ok := m.filled("yes"); ok {
		v.Yes = s.asKey(f)
	}
	if f, ok := m.filled("no"); ok {
		v.No = s.asKey(f)
		if v.Yes == v.No && v.No != "" {
			s.add("F131", s.src.spanOf(f.value), "yes and no are the same key").Label = "choose another key"
		}
	}
	if ok {
		v.Say = s.asSpoken(f)
	}
	if v.Say == nil {
		return nil
	}
	return v
}

func readChooseLanguage(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	v := &ChooseLanguage{Asking: s.readAsking(m), Remember: m.yesNo("remember", false)}
	if !ok {
		return nil
	}
	options, ok := m.sub(f, `"choose_language"`)
	if !ok {
		return nil
	}
	options.each(func(one field) {
		if !s.checkKey(one) {
			return
		}
		if lang, ok := s.asLanguage(one, "flow", s.speaks); ok {
			v.Options = append(v.Options, LanguageOption{At: s.src.spanOf(one.key), Key: one.name(), Language: lang})
		}
	})
	if len(v.Options) == 0 {
		return nil
	}
	return v
}

func readNote(s *stepReader, m *fields, main field, short bool) Verb {
	if f, ok := s.mainField(m, main, short); ok {
		if t := s.asSpoken(f); t != nil {
			return &Note{Text: t}
		}
	}
	return nil
}

func readTwiML(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	v := &RawTwiML{}
	if to, ok := m.filled("come_back_to"); ok {
		if t := s.sceneTarget(to); t != nil {
			v.ComeBackTo = t.Scene
			s.notes.returns = append(s.notes.returns, t)
		}
	}
	if !ok {
		return nil
	}
	if v.XML = s.asTemplate(f); v.XML == nil {
		return nil
	}
	if why := checkXML(v.XML.Raw); why != "" {
		s.add("F135", s.src.spanOf(f.value), "this is not TwiML").Label = why
	}
	return v
}

var inBraces = regexp.MustCompile(`\$\{[^}]*\}`)

// checkXML says what is wrong with verbs of TwiML, or nothing. Whether Twilio knows the verbs is not its business.
func checkXML(raw string) string {
	d := xml.NewDecoder(bytes.NewReader([]byte("<Response>" + inBraces.ReplaceAllString(raw, "x") + "</Response>")))
	depth, verbs := 0, 0
	for {
		tok, err := d.Token()
		var syntax *xml.SyntaxError
		switch {
		case errors.Is(err, io.EOF) && verbs == 0:
			return "write at least one verb: <Say>Hello.</Say>"
		case errors.Is(err, io.EOF):
			return ""
		case errors.As(err, &syntax):
			return "the XML reader says: " + syntax.Msg
		case err != nil:
			return "the XML reader says: " + err.Error()
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if depth++; depth == 2 {
				verbs++
			}
			if slices.Contains([]string{"Response", "?xml"}, tok.Name.Local) && depth > 1 {
				return "write the verbs alone, without <Response>"
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 1 && len(bytes.TrimSpace(tok)) > 0 {
				return fmt.Sprintf("%q stands outside every verb", strings.TrimSpace(string(tok)))
			}
		case xml.Directive, xml.ProcInst:
			return "write the verbs alone"
		}
	}
}
