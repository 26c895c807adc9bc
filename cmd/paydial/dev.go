//go:build !nosimulator

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/examples"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/server"
)

// Where dev listens when nothing else is said, and where call looks for it.
const (
	defaultListen    = "127.0.0.1:8080"
	defaultSimListen = "127.0.0.1:8090"
)

// devFlags are the flags of dev.
type devFlags struct {
	listen, simListen string
	services          []string
	connectors        connectorFlags
	outbound          outboundFlags
	region            string
	verbose           bool
}

func devCommand(s streams) *cobra.Command {
	var f devFlags
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Everything on this machine: app, simulated Twilio, a web phone",
		Long: "Run the app with a simulated Twilio, a sandbox gateway and a web phone, all in one process and in memory:\n" +
			"no account is needed. In a project directory it runs that project and reloads flows when you save them;\n" +
			"anywhere else it runs the built-in demo line. Not for production.\n\n" +
			"Secrets of the project's services come from the environment, or from a file .env in the project directory:\n" +
			"KEY=VALUE lines such as PAYDIAL_SECRET_BILLING_TOKEN=... What the environment has wins over the file.",
		Example: "  paydial dev\n  paydial dev --dir my-line\n" +
			"  paydial dev --listen 127.0.0.1:9080 --simulator-listen 127.0.0.1:9090",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return dev(cmd, s, f) },
	}
	cmd.Flags().StringVar(&f.listen, "listen", defaultListen, "address of the app")
	cmd.Flags().StringVar(&f.simListen, "simulator-listen", defaultSimListen, "address of the simulated Twilio")
	cmd.Flags().StringArrayVar(&f.services, "service", nil, "NAME=URL: reach a service of the project elsewhere (repeatable)")
	f.connectors.add(cmd)
	f.outbound.add(cmd)
	addRegion(cmd, &f.region)
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "also print the logs of the app and the simulator")
	return cmd
}

// dev runs everything until ctx ends. Files are watched before they are read, so that no save is missed.
func dev(cmd *cobra.Command, s streams, f devFlags) error {
	what, err := findProject(cmd, s)
	if err != nil {
		return err
	}
	saved, stop, err := watchFiles(what.watched())
	if err != nil {
		return fail(exitFailed, "watch %s: %v", what.dir, err)
	}
	defer stop()
	if err := what.read(s); err != nil {
		return err
	}
	if s, what.settings, err = withDotEnv(s, what.dir); err != nil {
		return err
	}
	tell := newNarrator(s)
	o, err := devOptions(s, f, what, tell)
	if err != nil {
		return err
	}
	all, findings, err := local.Start(cmd.Context(), o)
	if err != nil {
		return devFailure(s, err, findings)
	}
	defer all.Close()
	what.services = realServices(all.App.Projects.Current(), o.Services)
	end, err := tell.follow(cmd.Context(), all)
	if err != nil {
		return fail(exitFailed, "follow the calls: %v", err)
	}
	defer end()
	tell.banner(what)
	tell.warnings(findings)
	fmt.Fprintln(s.err, "ready")
	return devLoop(cmd.Context(), tell, saved, reloading{what.dir, changed(f.connectors.path(what.watched()))})
}

// devOptions is what to run, and how it is told.
func devOptions(s streams, f devFlags, what project, tell *narrator) (local.Options, error) {
	o := local.Options{
		Bundle: what.bundle, Rules: what.rules(), Region: f.region, Listen: f.listen, SimListen: f.simListen, Secret: secretFrom(s), Wrap: tell.watch,
		Log: tell.logger(f.verbose, "app"), SimLog: tell.logger(f.verbose, "twilio"),
	}
	var err error
	if o.Services, err = servicesFrom(f.services); err != nil {
		return o, err
	}
	if o.Connectors, err = f.connectors.read(what.watched()); err != nil {
		return o, err
	}
	if o.Crowd, err = f.outbound.read(); err != nil {
		return o, err
	}
	if o.CallsPerSecond = f.outbound.perSecond; o.Crowd != nil && o.Crowd.Pace == nil {
		pace := 1.0 // people watch
		o.Crowd.Pace = &pace
	}
	besideSimulator(what.bundle, o.Services)
	return o, nil
}

// besideSimulator lets services that are written at the simulator's usual address follow it to where it listens
// now, unless a flag says where they are.
func besideSimulator(bundle flows.Bundle, services map[string]string) {
	p, _ := flows.Load(bundle)
	for name, service := range p.Services {
		if path, ok := strings.CutPrefix(service.URL, "http://"+defaultSimListen+"/"); ok && services[name] == "" {
			services[name] = "{simulator}/" + path
		}
	}
}

// devFailure says why dev did not start.
func devFailure(s streams, err error, findings flows.Findings) error {
	var listen *local.ListenError
	switch {
	case errors.Is(err, server.ErrFindings):
		return tellFindings(s, findings)
	case errors.As(err, &listen) && listen.App:
		return listenFailure(err, listen.Addr, "listen")
	case errors.As(err, &listen):
		return listenFailure(err, listen.Addr, "simulator-listen")
	case errors.Is(err, local.ErrSimulator): // a connector or a number that it does not take
		return fail(exitUsage, "%v", err)
	}
	return fail(exitFailed, "start: %v", err)
}

// project is what dev runs.
type project struct {
	dir      string
	demo     bool
	bundle   flows.Bundle
	settings int      // in .env
	services []string // that are not on this machine
}

// findProject is the project in the directory that was named, or in the current one; where there is none, and
// none was named, it is the built-in demo line.
func findProject(cmd *cobra.Command, s streams) (project, error) {
	dir, err := projectDir(cmd, s)
	return project{dir: dir, demo: err == nil && !hasProject(dir) && namedDir(cmd, s) == ""}, err
}

// watched is the directory whose files are watched; none for the demo line.
func (p project) watched() string {
	if p.demo || !hasProject(p.dir) {
		return ""
	}
	return p.dir
}

// read reads the project's files.
func (p *project) read(s streams) (err error) {
	if p.demo {
		p.bundle, err = flows.ReadBundle(examples.BillPayment())
		return err
	}
	p.bundle, err = readProject(s, p.dir)
	return err
}

// reloading is what may have been saved.
type reloading struct {
	dir        string      // of the project
	connectors func() bool // their file has changed
}

// devLoop reloads what is saved, until ctx ends or a listener fails.
func devLoop(ctx context.Context, tell *narrator, saved <-chan struct{}, what reloading) error {
	broken := tell.app.Done()
	for {
		select {
		case <-ctx.Done():
			tell.say("·", "stopping")
			return nil
		case err := <-broken:
			return fail(exitFailed, "serve: %v", err)
		case <-saved:
			if what.connectors() {
				tell.say("!", "start dev again to pay through the connectors as they are now")
			}
			tell.reload(readProject(tell.s, what.dir))
		}
	}
}

// rules is where a project's own rule books are; the demo has none.
func (p project) rules() fs.FS {
	if p.demo {
		return nil
	}
	return os.DirFS(p.dir)
}
