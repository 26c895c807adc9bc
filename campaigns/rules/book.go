package rules

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/paydial/paydial/flows"
)

//go:embed books/*.yaml calendars/*.yaml
var files embed.FS

// ErrNoBook says that there is no rule book for what a campaign is and where it rings.
var ErrNoBook = errors.New("rules: there is no rule book")

// Names of rules.
const (
	RuleDoNotCall   = "do_not_call"
	RulePaid        = "paid_meanwhile"
	RuleConsent     = "consent"
	RuleTimeZone    = "time_zone"
	RuleDates       = "dates"
	RuleRetry       = "retry"
	RuleFrequency   = "frequency"
	RuleLimits      = "limits"
	RuleHours       = "calling_hours"
	RuleHolidays    = "holidays"
	RuleIdentity    = "identity_first"
	RuleOptOutFirst = "opt_out_first"
	RuleVoicemail   = "voicemail_number"
	RuleRingTime    = "ring_time"
	RuleAbandonment = "abandonment"
)

// ruleNames is every rule there is; a book may have fewer, but no others.
var ruleNames = []string{
	RuleDoNotCall, RulePaid, RuleConsent, RuleTimeZone, RuleDates, RuleRetry, RuleFrequency, RuleLimits, RuleHours,
	RuleHolidays, RuleIdentity, RuleOptOutFirst, RuleVoicemail, RuleRingTime, RuleAbandonment,
}

// Book is one rule book. It is safe for concurrent use and must not be changed.
type Book struct {
	Name    string // "us-renewal"
	Version string // the date of its text
	Hash    string // of its text, with what the project lays over it, hex
	About   string
	Own     bool // the project has its own, or lays something over ours
	Rules   []Rule

	stamp    string
	at       [16]int   // where each rule of ruleNames is in Rules, plus one
	calendar *calendar // nil: no holidays
	zones    sync.Map  // name to *time.Location: reading one from the disk is slow
}

// Rule is one rule: what it is, where it comes from, what is done about it and what is not.
type Rule struct {
	Name    string  `yaml:"rule" json:"rule"`
	What    string  `yaml:"what" json:"what"`
	Source  string  `yaml:"source" json:"source,omitempty"` // "47 CFR 64.1200(c)(1)"
	Link    string  `yaml:"link" json:"link,omitempty"`     // to that text
	WeDo    string  `yaml:"we_do" json:"we_do"`
	WeDoNot string  `yaml:"we_do_not" json:"we_do_not,omitempty"`
	Always  bool    `yaml:"always" json:"always,omitempty"` // it has no switch
	Off     string  `yaml:"off" json:"off,omitempty"`       // because: the book itself switches it off
	Figures Figures `yaml:"figures" json:"figures"`
}

// Figures are the numbers of a rule; which of them it has depends on the rule.
type Figures struct {
	From      string  `yaml:"from" json:"from,omitempty"`   // calling_hours: "08:00", on the person's clock
	Until     string  `yaml:"until" json:"until,omitempty"` // calling_hours: "21:00"
	Attempts  int     `yaml:"attempts" json:"attempts,omitempty"`
	Days      int     `yaml:"days" json:"days,omitempty"`
	QuietDays int     `yaml:"quiet_days" json:"quiet_days,omitempty"` // after a conversation; its own day is the first
	Seconds   int     `yaml:"seconds" json:"seconds,omitempty"`
	Percent   float64 `yaml:"percent" json:"percent,omitempty"`
	Calendar  string  `yaml:"calendar" json:"calendar,omitempty"` // holidays: us-federal
	Closed    bool    `yaml:"closed" json:"closed,omitempty"`     // holidays: nobody is rung; otherwise it is only remarked
	Required  bool    `yaml:"required" json:"required,omitempty"` // consent: whatever the campaign's file says

	from, until int // minutes after midnight
}

// bookFile is a file of a book.
type bookFile struct {
	Format  int         `yaml:"format"`
	Book    string      `yaml:"book"`
	Version string      `yaml:"version"`
	About   string      `yaml:"about"`
	Rules   []yaml.Node `yaml:"rules"`
}

// NamesFor are the names that a book for a campaign may have, the nearest first: "us-renewal", then "renewal".
func NamesFor(kind, country string) []string {
	return []string{strings.ToLower(country) + "-" + kind, kind}
}

// Open is the rule book of a campaign: ours for its kind and country, with the project's own rules/NAME.yaml laid over
// it rule by rule, or that alone. own may be nil. An error is ErrNoBook, or says where a file is wrong.
func Open(c *flows.Campaign, own fs.FS) (*Book, error) {
	for _, name := range NamesFor(c.Kind, c.Country) {
		b, err := read(name, own)
		if !errors.Is(err, fs.ErrNotExist) {
			return b, err
		}
	}
	names := NamesFor(c.Kind, c.Country)
	return nil, fmt.Errorf("%w for kind %s in country %s; write one into the project as rules/%s.yaml", ErrNoBook, c.Kind, c.Country, names[0])
}

