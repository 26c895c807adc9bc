package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/console"
	"github.com/paydial/paydial/internal/server"
	"github.com/paydial/paydial/sessions"
)

// serveFlags are the flags of serve that are no settings.
type serveFlags struct {
	services     []string
	withWorker   bool
	logLevel     string
	logFormat    string
	autoPipeline bool
	workers      int // of worker
	dialers      int // of worker
}

func serveCommand(s streams) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer Twilio's webhooks and serve the pages",
		Long: "Answer Twilio's webhooks and serve the pages. Several may run beside each other on one Redis and one\n" +
			"Postgres: any of them can answer any turn of any call.",
		Example: "  PAYDIAL_PUBLIC_URL=https://pay.example.com PAYDIAL_REDIS_URL=redis://localhost:6379 \\\n" +
			"  TWILIO_ACCOUNT_SID=AC... TWILIO_AUTH_TOKEN_FILE=/run/secrets/twilio paydial serve --dir my-line",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd, s, f) },
	}
	addFlags(cmd, serveSettings)
	f.add(cmd)
	cmd.Flags().BoolVar(&f.withWorker, "with-worker", true, "also do the work beside the calls, as the command worker does")
	cmd.Flags().BoolVar(&f.autoPipeline, "redis-auto-pipeline", false, "batch Redis commands: more turns when saturated, later answers at a steady rate")
	return cmd
}

// add gives cmd the flags that serve and worker share.
func (f *serveFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.services, "service", nil, "NAME=URL: reach a service of the project elsewhere (repeatable)")
	cmd.Flags().StringVar(&f.logLevel, "log-level", "info", "debug, info, warn or error")
	cmd.Flags().StringVar(&f.logFormat, "log-format", "text", "text or json")
}

// needed are the settings without which nothing can be served.
func needed(cmd *cobra.Command, s streams) (values, error) {
	v, err := resolve(cmd, s, serveSettings)
	if err != nil {
		return nil, err
	}
	if err := v.need(s, "public-url", "account-sid", "auth-token", "redis-url"); err != nil {
		return nil, err
	}
	return v, v.checkURL("public-url")
}

// serve runs the app until ctx ends.
func serve(cmd *cobra.Command, s streams, f serveFlags) error {
	ctx := cmd.Context()
	v, err := needed(cmd, s)
	if err != nil {
		return err
	}
	log, err := newLogger(s, f.logLevel, f.logFormat)
	if err != nil {
		return err
	}
	listener, err := server.Listen(v.get("listen"))
	if err != nil {
		return listenFailure(err, v.get("listen"), "listen")
	}
	defer listener.Close()
	app, err := openApp(cmd, s, v, f, log)
	if err != nil {
		return err
	}
	defer app.Close()
	listener.Serve(app.Handler())
	log.Info("serving", "listen", listener.URL(), "public_url", v.get("public-url"), "flows", app.Projects.Current().Hash[:8])
	switch people := peopleAccess(v); {
	case people.LoopbackOnly:
		log.Info("Twilio is simulated on this computer: the API and the pages are open from here, with the token " + server.DevAPIToken)
	case len(people.Tokens) == 0 && !app.Access.On():
		log.Warn("no PAYDIAL_API_TOKEN is set and nobody can sign in: the JSON API and the pages are off")
	}
	fmt.Fprintln(s.err, "ready")
	if f.withWorker {
		working := startWork(ctx, app)
		defer working() // before the app is closed
	}
	select {
	case <-ctx.Done():
		log.Info("stopping: answers under way are finished first")
		return listener.Close()
	case err := <-listener.Done():
		return fail(exitFailed, "serve: %v", err)
	}
}

