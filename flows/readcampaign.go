package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Figures of a campaign that its file does not state.
const (
	defaultRing      = 25 * time.Second // most voicemails answer later, and it is above the 15 s that rules ask for
	defaultAtOnce    = 10
	defaultPerMinute = 30
)

// longestDial is Twilio's bound: https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource
const longestDial = 600 * time.Second

// Words that a campaign file can have.
const (
	KindRenewal    = "renewal"
	KindCollection = "collection"
	KindReminder   = "reminder"

	ZonesStrictest = "strictest" // rung only when every possible zone is inside the hours
	ZonesNever     = "never"

	DetectOff     = "off"
	DetectFast    = "fast"
	DetectBeep    = "wait_for_beep"
	LeaveMessage  = "leave_message"
	HangUpMachine = "hang_up"

	StopOptedOut  = "opted_out"
	StopErrors    = "errors"
	StopAbandoned = "abandoned"
)

// ReadCampaign reads a campaign file and checks it against a loaded project: its flow, what that needs, and the
// numbers. It always answers a Campaign, as complete as the file allows, and everything there is to say about it,
// sorted. A Campaign with an error among its findings must not be run. It changes nothing in p.
func ReadCampaign(p *Project, file File) (*Campaign, Findings) {
	own := *p
	own.sources = map[string]*source{}
	l := &loader{project: &own, verbs: allVerbs(), unread: map[string]bool{}}
	sum := sha256.Sum256(file.Source)
	c := &Campaign{
		Kind: KindRenewal, Country: "US", RingFor: defaultRing, NeedsConsent: true,
		Hours:   CallingHours{Unknown: ZonesStrictest},
		Pace:    Pace{AtOnce: defaultAtOnce, PerMinute: defaultPerMinute},
		Machine: MachineRules{Detect: DetectOff, Then: HangUpMachine, Unsure: "human"},
		Text:    string(file.Source), Hash: hex.EncodeToString(sum[:]),
		Places: map[string]Span{},
	}
	src, top := l.readYAML(file)
	c.At = src.span(1, 1, 1)
	if top != nil {
		r := &campaignReader{reader: &reader{loader: l, src: src, speaks: own.Languages}, c: c}
		r.read(top)
		r.checkMachine()
		r.checkOptOuts()
	}
	found := make(Findings, 0, len(l.found))
	for _, f := range l.found {
		found = append(found, *f)
	}
	c.ignored = l.marks()
	return c, l.settle(found)
}

// CampaignFiles reads every file in campaigns/ that ends in .yaml or .yml. A project without campaigns has none.
func CampaignFiles(fsys fs.FS) ([]File, error) {
	var out []File
	for _, pattern := range []string{"campaigns/*.yaml", "campaigns/*.yml"} {
		names, err := fs.Glob(fsys, pattern)
		if err != nil {
			return nil, fmt.Errorf("read campaigns: %w", err)
		}
		for _, name := range names {
			if info, err := fs.Stat(fsys, name); strings.HasPrefix(path.Base(name), ".") || err == nil && info.IsDir() {
				continue
			}
			source, err := readLimited(fsys, name)
			if err != nil {
				return nil, fmt.Errorf("read campaigns: %w", err)
			}
			out = append(out, File{Path: name, Source: source})
		}
	}
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return out, nil
}

// campaignReader reads one campaign file.
type campaignReader struct {
	*reader
	c *Campaign
	m *fields // the fields at the top

	guessed bool // what becomes of machines could not be read
	unsure  bool // some do-not-call list could not be read
}

func (r *campaignReader) read(top *yaml.Node) {
	c := r.c
	c.At = r.src.spanOf(top)
	m := r.mapping(top, c.At, "the campaign")
	r.m = m
	for _, name := range m.order {
		c.Places[name] = r.src.spanOf(m.by[name].key)
	}
	r.readFormat(m)
	r.readName()
	c.About = m.text("about")
	r.readFlowOf()
	r.readNumbersFrom()
	if _, ok := m.need("kind"); ok {
		c.Kind = m.word("kind", c.Kind, KindRenewal, KindCollection, KindReminder)
	}
	r.readCountry()
	r.readContacts()
	r.readColumns()
	r.readRuns()
	r.readCallingHours()
	r.readPace()
	if d := m.duration("ring_for", longestDial); d > 0 {
		c.RingFor = d
	}
	r.readMachine()
	r.readRetries()
	r.readLimits()
	r.readNeverCall()
	c.NeedsConsent = m.yesNo("needs_consent", c.NeedsConsent)
	r.readStops()
	r.readRulesOff()
	m.done()
}

