package flows

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // opening hours must mean the same on a machine without time zones

	"go.yaml.in/yaml/v4"
)

// defaultLanguage is spoken by a project that does not say which.
const defaultLanguage = "en-US"

// cardBrands are the brands that Twilio can take, in its words.
var cardBrands = []string{"visa", "mastercard", "amex", "maestro", "discover", "optima", "jcb", "diners-club", "enroute"}

// readProject reads paydial.yaml.
func (l *loader) readProject(src *source, top *yaml.Node) {
	p := l.project
	p.At = src.spanOf(top)
	r := &reader{loader: l, src: src, speaks: p.Languages}
	m := r.mapping(top, p.At, "the project file")
	r.readFormat(m)
	p.Line = m.text("line")
	if langs := m.languages("languages", nil); len(langs) > 0 {
		p.Languages, r.speaks = langs, langs
	}
	r.readZone(m)
	p.Voices = r.readVoices(m)
	p.Settings = r.readSettings(m)
	p.Hours = r.readHours(m)
	p.Services = r.readServices(m)
	r.readPayments(m)
	p.Teams = r.readTeams(m)
	r.readNumbers(m)
	r.readOutbound(m)
	r.readPrivacy(m)
	p.Recordings, p.Transcripts = r.readKeeping(m)
	m.done()
}

// readFormat checks the version of the language a file is written in.
func (r *reader) readFormat(m *fields) {
	f, ok := m.need("format")
	if !ok {
		return
	}
	if raw, ok := r.raw(f); ok && raw != "1" {
		r.add("F014", r.src.spanOf(f.value), quoteWord(raw)+" is not a format this version can read").
			Label = "write format: 1"
	}
}

// languages reads an optional list of language tags. With legal given it must be some of these.
func (m *fields) languages(name string, legal []string) []string {
	f, ok := m.filled(name)
	if !ok {
		return nil
	}
	var out []string
	for _, item := range m.items(f) {
		if lang, ok := m.asLanguage(item, "project", legal); ok && !slices.Contains(out, lang) {
			out = append(out, lang)
		}
	}
	return out
}

// asLanguage reads one language. legal are the languages of whose, or nil when any will do.
func (r *reader) asLanguage(f field, whose string, legal []string) (string, bool) {
	raw, ok := r.raw(f)
	if !ok {
		return "", false
	}
	at := r.src.spanOf(f.value)
	switch {
	case !languagePattern.MatchString(raw):
		r.add("L002", at, quoteWord(raw)+" is not a language").Label = "write it as en-US"
		return "", false
	case legal != nil && !slices.Contains(legal, raw):
		r.addUnknown("L002", at, quoteWord(raw)+" is not among the languages of the "+whose, raw, legal)
		return "", false
	}
	return raw, true
}

func (r *reader) readZone(m *fields) {
	if m.has("hours") && !m.has("timezone") {
		m.need("timezone")
		return
	}
	f, ok := m.filled("timezone")
	if !ok {
		return
	}
	raw, ok := r.raw(f)
	if !ok {
		return
	}
	zone, err := time.LoadLocation(raw)
	if err != nil || raw == "Local" || raw == "" {
		r.add("F134", r.src.spanOf(f.value), quoteWord(raw)+" is not a time zone").Label = "write it as America/New_York"
		return
	}
	r.project.Timezone = zone
}

func (r *reader) readVoices(m *fields) map[string]string {
	out := map[string]string{}
	r.eachOf(m, "voices", func(f field) {
		if !slices.Contains(r.speaks, f.name()) {
			r.addUnknown("L002", r.src.spanOf(f.key), quoteWord(f.name())+" is not one of the languages of this project", f.name(), r.speaks)
			return
		}
		if voice, ok := r.raw(f); ok {
			out[f.name()] = voice
		}
	})
	return out
}

func (r *reader) readSettings(m *fields) map[string]string {
	out := map[string]string{}
	r.eachOf(m, "settings", func(f field) {
		if !r.checkName(r.src.spanOf(f.key), f.name(), "a setting", snakeName) {
			return
		}
		if value, ok := r.raw(f); ok {
			out[f.name()] = value
		}
	})
	return out
}

