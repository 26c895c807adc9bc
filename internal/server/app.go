package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/console"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/ivr"
	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/recordings/archive"
	"github.com/paydial/paydial/recordings/transcripts"
	"github.com/paydial/paydial/sessions"
	"github.com/paydial/paydial/twilio"
)

// Config is what an App needs to know.
type Config struct {
	PublicURL   string   // what Twilio calls us by; signatures are checked over it
	AccountSID  string   // required
	AuthTokens  []string // required; a second one is taken during rotation, the first signs
	Region      string
	Edge        string
	TwilioURL   string // base URL of the REST API; "" for Twilio's own
	RedisURL    string // required
	DatabaseURL string // required
	Redis       sessions.Config
	Bundle      flows.Bundle
	DeskLimits  payments.Limits     // how long the desk waits for what
	Services    map[string]string   // service name to the URL that replaces the project's
	Secret      func(string) string // secret.* of services
	Console     console.Config      // Sessions, Ledger, Project, Access, Audit and Desk are filled in
	People      People
	Recordings  Recordings
	Outbound    Outbound
	Log         *slog.Logger
	Now         func() time.Time // nil: time.Now
}

// App is the running app without its listener.
type App struct {
	Sessions   *sessions.Store
	Ledger     *payments.Ledger
	Desk       *payments.Desk
	Recordings *recordings.Recordings
	// Transcripts is what was said on calls.
	Transcripts *transcripts.Store
	// Campaigns ring people.
	Campaigns *campaigns.Campaigns
	Audit     *audit.Log
	Access    *access.Access
	Projects  *ivr.Projects
	Findings  flows.Findings // of the bundle in use

	cfg     Config
	db      *db.DB
	archive archive.Archive // nil: no copies are kept
	rules   atomic.Pointer[policies]
	handler http.Handler
}

// DevAPIToken opens the API and the pages of an app that is only being tried: it works from this computer, by this
// computer's name, and only while the app's Twilio is on this computer too. It is published, so it is no secret.
const DevAPIToken = "dev-api-token" //nolint:gosec // of use on one computer only

// ErrFindings says that the project has errors; App.Findings or the findings returned beside it tell them.
var ErrFindings = errors.New("the project has errors")

// Open connects to Redis and the database, loads the flows and puts the handlers together. With ErrFindings the
// findings say what is wrong with the project.
func Open(ctx context.Context, cfg Config) (app *App, findings flows.Findings, err error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	app = &App{cfg: cfg}
	defer func(opened *App) { // app is nil again when an error is returned
		if err != nil {
			opened.Close()
		}
	}(app)
	project, findings := flows.Load(cfg.Bundle)
	if findings.Errors() {
		return nil, findings, ErrFindings
	}
	if err = app.openStores(ctx); err != nil {
		return nil, nil, err
	}
	app.Projects = ivr.NewProjects(app.Sessions, cfg.Log, cfg.Now)
	if err = app.Projects.Use(project, cfg.Bundle); err != nil {
		return nil, nil, err
	}
	app.Findings = findings
	if err = app.openDoors(); err != nil {
		return nil, nil, err
	}
	return app, findings, nil
}

// openStores connects to Redis and the database.
func (a *App) openStores(ctx context.Context) error {
	redis := a.cfg.Redis
	redis.URL = a.cfg.RedisURL
	var err error
	if a.Sessions, err = sessions.Open(ctx, redis); err != nil {
		return err
	}
	warnings, err := a.Sessions.CheckServer(ctx)
	if err != nil {
		return err
	}
	for _, w := range warnings {
		a.cfg.Log.Warn("redis: " + w)
	}
	if a.db, err = db.Open(ctx, a.cfg.DatabaseURL); err != nil {
		return err
	}
	if a.Ledger, err = payments.NewLedger(ctx, a.db); err != nil {
		return err
	}
	a.Ledger.Now = a.cfg.Now
	if a.Audit, err = audit.New(ctx, a.db); err != nil {
		return err
	}
	a.Audit.Now = a.cfg.Now
	if err = a.openTranscripts(ctx); err != nil {
		return err
	}
	return a.openAccess()
}

