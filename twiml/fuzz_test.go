package twiml

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile are texts that have broken XML writers.
var hostile = []string{
	"", "plain", `&"<>'`, "]]>", "<![CDATA[", "<!--", "-->", "</Response><Response>", "<?xml?>", "&#0;", "\x00", "\x1b[31m",
	"a\tb\nc\rd\r\ne", "\xff\xfe", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\uFFFE\uFFFF", "\uFFFD", "\u2028", "\u202e", "\U0001F600",
	Empty, "\x00empty!", strings.Repeat("&", 500), `" onload="x`, "javascript:x", "http://127.0.0.1/\n",
}

// mess is a response with the texts in every kind of place a stranger's text can come to.
func mess(text, attr string) *Response {
	return &Response{Verbs: []Verb{
		&Say{Voice: attr, Text: text, Parts: []Part{Text(text), &Sub{Alias: attr, Text: text}}},
		&Gather{Action: attr, FinishOnKey: attr, Input: Input(attr), Hints: attr, SpeechTimeout: attr,
			Prompts: []Audible{&Play{URL: text}}},
		&Pay{Description: attr, ChargeAmount: attr, Language: attr, ValidCardTypes: []CardType{CardType(attr)},
			Prompts:    []*Prompt{{For: PromptFor(attr), Speech: []Audible{&Say{Text: text}}}},
			Parameters: []Parameter{{Name: attr, Value: attr}}},
		&Dial{CallerID: attr, Targets: []Target{&Client{Identity: text, Parameters: []Parameter{{Name: attr, Value: text}}},
			&Number{PhoneNumber: text, SendDigits: attr}, &Sip{URI: text}}},
		&Enqueue{Name: text, WaitURL: attr},
		&Start{Media: []Media{&Stream{URL: attr, Name: attr}}},
		&Redirect{URL: text},
	}}
}

var messElements = []string{
	"Response", "Say", "sub", "Gather", "Play", "Pay", "Prompt", "Say", "Parameter", "Dial", "Client", "Identity", "Parameter",
	"Number", "Sip", "Enqueue", "Start", "Stream", "Redirect",
}

// FuzzResponse: whatever the texts, what is written parses and has the elements of the value and no others; even
// when validation refuses it, so that no check has to be trusted for safety.
func FuzzResponse(f *testing.F) {
	for _, a := range hostile {
		f.Add(a, a)
		f.Add("plain", a)
	}
	f.Fuzz(func(t *testing.T, text, attr string) {
		r := mess(text, attr)
		w := &writer{buf: []byte(header)}
		w.response(r)
		if got := parse(t, w.buf); !slices.Equal(got, messElements) {
			t.Fatalf("elements\n got %v\nwant %v\n%s", got, messElements, w.buf)
		}
		if !utf8.Valid(w.buf) || bytes.ContainsRune(w.buf, 0) {
			t.Fatalf("invalid characters in %q", w.buf)
		}
		if doc, err := r.Bytes(); (err == nil) != (w.errs == nil && len(w.buf) <= MaxDocument) || err == nil && !bytes.Equal(doc, w.buf) {
			t.Fatalf("Bytes gave %v\n%s", err, doc)
		}
	})
}

// FuzzText: text and attributes come back from a parser as they went in, but for what XML cannot hold.
func FuzzText(f *testing.F) {
	for _, a := range hostile {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" || s == Empty {
			return
		}
		w := &writer{}
		w.begin("a")
		w.str("b", s)
		w.text(s)
		w.end("a")
		var got struct {
			Attr string `xml:"b,attr"`
			Text string `xml:",chardata"`
		}
		if err := xml.Unmarshal(w.buf, &got); err != nil {
			t.Fatalf("%v\n%s", err, w.buf)
		}
		want := clean(s)
		if got.Attr != want || got.Text != want {
			t.Fatalf("\n attr %q\n text %q\n want %q", got.Attr, got.Text, want)
		}
	})
}

// clean is the rule of the XML 1.0 recommendation, section 2.2, written down once more.
func clean(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		ok := r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
		if !ok || r == utf8.RuneError && size == 1 {
			r = '\uFFFD'
		}
		b.WriteRune(r)
		i += size
	}
	return b.String()
}

// FuzzRaw: TwiML of others is either refused or stands in the document as one well-formed piece.
func FuzzRaw(f *testing.F) {
	for _, a := range append(hostile, `<Say a="b">x<break/></Say>`, `<Say><![CDATA[x]]></Say><Hangup/>`, `<Say xml:lang="a"/>`) {
		f.Add(a)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc, err := (&Response{Verbs: []Verb{&Raw{XML: s}, &Hangup{}}}).Bytes()
		if err != nil {
			return
		}
		got := parse(t, doc)
		if got[0] != "Response" || got[len(got)-1] != "Hangup" || !bytes.HasSuffix(doc, []byte("<Hangup/></Response>")) {
			t.Fatalf("%v\n%s", got, doc)
		}
		again, err := (&Response{Verbs: []Verb{&Raw{XML: string(doc[len(header)+len("<Response>") : len(doc)-len("</Response>")])}}}).Bytes()
		if err != nil || !bytes.Equal(again, doc) {
			t.Fatalf("reading it again gave %v\n%s\n%s", err, again, doc)
		}
	})
}
