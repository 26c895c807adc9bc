package flows

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/paydial/paydial/internal/carddata"
)

// holdsCard tells whether a text holds what looks like a card number.
func holdsCard(text string) bool { return carddata.Holds(text, carddata.Prose) }

// plainAddress tells whether what goes to an address can be read on the way: http and ws, but to this machine itself.
func plainAddress(raw string) bool {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "ws") {
		return false
	}
	host := rest
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		host = host[:i]
	}
	if i := strings.LastIndex(host, ":"); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return !loopback(strings.Trim(host, "[]"))
}

// rawProblem is something in raw TwiML that must not be sent. from and to are characters of the text.
type rawProblem struct {
	code, message, label string
	from, to             int
}

// unknownPart stands for an expression in TwiML that is read before a call. It can be part of a name in XML.
const unknownPart = "空"

// hideValues puts unknownPart in place of every character of ${...}, so that places stay the same.
func hideValues(text string) string {
	return inBraces.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat(unknownPart, utf8.RuneCountInString(s)) })
}

// rawReader looks through raw TwiML.
type rawReader struct {
	project *Project
	text    string   // with the Response around it
	path    []string // of elements, in small letters
	at      string   // the element being read, as it is written
	offset  int      // of at, in characters
	found   []rawProblem
	paths   []string // of every element: "start/recording"
}

const rawHead = "<Response>"

// readRaw looks through raw TwiML for what must not be sent: what PCI Mode forbids, and addresses that can be read on
// the way. What an expression makes of it is not known here if its values are hidden. err says that it is not XML.
func (p *Project) readRaw(text string) (found []rawProblem, paths []string, err error) {
	r := &rawReader{project: p, text: rawHead + text + "</Response>"}
	d := xml.NewDecoder(bytes.NewReader([]byte(r.text)))
	for {
		from := d.InputOffset()
		tok, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return r.found, r.paths, nil
		case err != nil:
			return r.found, r.paths, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			r.at = r.text[from:d.InputOffset()]
			r.offset = utf8.RuneCountInString(r.text[:from]) - len(rawHead)
			r.path = append(r.path, strings.ToLower(t.Name.Local))
			r.paths = append(r.paths, strings.Join(r.path[1:], "/"))
			r.element(t)
		case xml.EndElement:
			r.path = r.path[:len(r.path)-1]
		}
	}
}

// element looks at one element and its attributes.
func (r *rawReader) element(t xml.StartElement) {
	attrs := map[string]string{}
	for _, a := range t.Attr {
		attrs[strings.ToLower(a.Name.Local)] = a.Value
	}
	name := r.path[len(r.path)-1]
	for _, a := range t.Attr {
		r.address(name, a)
		if r.project.PCIMode {
			r.forbidden(a)
		}
	}
	r.relay(name, attrs)
	language := attrs["languagecode"] + attrs["language"] + attrs["transcriptionlanguage"]
	engine := strings.ToLower(attrs["transcriptionengine"] + attrs["transcriptionprovider"])
	if r.project.PCIMode && strings.Contains(language, multilingual) && (engine == "deepgram" || name == "conversationrelay" && engine == "") {
		r.add("P024", "", "PCI Mode does not cover Deepgram's multilingual transcription", "write one language, as en-US")
	}
}

// forbidden finds attributes that PCI Mode does not have.
func (r *rawReader) forbidden(a xml.Attr) {
	switch strings.ToLower(a.Name.Local) {
	case "transcribe":
		if !strings.EqualFold(a.Value, "false") && !strings.Contains(a.Value, unknownPart) {
			r.add("P020", a.Name.Local, "a recording cannot be transcribed in PCI Mode", "take it out; there is a step transcribe")
		}
	case "transcribecallback":
		r.add("P020", a.Name.Local, "a recording cannot be transcribed in PCI Mode", "take it out; there is a step transcribe")
	case "intelligenceservice":
		r.add("P021", a.Name.Local, "Conversation Intelligence is not available in PCI Mode", "take it out")
	case "turndetection":
		r.add("P021", a.Name.Local, a.Name.Local+" is not available in PCI Mode", "take it out")
	}
}

// address finds places that what is recorded, keyed or said would go to unprotected.
func (r *rawReader) address(element string, a xml.Attr) {
	name := strings.ToLower(a.Name.Local)
	goesOut := name == "action" || strings.HasSuffix(name, "callback") || strings.HasSuffix(name, "callbackurl") ||
		name == "url" && slices.Contains([]string{"stream", "conversationrelay"}, element)
	if goesOut && plainAddress(a.Value) {
		r.add("P010", a.Name.Local, "what is sent there can be read on the way", "use https, or wss for a socket")
	}
}

// relay looks at who would listen and speak in a conversation, and what they are told.
func (r *rawReader) relay(element string, attrs map[string]string) {
	if !slices.Contains(r.path, "conversationrelay") {
		return
	}
	defaults := map[string]string{}
	if element == "conversationrelay" { // what Twilio takes where nothing is said
		defaults = map[string]string{"transcriptionprovider": "deepgram", "ttsprovider": "elevenlabs"}
	}
	allowed := r.project.Relay
	for _, c := range []struct {
		attr, kind string
		allowed    []string
	}{{"transcriptionProvider", "speech", allowed.Speech}, {"ttsProvider", "voices", allowed.Voices}} {
		word := strings.ToLower(attrs[strings.ToLower(c.attr)])
		if word == "" {
			word = defaults[strings.ToLower(c.attr)]
		}
		if word == "" || strings.Contains(word, unknownPart) {
			continue
		}
		if why := providerProblem(c.kind, word, c.allowed, r.project.PCIMode); why != "" {
			r.add("P022", c.attr, why, "list it under conversation_relay: in "+ProjectFile+", if your agreement with Twilio covers it")
		}
	}
	for _, name := range []string{"welcomegreeting", "hints", "value"} {
		if holdsCard(attrs[name]) {
			r.add("P023", name, "this looks like a card number, and this field goes to somebody else", "take it out")
		}
	}
}

// add notes a problem at an attribute of the element, or at the element itself.
func (r *rawReader) add(code, attr, message, label string) {
	p := rawProblem{code: code, message: message, label: label, from: r.offset, to: r.offset + 1 + len(r.path[len(r.path)-1])}
	if attr != "" {
		if at := regexp.MustCompile(`(?i)\s` + regexp.QuoteMeta(attr) + `\s*=`).FindStringIndex(r.at); at != nil {
			p.from = r.offset + utf8.RuneCountInString(r.at[:at[0]+1])
			p.to = p.from + len(attr)
		}
	}
	r.found = append(r.found, p)
}

// twimlStop builds the stop of raw TwiML. What the linter would refuse is refused here too: only now the values of
// its expressions are known.
func (r *run) twimlStop(s *Step, v *RawTwiML) error {
	text, err := r.render(v.XML, r.st.Language, toSend, escapeXML)
	if err != nil {
		return err
	}
	found, paths, err := r.flow.Project.readRaw(text)
	if err != nil {
		return fail(s.At, "this TwiML is not sent: %w", err)
	}
	if len(found) > 0 {
		return fail(s.At, "this TwiML is not sent: %s (%s)", found[0].message, found[0].code)
	}
	r.out.Stop = &TwiMLStop{Step: s.ID, XML: text}
	if slices.Contains(paths, "pay") {
		r.holdTranscript()
	}
	return nil
}
