package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/twilio"
)

// Grade is what came out of a look at something.
type Grade string

// The grades.
const (
	OK    Grade = "ok"
	Look  Grade = "look"  // a person has to look: it may be meant so, or could not be found out
	Wrong Grade = "wrong" // it has to be mended
)

// The areas, in the order in which they are looked at.
const (
	AreaSettings   = "settings"
	AreaProject    = "project"
	AreaStores     = "stores"
	AreaTwilio     = "twilio"
	AreaRecordings = "recordings"
)

// Finding is what was found of one thing.
type Finding struct {
	Area       string `json:"area"`
	Grade      Grade  `json:"grade"`
	Text       string `json:"text"`
	Mend       string `json:"mend,omitempty"`       // what to do, where something is to be done
	Code       string `json:"code,omitempty"`       // of the linter
	Where      string `json:"where,omitempty"`      // file:line:column
	Compliance bool   `json:"compliance,omitempty"` // a rule of PCI Mode, or one that keeps what callers key and say private
}

// Secret is a secret setting: whether it is there, and whether its value stands in the environment itself.
type Secret struct {
	Env        string
	Set, Plain bool
}

// Config is the installation. Everything may be missing: then that is what is found.
type Config struct {
	PublicURL, AccountSID, AuthToken    string
	TwilioURL, TwilioRegion, TwilioEdge string
	RedisURL, DatabaseURL, ArchiveURL   string
	Simulated                           bool // TwilioURL leads to a simulator
	Secrets                             []Secret
	Dir                                 string
	Bundle                              *flows.Bundle       // nil: there is no project
	Self                                string              // what to type to call the program
	Redact                              func(string) string // a URL without its password
	Now                                 func() time.Time
}

// patience is how long one thing is waited for.
const patience = 20 * time.Second

// surveyTime bounds the look through the account's recordings.
const surveyTime = 2 * time.Minute

// look is one look at an installation.
type look struct {
	Config
	tell    func(Finding)
	project *flows.Project // nil: none that can be used
	client  *twilio.Client // nil: cannot be asked
	db      *db.DB         // nil: cannot be read
}

// Examine looks at everything, and tells what it finds as it finds it. The error is the context's.
func Examine(ctx context.Context, cfg Config, tell func(Finding)) error {
	l := &look{Config: cfg, tell: tell}
	defer func() {
		if l.db != nil {
			_ = l.db.Close()
		}
	}()
	for _, part := range []func(context.Context){
		l.settings, l.flows, l.redis, l.database, l.archive, l.account, l.numbers, l.pciMode, l.keeping,
	} {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		part(ctx)
	}
	return ctx.Err()
}

func (l *look) ok(area, format string, args ...any) {
	l.tell(Finding{Area: area, Grade: OK, Text: fmt.Sprintf(format, args...)})
}

func (l *look) found(area string, grade Grade, text, mend string) {
	l.tell(Finding{Area: area, Grade: grade, Text: text, Mend: mend})
}

// forbidden tells of something that PCI Mode, or the privacy of callers, forbids.
func (l *look) forbidden(area, text, mend string) {
	l.tell(Finding{Area: area, Grade: Wrong, Text: text, Mend: mend, Compliance: true})
}

// missing tells of a setting that is not there. Beside a simulated Twilio it is dev that has its own.
func (l *look) missing(env, what string) {
	if l.Simulated {
		l.found(AreaSettings, Look, env+" is not set, so "+what+" is not looked at: "+l.Self+" dev has its own", "")
		return
	}
	l.found(AreaSettings, Wrong, env+" is not set: "+what, "every setting: "+l.Self+" config show")
}

func (l *look) settings(context.Context) {
	if l.Simulated {
		l.found(AreaSettings, Look, "Twilio is simulated, at "+l.TwilioURL+": this says nothing about an account of Twilio's", "")
	} else if l.TwilioURL != "" {
		l.found(AreaSettings, Look, "PAYDIAL_TWILIO_API_URL leads to "+l.Redact(l.TwilioURL)+" and not to Twilio", "unless a proxy is meant, do not set it")
	}
	for _, s := range []struct{ env, text, what string }{
		{"TWILIO_ACCOUNT_SID", l.AccountSID, "the account"}, {"TWILIO_AUTH_TOKEN", l.AuthToken, "the account"},
		{"PAYDIAL_PUBLIC_URL", l.PublicURL, "what Twilio calls us by"}, {"PAYDIAL_REDIS_URL", l.RedisURL, "Redis"},
	} {
		if s.text == "" {
			l.missing(s.env, s.what)
		}
	}
	if l.PublicURL != "" {
		l.publicURL()
	}
	plain := []string{}
	for _, s := range l.Secrets {
		if s.Set && s.Plain {
			plain = append(plain, s.Env)
		}
	}
	if len(plain) > 0 && !l.Simulated {
		l.found(AreaSettings, Look, "in the environment itself: "+strings.Join(plain, ", "),
			"where others can read a process's environment, name a file: "+plain[0]+"_FILE=/run/secrets/...")
	}
}

// publicURL looks at the address that Twilio calls.
func (l *look) publicURL() {
	u, err := url.Parse(l.PublicURL)
	shown := l.Redact(l.PublicURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		l.found(AreaSettings, Wrong, "PAYDIAL_PUBLIC_URL is no URL: "+shown, "one such as https://pay.example.com")
	case l.Simulated && onThisComputer(l.PublicURL):
		l.ok(AreaSettings, "public URL %s: on this computer, as the simulated Twilio is", shown)
	case onThisComputer(l.PublicURL):
		l.found(AreaSettings, Wrong, "Twilio cannot reach "+shown+": it is this computer", "set PAYDIAL_PUBLIC_URL to the address by which others reach this server")
	case u.Scheme == "http":
		l.forbidden(AreaSettings, "Twilio sends what callers key, and recordings' addresses, to "+shown+" in the clear",
			"put TLS in front and set PAYDIAL_PUBLIC_URL to the https address: in PCI Mode Twilio sends digits to https only")
	default:
		l.ok(AreaSettings, "public URL %s", shown)
	}
}

// onThisComputer tells whether a URL names a loopback address.
func onThisComputer(address string) bool {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}