// openApp reads the project and connects everything.
func openApp(cmd *cobra.Command, s streams, v values, f serveFlags, log *slog.Logger) (*server.App, error) {
	dir, err := projectDir(cmd, s)
	if err != nil {
		return nil, err
	}
	bundle, err := readProject(s, dir)
	if err != nil {
		return nil, err
	}
	services, err := servicesFrom(f.services)
	if err != nil {
		return nil, err
	}
	tokens := []string{v.get("auth-token")}
	if next := v.get("auth-token-next"); next != "" {
		tokens = append(tokens, next)
	}
	people, err := peopleFrom(v, dir)
	if err != nil {
		return nil, err
	}
	app, findings, err := server.Open(cmd.Context(), server.Config{
		PublicURL: v.get("public-url"), AccountSID: v.get("account-sid"), AuthTokens: tokens,
		Region: v.get("twilio-region"), Edge: v.get("twilio-edge"), TwilioURL: v.get("twilio-api-url"),
		RedisURL: v.get("redis-url"), DatabaseURL: v.get("database-url"),
		Redis:      sessions.Config{AutoPipeline: f.autoPipeline},
		Recordings: server.Recordings{Archive: v.get("archive-url"), Spool: v.get("spool"), Workers: f.workers},
		Outbound:   server.Outbound{Workers: f.dialers, Rules: os.DirFS(dir)},
		Bundle:     bundle, Services: services, Secret: secretFrom(s), Console: peopleAccess(v), People: people, Log: log,
	})
	if errors.Is(err, server.ErrFindings) {
		return nil, tellFindings(s, findings)
	}
	if err != nil {
		return nil, startFailure(err, v)
	}
	return app, tellFindings(s, findings)
}

// peopleFrom says who may sign in.
func peopleFrom(v values, dir string) (server.People, error) {
	p := server.People{File: usersFile(v.get("users"), dir), OIDC: access.OIDC{
		Issuer: v.get("oidc-issuer"), ClientID: v.get("oidc-client-id"), ClientSecret: v.get("oidc-client-secret"),
		RolesClaim: v.get("oidc-roles-claim"),
	}}
	if secret := v.get("session-secret"); secret != "" {
		p.Secret = []byte(secret)
	}
	if p.OIDC.Issuer != "" {
		if err := v.checkURL("oidc-issuer"); err != nil {
			return p, err
		}
		if strings.HasPrefix(p.OIDC.Issuer, "http:") && !onThisComputer(p.OIDC.Issuer) {
			return p, fail(exitUsage, "PAYDIAL_OIDC_ISSUER has to be https: %s", redacted(p.OIDC.Issuer))
		}
		if p.OIDC.ClientID == "" {
			return p, fail(exitUsage, "PAYDIAL_OIDC_ISSUER is set, and PAYDIAL_OIDC_CLIENT_ID is not")
		}
	}
	for _, proxy := range strings.FieldsFunc(v.get("trusted-proxies"), func(r rune) bool { return r == ',' || r == ' ' }) {
		_, err := netip.ParsePrefix(proxy)
		if _, err2 := netip.ParseAddr(proxy); err != nil && err2 != nil {
			return p, fail(exitUsage, "PAYDIAL_TRUSTED_PROXIES: %q is neither an address nor a network such as 10.0.0.0/8", proxy)
		}
		p.Proxies = append(p.Proxies, proxy)
	}
	return p, nil
}

// startFailure says what does not let the app start, and which setting leads there.
func startFailure(err error, v values) error {
	setting := v["redis-url"]
	if strings.Contains(err.Error(), "database") {
		setting = v["database-url"]
	}
	if strings.HasPrefix(err.Error(), "archive: ") {
		return fail(exitUsage, "PAYDIAL_ARCHIVE_URL: %v", err)
	}
	if errors.Is(err, access.ErrShortSecret) {
		return fail(exitUsage, "PAYDIAL_SESSION_SECRET: %v", err)
	}
	var network *net.OpError
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network) {
		return fail(exitUnreachable, "nothing answers at %s, %s: %v", setting.env, redacted(setting.text), err)
	}
	return fail(exitFailed, "start: %v", err)
}

// peopleAccess says who may read the API and the pages.
func peopleAccess(v values) console.Config {
	switch {
	case v.get("api-token") != "":
		return console.Config{Tokens: []string{v.get("api-token")}}
	case onThisComputer(v.get("twilio-api-url")) && onThisComputer(v.get("public-url")):
		return console.Config{Tokens: []string{server.DevAPIToken}, LoopbackOnly: true}
	}
	return console.Config{}
}

// onThisComputer tells whether a URL names a loopback address.
func onThisComputer(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

// newLogger is the log of the server, on stderr.
func newLogger(s streams, level, format string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fail(exitUsage, "--log-level %q: there are debug, info, warn and error", level)
	}
	switch o := (&slog.HandlerOptions{Level: l}); format {
	case "text":
		return slog.New(slog.NewTextHandler(s.err, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(s.err, o)), nil
	}
	return nil, fail(exitUsage, "--log-format %q: there are text and json", format)
}