// openDoors puts the two doors together: Twilio's and people's.
func (a *App) openDoors() error {
	validator, err := twilio.NewValidator(a.cfg.PublicURL, a.cfg.AuthTokens...)
	if err != nil {
		return err
	}
	client, err := twilio.NewClient(twilio.Config{
		AccountSID: a.cfg.AccountSID, AuthToken: a.cfg.AuthTokens[0], BaseURL: a.cfg.TwilioURL,
		Region: a.cfg.Region, Edge: a.cfg.Edge,
	})
	if err != nil {
		return err
	}
	if err := a.openDesk(client); err != nil {
		return err
	}
	if err := a.openRecordings(client); err != nil {
		return err
	}
	if err := a.openCampaigns(client); err != nil {
		return err
	}
	door, err := ivr.New(ivr.Config{
		Validator: validator, Account: a.cfg.AccountSID, Sessions: a.Sessions, Ledger: a.Ledger, Desk: a.Desk,
		Projects: a.Projects, Twilio: client, Secret: a.cfg.Secret, Services: a.cfg.Services, OptOut: a.Campaigns.Lists(), Campaigns: a.Campaigns,
		Recordings: a.Recordings, Transcripts: a.Transcripts, PublicURL: a.cfg.PublicURL,
		Log: a.cfg.Log, Now: a.cfg.Now,
	})
	if err != nil {
		return err
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	figures := newMetrics(a.Sessions)
	engine.Use(a.recover, figures.watch)
	engine.HandleMethodNotAllowed = true
	if err := engine.SetTrustedProxies(a.cfg.People.Proxies); err != nil {
		return fmt.Errorf("set up http: %w", err)
	}
	door.Routes(engine)
	people := a.cfg.Console
	people.Sessions, people.Ledger, people.Project = a.Sessions, a.Ledger, a.Projects.Current
	people.Access, people.Audit, people.Desk, people.Recordings = a.Access, a.Audit, a.Desk, a.Recordings
	people.Campaigns, people.Transcripts, people.Pauses, people.Transcribed = a.Campaigns, a.Transcripts, a.silences, a.Transcripts.Of
	people.Log, people.Now = a.cfg.Log, a.cfg.Now
	desk := console.New(people)
	desk.Routes(engine)
	engine.GET("/metrics", append(desk.Guarded(access.Manage), gin.WrapH(figures.handler()))...)
	engine.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	engine.GET("/readyz", a.ready)
	a.handler = engine
	return nil
}

// openDesk puts together what agents take payments with. What happens there is told in the call's feed too.
func (a *App) openDesk(client *twilio.Client) (err error) {
	hush := ivr.Hush{Sessions: a.Sessions, Twilio: client, PublicURL: a.cfg.PublicURL}
	a.Desk, err = payments.NewDesk(context.Background(), payments.DeskConfig{
		Redis: a.Sessions.Redis(), Ledger: a.Ledger, Twilio: client, PublicURL: a.cfg.PublicURL, Limits: a.cfg.DeskLimits, Audit: a.Audit,
		Changed: ivr.TellDesk(a.Sessions, a.cfg.Log), Noted: a.noted, Hush: hush.Stop, Unhush: hush.Start,
		Log: a.cfg.Log, Now: a.cfg.Now,
	})
	return err
}

// Handler answers every request of the app.
func (a *App) Handler() http.Handler { return a.handler }

// Reload loads a changed project. With errors in it the last good one stays in use; the findings say why.
func (a *App) Reload(bundle flows.Bundle) (flows.Findings, error) {
	project, findings := flows.Load(bundle)
	if findings.Errors() {
		return findings, ErrFindings
	}
	return findings, a.Projects.Use(project, bundle)
}

// Work does what has to be done beside the calls, until ctx ends and what was begun is finished or given back: payments
// whose result never came are made unknown, so that somebody looks at them, the desk does what time asks of it, recordings
// are copied, checked and deleted when they are due, and campaigns dial.
func (a *App) Work(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { a.Desk.Work(ctx) })
	all.Go(func() { a.workOnRecordings(ctx) })
	all.Go(func() { a.Transcripts.Work(ctx) })
	all.Go(func() { a.workOnCampaigns(ctx) })
	defer all.Wait()
	tick := time.NewTicker(30 * time.Second)
	defer tick.Stop()
	for {
		n, err := a.Ledger.Sweep(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			a.cfg.Log.Error("sweep payments", "error", err)
		case n > 0:
			a.cfg.Log.Warn("payments without a result are now unknown", "payments", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// ready says whether calls can be answered: flows loaded, Redis and the database there.
func (a *App) ready(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), 2*time.Second)
	defer cancel()
	if err := a.Sessions.Ping(ctx); err != nil {
		c.String(http.StatusServiceUnavailable, "redis does not answer\n")
		return
	}
	if err := a.db.Ping(ctx); err != nil {
		c.String(http.StatusServiceUnavailable, "the database does not answer\n")
		return
	}
	c.String(http.StatusOK, "ready\n")
}

// recover keeps a panic from taking the server down. What panicked is not logged as a value: it could hold
// what a caller keyed.
func (a *App) recover(c *gin.Context) {
	defer func() {
		v := recover()
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) { // an answer that cannot be finished has to break off
			panic(v)
		}
		if v != nil {
			a.cfg.Log.Error("panic", "path", c.Request.URL.Path, "type", fmt.Sprintf("%T", v), "stack", stack())
			c.AbortWithStatus(http.StatusInternalServerError)
		}
	}()
	c.Next()
}

// Close lets go of Redis and the database.
func (a *App) Close() {
	if a.Desk != nil {
		a.Desk.Close()
	}
	if a.Sessions != nil {
		_ = a.Sessions.Close()
	}
	if a.db != nil {
		_ = a.db.Close()
	}
}
