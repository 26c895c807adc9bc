package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/console"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/server"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/sessions"
	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/backoffice"
	"github.com/paydial/paydial/simulator/crowd"
	"github.com/paydial/paydial/simulator/phone"
)

// The account of the simulator and the token for the app's API when everything runs on one machine.
const (
	AccountSID = "AC00000000000000000000000000000001"
	AuthToken  = "simulated-auth-token" //nolint:gosec // the simulator's published token, no secret
	APIToken   = server.DevAPIToken
)

// tick is how often the in-process Redis is told that time has passed: its keys do not expire by themselves.
const tick = 500 * time.Millisecond

// patience is how long the in-process Redis may take for an answer: it is never away, but the machine may be busy.
const patience = 10 * time.Second

// Options says what to run. The zero value, with a Bundle, runs everything in memory on free ports.
type Options struct {
	Bundle      flows.Bundle
	Rules       fs.FS  // the project's folder, for its own rule books; nil: it has none
	Listen      string // of the app; "": a free port of 127.0.0.1
	SimListen   string // of the simulator; "": a free port of 127.0.0.1
	RedisURL    string // "": in process
	DatabaseURL string // "": in memory
	ArchiveURL  string // of recordings; "": a folder of its own, which is removed at the end
	Services    map[string]string
	Secret      func(string) string
	Connectors  []simulator.Connector // beside those that are always there, and the one the project names
	Region      string                // of the simulated Twilio; "": us1
	ManualClock bool                  // the simulator's clock stands still until it is moved
	Crowd       *crowd.Crowd          // who answers calls that the app makes; nil: the control API
	// CallsPerSecond is how many calls the simulated Twilio begins in a second; 0: 1, negative: no limit.
	CallsPerSecond float64
	Pace           float64 // how long speech takes on calls that do not say so; 0: no time
	Sessions       sessions.Config
	DeskLimits     payments.Limits
	Log            *slog.Logger // of the app
	SimLog         *slog.Logger
	Wrap           func(http.Handler) http.Handler // around the app's handler; nil: nothing
}

// ErrSimulator says that the simulator cannot be set up as Options want it.
var ErrSimulator = errors.New("set up the simulator")

// ListenError is an address that cannot be listened on: of the app, or of the simulator.
type ListenError struct {
	App  bool
	Addr string // as Options have it
	Err  error
}

func (e *ListenError) Error() string { return e.Err.Error() }
func (e *ListenError) Unwrap() error { return e.Err }

// Local is everything, running.
type Local struct {
	App    *server.App
	Sim    *simulator.Simulator
	AppURL string
	SimURL string

	stop  context.CancelFunc
	work  sync.WaitGroup
	files string // folder that is removed at the end; "" for none
	redis *miniredis.Miniredis
	app   *server.Listener
	sim   *server.Listener
}

// Start starts everything. With server.ErrFindings the findings say what is wrong with the project.
func Start(ctx context.Context, o Options) (l *Local, findings flows.Findings, err error) {
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	l = &Local{stop: stop}
	defer func() {
		if err != nil {
			l.Close()
			l = nil
		}
	}()
	if err = l.listen(&o); err != nil {
		return l, nil, err
	}
	if o.RedisURL == "" {
		if o.RedisURL, err = l.startRedis(run); err != nil {
			return l, nil, err
		}
		if o.Sessions.Timeout == 0 {
			o.Sessions.Timeout = patience
		}
	}
	if l.files, err = os.MkdirTemp("", "paydial-"); err != nil {
		return l, nil, fmt.Errorf("make a folder for recordings: %w", err)
	}
	if l.App, findings, err = server.Open(ctx, l.appConfig(o)); err != nil {
		return l, findings, err
	}
	project := l.App.Projects.Current()
	if l.Sim, err = simulator.New(l.simConfig(o, project)); err != nil {
		return l, nil, fmt.Errorf("%w: %w", ErrSimulator, err)
	}
	l.serve(o, project)
	l.work.Go(func() { l.App.Work(run) })
	return l, findings, nil
}

// listen opens both ports.
func (l *Local) listen(o *Options) (err error) {
	free := func(addr string) string {
		if addr == "" {
			return "127.0.0.1:0"
		}
		return addr
	}
	if l.app, err = server.Listen(free(o.Listen)); err != nil {
		return &ListenError{App: true, Addr: o.Listen, Err: err}
	}
	if l.sim, err = server.Listen(free(o.SimListen)); err != nil {
		return &ListenError{Addr: o.SimListen, Err: err}
	}
	l.AppURL, l.SimURL = reachable(l.app.URL()), reachable(l.sim.URL())
	if o.DatabaseURL == "" {
		o.DatabaseURL = "sqlite::memory:"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.SimLog == nil {
		o.SimLog = slog.New(slog.DiscardHandler)
	}
	return nil
}

// reachable is the URL by which this machine reaches a listener that listens on all of its addresses.
func reachable(url string) string {
	return strings.NewReplacer("//0.0.0.0:", "//127.0.0.1:", "//[::]:", "//127.0.0.1:").Replace(url)
}

// startRedis starts a Redis in this process and lets its time pass.
func (l *Local) startRedis(ctx context.Context) (string, error) {
	l.redis = miniredis.NewMiniRedis()
	if err := l.redis.Start(); err != nil {
		return "", fmt.Errorf("start redis in process: %w", err)
	}
	go func() {
		t := time.NewTicker(tick)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				l.redis.FastForward(tick)
			}
		}
	}()
	return "redis://" + l.redis.Addr() + "/0", nil
}