// readName reads the campaign's name, which is that of its file.
func (r *campaignReader) readName() {
	base := strings.TrimSuffix(path.Base(r.src.path), path.Ext(r.src.path))
	r.c.Name = base
	at, ok := r.m.need("campaign")
	if !ok {
		return
	}
	raw, ok := r.raw(at)
	span := r.src.spanOf(at.value)
	if !ok || !r.checkName(span, raw, "a campaign", kebabName) {
		return
	}
	r.c.Name = raw
	if raw != base {
		f := r.add("C100", span, fmt.Sprintf("this campaign is called %s, but its file %s", quoteWord(raw), quoteWord(path.Base(r.src.path))))
		f.Label = fmt.Sprintf("rename the file to %s.yaml, or call the campaign %s", raw, base)
	}
}

// readFlowOf reads which flow the people are taken to.
func (r *campaignReader) readFlowOf() {
	at, ok := r.m.need("flow")
	if !ok {
		return
	}
	raw, ok := r.raw(at)
	if !ok {
		return
	}
	span := r.src.spanOf(at.value)
	f := r.project.Flows[raw]
	if f == nil && r.project.unread[raw] {
		r.add("C101", span, "flow "+quoteWord(raw)+" could not be read").Label = "mend flows/" + raw + ".yaml first"
		return
	}
	if f == nil {
		said := r.addUnknown("C101", span, "there is no flow called "+quoteWord(raw), raw, keysOf(r.project.Flows))
		if said.Label == "" {
			said.Label = "write it as flows/" + raw + ".yaml"
		}
		return
	}
	r.c.Flow = f
	if f.Direction != "outbound" && f.Direction != "either" {
		r.add("C102", span, fmt.Sprintf("flow %s is for people who ring us", quoteWord(raw))).
			Label = "write direction: outbound (or either) in flows/" + raw + ".yaml, or name another flow"
	}
}

func (r *campaignReader) readNumbersFrom() {
	at, ok := r.m.need("call_from")
	if !ok {
		return
	}
	for _, item := range r.items(at) {
		raw, ok := r.raw(item)
		if !ok {
			continue
		}
		span := r.src.spanOf(item.value)
		switch {
		case !phonePattern.MatchString(raw):
			r.addPhone(span, raw)
			continue
		case slices.Contains(r.c.CallFrom, raw):
			r.add("C113", span, raw+" is here twice").Label = "delete one of them"
			continue
		case !slices.ContainsFunc(r.project.Numbers, func(n Number) bool { return n.Number == raw }):
			f := r.add("C112", span, "no flow answers people who ring "+raw+" back")
			f.Label, f.Help = "name a flow for it in "+ProjectFile, `numbers: { "`+raw+`": ... }`
		}
		r.c.CallFrom = append(r.c.CallFrom, raw)
	}
	if len(r.items(at)) == 0 {
		r.add("F120", r.src.spanOf(at.key), `"call_from" has no number`).Label = "add one of our own numbers"
	}
}

// readContacts reads the name of the list, which must lie in the project.
func (r *campaignReader) readContacts() {
	if at, ok := r.m.need("contacts"); ok {
		if name, ok := r.raw(at); ok && r.checkFile(at, name) {
			r.c.Contacts = name
		}
	}
}

// checkFile tells whether a name can be that of a list in the project's directory.
func (r *campaignReader) checkFile(at field, name string) bool {
	span := r.src.spanOf(at.value)
	switch ext := strings.ToLower(path.Ext(name)); {
	case !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, `\:`):
		f := r.add("C103", span, quoteWord(name)+" is not a file of the project")
		f.Label = "write it from the project's directory: lists/people.csv"
		return false
	case ext != ".csv" && ext != ".txt" && ext != ".tsv":
		r.add("C103", span, quoteWord(name)+" is not a list").Label = "a list is a file that ends in .csv, .tsv or .txt"
		return false
	}
	return true
}

// readCountry reads whose numbers and rules these are.
func (r *campaignReader) readCountry() {
	at, ok := r.m.filled("country")
	if !ok {
		return
	}
	raw, ok := r.raw(at)
	if !ok {
		return
	}
	if !knownCountry(raw) {
		f := r.add("C104", r.src.spanOf(at.value), quoteWord(raw)+" is not a country")
		f.Label = "write its two letters: US"
		if up := strings.ToUpper(raw); knownCountry(up) {
			f.Label, f.Fix = "write it in capitals: "+up, up
		}
		return
	}
	r.c.Country = raw
}

// countries are the codes of ISO 3166-1 alpha-2.
const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR " +
	"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
	"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
	"NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
	"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
	"UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"

func knownCountry(code string) bool {
	return len(code) == 2 && slices.Contains(strings.Fields(countries), code)
}