// Books are all rule books that come with the program, by name.
func Books() ([]*Book, error) {
	entries, err := files.ReadDir("books")
	if err != nil {
		return nil, fmt.Errorf("read rule books: %w", err)
	}
	var out []*Book
	for _, e := range entries {
		b, err := read(strings.TrimSuffix(e.Name(), ".yaml"), nil)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// read reads a book and what the project lays over it; fs.ErrNotExist when there is neither.
func read(name string, own fs.FS) (*Book, error) {
	b := &Book{Name: name}
	hash := sha256.New()
	found := false
	for i, from := range []struct {
		fsys fs.FS
		path string
	}{{files, path.Join("books", name+".yaml")}, {own, path.Join("rules", name+".yaml")}} {
		if from.fsys == nil {
			continue
		}
		text, err := fs.ReadFile(from.fsys, from.path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = b.lay(name, text)
		}
		if err != nil {
			return nil, fmt.Errorf("rule book %s: %w", from.path, err)
		}
		b.Own, found = i == 1, true
		hash.Write(text)
	}
	if !found {
		return nil, fmt.Errorf("rule book %s: %w", name, fs.ErrNotExist)
	}
	b.Hash = hex.EncodeToString(hash.Sum(nil))
	b.stamp = b.Version + "+" + b.Hash[:8]
	if err := b.settle(); err != nil {
		return nil, fmt.Errorf("rule book %s: %w", name, err)
	}
	return b, nil
}

// lay lays a file over the book: a rule that is there already keeps what the file does not say.
func (b *Book) lay(name string, text []byte) error {
	var f bookFile
	if err := yaml.Load(text, &f, yaml.WithKnownFields()); err != nil {
		return err
	}
	_, err := time.Parse(time.DateOnly, f.Version)
	switch {
	case f.Format != 1:
		return errors.New("it must begin with format: 1")
	case f.Book != name:
		return fmt.Errorf("it must say book: %s, as its file is called", name)
	case err != nil:
		return fmt.Errorf("version %q: write the day of its last change: 2026-11-21", f.Version)
	}
	b.Version = f.Version
	if f.About != "" {
		b.About = strings.TrimSpace(f.About)
	}
	for i := range f.Rules {
		n := &f.Rules[i]
		var key struct {
			Name string `yaml:"rule"`
		}
		if err := n.Decode(&key); err != nil {
			return fmt.Errorf("line %d: %w", n.Line, err)
		}
		if !slices.Contains(ruleNames, key.Name) {
			return fmt.Errorf("line %d: there is no rule %q; there are %s", n.Line, key.Name, strings.Join(ruleNames, ", "))
		}
		at := slices.IndexFunc(b.Rules, func(r Rule) bool { return r.Name == key.Name })
		if at < 0 {
			at = len(b.Rules)
			b.Rules = append(b.Rules, Rule{})
		}
		if err := n.Load(&b.Rules[at], yaml.WithKnownFields()); err != nil {
			return fmt.Errorf("line %d, rule %s: %w", n.Line, key.Name, err)
		}
	}
	return nil
}

// settle works out what Judge needs, and finds figures that make no sense.
func (b *Book) settle() error {
	for i := range b.Rules {
		r := &b.Rules[i]
		r.What, r.WeDo, r.WeDoNot = strings.TrimSpace(r.What), strings.TrimSpace(r.WeDo), strings.TrimSpace(r.WeDoNot)
		if err := r.check(); err != nil {
			return fmt.Errorf("rule %s: %w", r.Name, err)
		}
		b.at[slices.Index(ruleNames, r.Name)] = i + 1
		if r.Name == RuleHolidays && r.Figures.Calendar != "" {
			var err error
			if b.calendar, err = readCalendar(r.Figures.Calendar); err != nil {
				return fmt.Errorf("rule %s: %w", r.Name, err)
			}
		}
	}
	for i, name := range ruleNames {
		if b.at[i] == 0 {
			return fmt.Errorf("the rule %s is missing; a rule that does not hold is switched off: off: because ...", name)
		}
	}
	return nil
}

func (r *Rule) check() error {
	f := &r.Figures
	switch {
	case r.What == "" || r.WeDo == "":
		return errors.New("it must say what it is (what:) and what is done (we_do:)")
	case r.Always && r.Off != "":
		return errors.New("it cannot be switched off")
	case min(f.Attempts, f.Days, f.QuietDays, f.Seconds) < 0 || max(f.Days, f.QuietDays) > 31 || f.Percent < 0 || f.Percent >= 100:
		return errors.New("a figure makes no sense")
	case r.Name == RuleFrequency && f.Attempts > 0 && f.Days == 0:
		return errors.New("attempts: needs days:")
	}
	if r.Name != RuleHours {
		return nil
	}
	var okFrom, okUntil bool
	f.from, okFrom = minuteOf(f.From)
	f.until, okUntil = minuteOf(f.Until)
	if !okFrom || !okUntil || f.from >= f.until {
		return errors.New(`from: and until: are times of a day, such as "08:00" and "21:00"`)
	}
	return nil
}

func minuteOf(s string) (int, bool) {
	hour, minute, ok := strings.Cut(s, ":")
	h, errH := strconv.Atoi(hour)
	m, errM := strconv.Atoi(minute)
	ok = ok && errH == nil && errM == nil && len(minute) == 2 && h >= 0 && m >= 0 && m < 60
	return h*60 + m, ok && h*60+m <= 24*60
}

// Stamp is the version with the beginning of the hash: what an attempt keeps of the book that allowed it.
func (b *Book) Stamp() string { return b.stamp }

// rule is a rule by its name, with the switch that a campaign has set: off says why it is off.
func (b *Book) rule(c *flows.Campaign, name string) (r *Rule, off string) {
	r = &b.Rules[b.at[slices.Index(ruleNames, name)]-1]
	if r.Always {
		return r, ""
	}
	for _, o := range c.RulesOff {
		if o.Rule == name {
			return r, o.Because
		}
	}
	return r, r.Off
}

// zone is a time zone by its name; nil when there is none.
func (b *Book) zone(name string) *time.Location {
	if z, ok := b.zones.Load(name); ok {
		return z.(*time.Location)
	}
	var z *time.Location
	if loaded, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
		z = loaded
	}
	b.zones.Store(name, z)
	return z
}