// appConfig is the app's configuration: to it the simulator is Twilio at another address.
func (l *Local) appConfig(o Options) server.Config {
	services := map[string]string{}
	for name, url := range o.Services {
		services[name] = strings.ReplaceAll(url, "{simulator}", l.SimURL)
	}
	return server.Config{
		PublicURL: l.AppURL, AccountSID: AccountSID, AuthTokens: []string{AuthToken}, TwilioURL: l.SimURL,
		RedisURL: o.RedisURL, DatabaseURL: o.DatabaseURL, Redis: o.Sessions, DeskLimits: o.DeskLimits, Bundle: o.Bundle,
		Outbound: server.Outbound{Rules: o.Rules},
		Services: services, Secret: o.Secret, Log: o.Log,
		Console: console.Config{Tokens: []string{APIToken}, LoopbackOnly: true, Phone: true, Softphone: phone.AgentScript},
		People:  people(), Recordings: l.recordings(o),
	}
}

// recordings are kept for as long as everything runs, unless somebody has said where.
func (l *Local) recordings(o Options) server.Recordings {
	r := server.Recordings{Archive: o.ArchiveURL, Spool: filepath.Join(l.files, "spool")}
	if r.Archive == "" {
		r.Archive = "file:" + filepath.Join(l.files, "archive")
	}
	return r
}

// people are one of each role, who sign in by a link: nobody here needs a password.
func people() server.People {
	p := server.People{Secret: access.NewSecret()}
	for _, u := range []access.User{
		{ID: "kim", Name: "Kim", Roles: []access.Role{access.Agent}},
		{ID: "sam", Name: "Sam", Roles: []access.Role{access.Supervisor}},
		{ID: "ana", Name: "Ana", Roles: []access.Role{access.Auditor}},
		{ID: "ops", Name: "Ops", Roles: []access.Role{access.Ops}},
	} {
		p.Users, p.Links = append(p.Users, u), append(p.Links, u.ID)
	}
	return p
}

// SignIn is the address that signs somebody in and leads to the desk: "kim" (agent), "sam" (supervisor), "ana"
// (auditor) or "ops"; "" for anybody else.
func (l *Local) SignIn(id string) string {
	for _, link := range l.App.Access.Links() {
		if link.User.ID == id {
			return l.AppURL + link.Path
		}
	}
	return ""
}

// simConfig gives the simulator the project's numbers and connectors.
func (l *Local) simConfig(o Options, project *flows.Project) simulator.Config {
	cfg := simulator.Config{
		Accounts:    []simulator.Account{{SID: AccountSID, AuthToken: AuthToken}},
		Connectors:  o.Connectors,
		Region:      o.Region,
		ManualClock: o.ManualClock, Logger: o.SimLog, PublicURL: l.SimURL,
		Crowd: o.Crowd, CallsPerSecond: o.CallsPerSecond, Pace: o.Pace,
	}
	for _, n := range project.Numbers {
		cfg.Numbers = append(cfg.Numbers, simulator.Number{
			Number: n.Number, VoiceURL: l.AppURL + "/voice",
			StatusURL: l.AppURL + "/voice/status", FallbackURL: l.AppURL + "/voice/fallback",
		})
	}
	known := map[string]bool{}
	for _, c := range append(simulator.ReadyConnectors(), cfg.Connectors...) {
		known[c.Name] = true
	}
	if name := project.Payments.Connector; name != "" && !known[name] {
		cfg.Connectors = append(cfg.Connectors, simulator.Connector{Name: name})
	}
	return cfg
}

// serve puts the handlers behind the ports. The web phone and the simulator's control API are on the app's
// port too, so that the page needs no other origin; the app itself knows nothing of them.
func (l *Local) serve(o Options, project *flows.Project) {
	sim := http.NewServeMux()
	sim.Handle("/", l.Sim.Handler())
	sim.Handle("/demo/billing/", backoffice.Handler())
	pages := phone.Handler(phone.Options{
		SimBase: "/sim/v1", AppAPI: "/api/v1", Token: APIToken, Numbers: phoneNumbers(project),
	})
	sim.Handle("/phone", phone.Handler(phone.Options{SimBase: "/sim/v1", Numbers: phoneNumbers(project)}))
	sim.Handle("/phone/", pages)
	l.sim.Serve(sim)

	app := l.App.Handler()
	if o.Wrap != nil {
		app = o.Wrap(app)
	}
	mux := http.NewServeMux()
	mux.Handle("/", app)
	mux.Handle("/phone", pages)
	mux.Handle("/phone/", pages)
	mux.Handle("/sim/v1/", l.Sim.Handler())
	l.app.Serve(mux)
}

func phoneNumbers(project *flows.Project) []phone.Number {
	var out []phone.Number
	for _, n := range project.Numbers {
		out = append(out, phone.Number{Number: n.Number, Name: project.Line})
	}
	return out
}

// Done tells when one of the listeners has ended by itself, which is an error.
func (l *Local) Done() <-chan error {
	out := make(chan error, 2)
	for _, d := range []<-chan error{l.app.Done(), l.sim.Done()} {
		go func() { out <- <-d }()
	}
	return out
}

// Close ends everything, calls under way first.
func (l *Local) Close() {
	l.stop()
	if l.Sim != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = l.Sim.Close(ctx)
	}
	for _, listener := range []*server.Listener{l.app, l.sim} {
		if listener != nil {
			_ = listener.Close()
		}
	}
	l.work.Wait()
	if l.App != nil {
		l.App.Close()
	}
	if l.files != "" {
		_ = os.RemoveAll(l.files)
	}
	if l.redis != nil {
		l.redis.Close()
	}
}
