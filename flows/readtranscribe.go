package flows

import (
	"fmt"
	"strings"
)

// multilingual is what Deepgram calls a transcription that may change its language.
const multilingual = "multi"

// transcribers are the engines that write down a call, relaySpeech and relayVoices who listens and speaks in a
// conversation: Twilio's names in small letters.
var (
	transcribers = []string{"google", "deepgram"}
	relaySpeech  = []string{"deepgram", "google"}
	relayVoices  = []string{"elevenlabs", "google", "amazon"}
)

func readTranscribe(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	v := &Transcribe{
		Engine: m.word("engine", "google", transcribers...),
		Model:  s.readModel(m),
		Track:  m.word("track", "both", "both", "inbound", "outbound"),
		Hints:  s.readHints(m),
	}
	v.Language = s.readTranscribed(m, v)
	if strings.HasPrefix(v.Model, "nova") && v.Engine != "deepgram" {
		f := m.by["speech_model"]
		s.add("F124", s.src.spanOf(f.value), quoteWord(v.Model)+" is a model of deepgram").Label = "add engine: deepgram"
	}
	s.readIntelligence(m)
	m.later("keep_for")
	if !ok {
		return nil
	}
	if v.Action, ok = s.asWord(f, "F124", []string{"start", "stop"}); !ok {
		return nil
	}
	return v
}

// readModel reads the model of an engine. Which there are is the engine's business.
func (s *stepReader) readModel(m *fields) string {
	f, ok := m.filled("speech_model")
	if !ok {
		return ""
	}
	raw, ok := s.raw(f)
	if ok && !plainName.MatchString(strings.ReplaceAll(raw, ".", "-")) {
		s.add("F124", s.src.spanOf(f.value), quoteWord(raw)+" is not the name of a model").Label = "write it as telephony or nova-3"
		return ""
	}
	return raw
}

// readTranscribed reads the language of a transcription: one whose numbers the project masks.
func (s *stepReader) readTranscribed(m *fields, v *Transcribe) string {
	f, ok := m.filled("language")
	if !ok {
		return ""
	}
	raw, ok := s.raw(f)
	if !ok || raw != multilingual {
		lang, _ := s.asLanguage(f, "transcripts", s.project.TranscriptRulesFor(s.flow.Name).Languages.Value)
		return lang
	}
	if v.Engine != "deepgram" {
		s.add("L002", s.src.spanOf(f.value), quoteWord(raw)+" is a language of deepgram only").Label = "write one language, as en-US"
		return ""
	}
	if s.project.PCIMode {
		f := s.add("P024", s.src.spanOf(f.value), "PCI Mode does not cover Deepgram's multilingual transcription")
		f.Label = "write one language, as en-US"
	}
	return raw
}

// readHints reads words that are likely to be said.
func (s *stepReader) readHints(m *fields) []string {
	f, ok := m.filled("hints")
	if !ok {
		return nil
	}
	var out []string
	for _, item := range s.items(f) {
		hint, ok := s.raw(item)
		if !ok {
			continue
		}
		s.checkNoCard(s.src.spanOf(item.value), hint)
		out = append(out, hint)
	}
	return out
}

// checkNoCard refuses what looks like a card number in a text that goes to somebody else.
func (r *reader) checkNoCard(at Span, text string) {
	if holdsCard(text) {
		r.add("P023", at, "this looks like a card number, and this field goes to somebody else").Label = "take it out"
	}
}

// readIntelligence refuses Conversation Intelligence, which PCI Mode does not cover.
func (s *stepReader) readIntelligence(m *fields) {
	if !s.project.PCIMode {
		m.later("intelligence_service")
		return
	}
	if f, ok := m.take("intelligence_service"); ok {
		s.add("P021", s.src.spanOf(f.key), "Conversation Intelligence is not available in PCI Mode").Label = "take it out"
	}
	m.legal = m.legal[:len(m.legal)-1]
}

// readNative refuses Twilio's own transcription of recordings, which PCI Mode does not have.
func (s *stepReader) readNative(m *fields) {
	f, ok := m.filled("transcribe")
	m.legal = m.legal[:len(m.legal)-1]
	if !ok {
		return
	}
	yes, ok := s.asYesNo(f)
	switch {
	case !ok || !yes:
	case s.project.PCIMode:
		f := s.add("P020", s.src.spanOf(f.value), "a recording cannot be transcribed in PCI Mode")
		f.Label = `take it out; "- transcribe: start" writes down what is said meanwhile`
	default:
		s.addLater(s.src.spanOf(f.key), "transcribe")
	}
}

// checkPlain refuses an address to which something would go that can be read on the way.
func (s *stepReader) checkPlain(f field, raw string) {
	if plainAddress(raw) {
		f := s.add("P010", s.src.spanOf(f.value), "what is sent there can be read on the way")
		f.Label = "use https"
	}
}

// readClass reads how long the recording of a step is kept: a class of the rules, or a length of time.
func (s *stepReader) readClass(m *fields) (class string, at Span) {
	m.onlyOne("keep_as", "keep_for")
	if f, ok := m.filled("keep_for"); ok {
		if _, ok := s.asKeepTime(f); ok {
			raw, _ := s.raw(f)
			class, at = keepForClass+strings.TrimSpace(raw), s.src.spanOf(f.value)
		}
	}
	f, ok := m.filled("keep_as")
	if !ok {
		return class, at
	}
	raw, ok := s.raw(f)
	if !ok {
		return class, at
	}
	known := s.project.classNames(s.flow)
	for _, name := range known {
		if name == raw {
			return raw, s.src.spanOf(f.value)
		}
	}
	if !s.noProject {
		f := s.addUnknown("F140", s.src.spanOf(f.value), "there is no retention class called "+quoteWord(raw), raw, known)
		f.Help = fmt.Sprintf("classes are listed under recordings: classes: in %s or in the flow", ProjectFile)
	}
	return class, at
}
