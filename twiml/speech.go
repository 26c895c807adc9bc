package twiml

import "unicode/utf8"

// Say speaks. Text comes first, then Parts; at least one of them is needed. Text is plain: markup in it is spoken,
// not obeyed; use Parts for SSML.
type Say struct {
	Voice    string // man, woman, alice, Polly.Joanna, Google.en-US-Standard-A ...
	Language string // a language tag such as en-US
	Loop     int    // times to say it; Zero: until the caller hangs up
	Text     string
	Parts    []Part
}

// Play plays a file or sends tones. Exactly one of URL and Digits is needed.
type Play struct {
	Loop   int    // times to play it; Zero: until the caller hangs up
	Digits string // tones to send: 0-9 A-D * #, w waits half a second, W a second
	URL    string
}

// Pause is silence.
type Pause struct {
	Length int // seconds; Twilio's default is 1
}

// Part is a piece of speech inside Say: Text or one of the SSML elements of this package.
type Part interface {
	element
	part()
}

// Text is plain text between SSML elements.
type Text string

type (
	// Break pauses the speech. Strength is none, x-weak, weak, medium, strong or x-strong; Time is like 500ms or 2s.
	Break struct{ Strength, Time string }
	// Emphasis stresses words. Level is strong, moderate or reduced.
	Emphasis struct {
		Level string
		Parts []Part
	}
	// Lang speaks a passage in another language, such as es-US.
	Lang struct {
		Language string
		Parts    []Part
	}
	// Paragraph is a paragraph.
	Paragraph struct{ Parts []Part }
	// Sentence is a sentence.
	Sentence struct{ Parts []Part }
	// Phoneme gives the pronunciation of Text. Alphabet is ipa, x-sampa or x-amazon-pinyin and similar.
	Phoneme struct{ Alphabet, Ph, Text string }
	// Prosody changes volume, rate and pitch, such as "loud", "slow" or "80%", "+10%".
	Prosody struct {
		Volume, Rate, Pitch string
		Parts               []Part
	}
	// SayAs says how to read Text: InterpretAs is spell-out, digits, telephone, date ...; Format is for dates (mdy).
	SayAs struct{ InterpretAs, Format, Text string }
	// Sub speaks Alias in place of Text.
	Sub struct{ Alias, Text string }
	// Word speaks Text in a grammatical role, such as amazon:VB.
	Word struct{ Role, Text string }
)

// MaxSpeech is the longest text of one Say, in characters (Twilio warns with 13520 and says nothing beyond).
const MaxSpeech = 4096

const mostLoops = 1000

func (*Say) verb()      {}
func (*Say) audible()   {}
func (*Play) verb()     {}
func (*Play) audible()  {}
func (*Pause) verb()    {}
func (*Pause) audible() {}

func (Text) part()       {}
func (*Break) part()     {}
func (*Emphasis) part()  {}
func (*Lang) part()      {}
func (*Paragraph) part() {}
func (*Sentence) part()  {}
func (*Phoneme) part()   {}
func (*Prosody) part()   {}
func (*SayAs) part()     {}
func (*Sub) part()       {}
func (*Word) part()      {}

func (s *Say) write(w *writer) {
	w.begin("Say")
	w.str("voice", s.Voice)
	w.language("language", s.Language)
	w.integer("loop", s.Loop, 0, mostLoops)
	if s.Text == "" && len(s.Parts) == 0 {
		w.failf("Say", "", "needs Text or Parts")
	}
	if len(s.Text) > MaxSpeech {
		if n := utf8.RuneCountInString(s.Text); n > MaxSpeech {
			w.failf("Say", "", "the text has %d characters; Twilio speaks at most %d", n, MaxSpeech)
		}
	}
	w.text(s.Text)
	w.parts("Say", s.Parts)
	w.end("Say")
}

func (p *Play) write(w *writer) {
	w.begin("Play")
	w.integer("loop", p.Loop, 0, mostLoops)
	w.chars("digits", p.Digits, "0123456789ABCDabcd*#wW", 256)
	if (p.Digits == "") == (p.URL == "") {
		w.failf("Play", "", "needs either URL or Digits")
	}
	w.checkAddress("", p.URL, true, "https", "http")
	w.text(p.URL)
	w.end("Play")
}

func (p *Pause) write(w *writer) {
	w.begin("Pause")
	w.integer("length", p.Length, 0, 3600)
	w.end("Pause")
}

func (w *writer) parts(name string, parts []Part) {
	for i, p := range parts {
		if p == nil {
			w.failf(name, "", "part %d is nil", i+1)
			continue
		}
		p.write(w)
	}
}

func (t Text) write(w *writer) { w.text(string(t)) }

func (b *Break) write(w *writer) {
	w.begin("break")
	w.enum("strength", b.Strength, "none|x-weak|weak|medium|strong|x-strong")
	w.str("time", b.Time)
	w.end("break")
}

func (e *Emphasis) write(w *writer) {
	w.begin("emphasis")
	w.enum("level", e.Level, "strong|moderate|reduced")
	w.parts("emphasis", e.Parts)
	w.end("emphasis")
}

func (l *Lang) write(w *writer) {
	w.begin("lang")
	w.need("xml:lang", l.Language)
	w.parts("lang", l.Parts)
	w.end("lang")
}

func (p *Paragraph) write(w *writer) {
	w.begin("p")
	w.parts("p", p.Parts)
	w.end("p")
}

func (s *Sentence) write(w *writer) {
	w.begin("s")
	w.parts("s", s.Parts)
	w.end("s")
}

func (p *Phoneme) write(w *writer) {
	w.begin("phoneme")
	w.str("alphabet", p.Alphabet)
	w.need("ph", p.Ph)
	w.content("phoneme", p.Text)
}

func (p *Prosody) write(w *writer) {
	w.begin("prosody")
	w.str("volume", p.Volume)
	w.str("rate", p.Rate)
	w.str("pitch", p.Pitch)
	w.parts("prosody", p.Parts)
	w.end("prosody")
}

func (s *SayAs) write(w *writer) {
	w.begin("say-as")
	w.need("interpret-as", s.InterpretAs)
	w.str("format", s.Format)
	w.content("say-as", s.Text)
}

func (s *Sub) write(w *writer) {
	w.begin("sub")
	w.need("alias", s.Alias)
	w.content("sub", s.Text)
}

func (x *Word) write(w *writer) {
	w.begin("w")
	w.str("role", x.Role)
	w.content("w", x.Text)
}
