package flows

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

func readConverse(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	v := &Converse{
		Greeting: m.spoken("greeting"),
		Speech:   s.readProvider(m, "speech", s.project.Relay.Speech, relaySpeech),
		Voices:   s.readProvider(m, "voices", s.project.Relay.Voices, relayVoices),
		Voice:    m.text("voice"), Model: s.readModel(m), Hints: s.readHints(m),
		Keys: m.yesNo("keys", false), Parameters: m.pairs("parameters"), Expect: m.typed("expect"),
	}
	if at, ok := m.filled("language"); ok {
		v.Language, _ = s.asLanguage(at, "flow", s.speaks)
	}
	for _, p := range v.Parameters {
		if p.Expr != nil {
			s.checkNoCard(p.Expr.At, p.Expr.Raw)
		} else if p.Text != nil {
			s.checkNoCard(p.Text.At, p.Text.Raw)
		}
	}
	if v.Greeting != nil {
		for _, t := range v.Greeting.inOrder() {
			s.checkNoCard(t.At, t.Raw)
		}
	}
	s.readIntelligence(m)
	if ok {
		v.URL = s.asSocket(f)
	}
	if v.URL == "" {
		return nil
	}
	return v
}

// readProvider reads who listens or speaks: one of those that the project allows, the first where the step names none.
func (s *stepReader) readProvider(m *fields, name string, allowed, known []string) string {
	at, word := s.step.At, ""
	if f, ok := m.filled(name); ok {
		if word, ok = s.asWord(f, "F124", known); !ok {
			return ""
		}
		at = s.src.spanOf(f.value)
	}
	why := providerProblem(name, word, allowed, s.project.PCIMode)
	if why != "" && !s.noProject {
		f := s.add("P022", at, why)
		f.Label = "list those that your agreement with Twilio covers under conversation_relay: in " + ProjectFile
		if len(allowed) > 0 {
			f.Label = "allowed are: " + strings.Join(allowed, ", ")
		}
	}
	if word == "" && len(allowed) > 0 {
		return allowed[0]
	}
	return word
}

// providerProblem says why a provider, or without a word Twilio's own choice, may not be used; "" if it may. kind is
// speech or voices.
func providerProblem(kind, word string, allowed []string, pci bool) string {
	switch {
	case len(allowed) == 0 && pci:
		return fmt.Sprintf("in PCI Mode a conversation may only use %s that the project allows, and it allows none", providersOf(kind))
	case len(allowed) == 0 || word == "" || slices.Contains(allowed, word):
		return ""
	}
	return fmt.Sprintf("the project does not allow %s for %s", quoteWord(word), kind)
}

func providersOf(kind string) string { return "providers of " + kind }

// asSocket reads the address of a program that converses: wss, or ws to this machine itself.
func (r *reader) asSocket(f field) string {
	raw, ok := r.raw(f)
	if !ok {
		return ""
	}
	at := r.src.spanOf(f.value)
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.RawQuery != "" || u.Scheme != "wss" && u.Scheme != "ws":
		f := r.add("F132", at, quoteWord(raw)+" is not the address of a program that converses")
		f.Label, f.Help = "write it as wss://host/path", "what the program has to know belongs under parameters:"
		return ""
	case u.Scheme == "ws" && !loopback(u.Hostname()):
		f := r.add("P010", at, "what is said in this conversation can be read on the way")
		f.Label, f.Fix = "use wss", "wss"+strings.TrimPrefix(raw, "ws")
	}
	return raw
}