// eachOf goes through an optional mapping whose names are free.
func (r *reader) eachOf(m *fields, name string, do func(f field)) {
	f, ok := m.filled(name)
	if !ok {
		return
	}
	if sub, ok := m.sub(f, fmt.Sprintf("%q", name)); ok {
		sub.each(do)
	}
}

// eachNamed goes through an optional mapping from names to mappings: services, teams.
func (r *reader) eachNamed(m *fields, name, what string, do func(f field, m *fields)) {
	r.eachOf(m, name, func(f field) {
		r.checkName(r.src.spanOf(f.key), f.name(), what, plainName)
		if sub, ok := m.sub(f, what+" "+quoteWord(f.name())); ok {
			do(f, sub)
			sub.done()
		}
	})
}

func (r *reader) readServices(m *fields) map[string]*Service {
	out := map[string]*Service{}
	r.eachNamed(m, "services", "the service", func(f field, m *fields) {
		s := &Service{At: m.at, Name: f.name(), Headers: map[string]string{}}
		if at, ok := m.need("url"); ok {
			s.URL = r.asURL(at)
		}
		if at, ok := m.filled("auth"); ok {
			if auth, ok := m.sub(at, `"auth"`); ok {
				s.Bearer, s.Basic = r.secret(auth, "bearer"), r.secret(auth, "basic")
				auth.onlyOne("bearer", "basic")
				auth.done()
			}
		}
		r.eachOf(m, "headers", func(f field) {
			if value, ok := r.raw(f); ok {
				s.Headers[f.name()] = value
			}
		})
		s.Timeout = m.duration("timeout", 10*time.Second)
		out[s.Name] = s
	})
	return out
}

// secret reads the name of a secret; the secret itself is never in a file.
func (r *reader) secret(m *fields, name string) string {
	f, ok := m.filled(name)
	if !ok {
		return ""
	}
	raw, ok := r.raw(f)
	if !ok {
		return ""
	}
	secret, ok := strings.CutPrefix(raw, "secret.")
	if !ok || !snakeName.MatchString(secret) {
		f := r.add("P011", r.src.spanOf(f.value), "a secret must not be written into a file")
		f.Label, f.Source = "write its name: secret.billing_token", "" // the report must not spread it
		return ""
	}
	return secret
}

// onlyOne reports all but the first of fields that exclude each other.
func (m *fields) onlyOne(names ...string) (first field, found bool) {
	for _, name := range m.order {
		switch f := m.by[name]; {
		case !slices.Contains(names, name):
		case !found:
			first, found = f, true
		default:
			m.add("F131", m.src.spanOf(f.key), fmt.Sprintf("%s cannot have both %q and %q", m.what, first.name(), name)).
				Label = "keep one of them"
		}
	}
	return first, found
}

func (r *reader) readPayments(m *fields) {
	f, ok := m.filled("payments")
	if !ok {
		return
	}
	sub, ok := m.sub(f, `"payments"`)
	if !ok {
		return
	}
	p := &r.project.Payments
	p.At = sub.at
	if name := sub.text("connector"); name != "" {
		p.Connector = name
	}
	p.Currency = r.readCurrency(sub, p.Currency)
	p.Cards = sub.words("cards", "F119", cardBrands...)
	if f, ok := sub.filled("per_call_limit"); ok {
		p.PerCallLimit, _ = r.asAmount(f, p.Currency)
	}
	sub.done()
}

// readCurrency reads an optional ISO 4217 code; it is kept in small letters.
func (r *reader) readCurrency(m *fields, otherwise string) string {
	f, ok := m.filled("currency")
	if !ok {
		return otherwise
	}
	raw, ok := r.raw(f)
	code := strings.ToLower(raw)
	if ok && len(code) == 3 && strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") == "" {
		return code
	}
	if ok {
		r.add("F124", r.src.spanOf(f.value), quoteWord(raw)+" is not a currency").Label = "write its three letters: usd"
	}
	return otherwise
}

// loopback tells whether a host is this machine itself.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
