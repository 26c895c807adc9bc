//go:build !nosimulator

package main

import (
	"context"
	"errors"
	"fmt"
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
	connectors        []string
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
	cmd.Flags().StringArrayVar(&f.connectors, "connector", nil, "NAME[=URL][,cards=any][,mode=live]: one more Pay Connector (repeatable)")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "also print the logs of the app and the simulator")
	return cmd
}

// dev runs everything until ctx ends.
func dev(cmd *cobra.Command, s streams, f devFlags) error {
	what, err := devProject(cmd, s)
	if err != nil {
		return err
	}
	if s, what.settings, err = withDotEnv(s, what.dir); err != nil {
		return err
	}
	tell := newNarrator(s)
	o := local.Options{
		Bundle: what.bundle, Listen: f.listen, SimListen: f.simListen, Secret: secretFrom(s), Wrap: tell.watch,
		Log: tell.logger(f.verbose, "app"), SimLog: tell.logger(f.verbose, "twilio"),
	}
	if o.Services, err = servicesFrom(f.services); err != nil {
		return err
	}
	if o.Connectors, err = connectorsFrom(f.connectors); err != nil {
		return err
	}
	besideSimulator(what.bundle, o.Services)
	all, findings, err := local.Start(cmd.Context(), o)
	if err != nil {
		return devFailure(s, err, findings)
	}
	defer all.Close()
	tell.app = all
	what.services = realServices(all.App.Projects.Current(), o.Services)
	tell.banner(what)
	tell.warnings(findings)
	fmt.Fprintln(s.err, "ready")
	return devLoop(cmd.Context(), tell, what)
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
	dir      string // "" for the demo line
	demo     bool
	bundle   flows.Bundle
	settings int      // in .env
	services []string // that are not on this machine
}

// devProject is the project of the directory that was named, or of the current one; where there is none, and
// none was named, it is the built-in demo line.
func devProject(cmd *cobra.Command, s streams) (p project, err error) {
	if p.dir, err = projectDir(cmd, s); err != nil {
		return p, err
	}
	if hasProject(p.dir) || namedDir(cmd, s) != "" {
		p.bundle, err = readProject(s, p.dir)
		return p, err
	}
	p.demo = true
	p.bundle, err = flows.ReadBundle(examples.BillPayment())
	return p, err
}

// devLoop tells what happens and reloads what is saved, until ctx ends or a listener fails.
func devLoop(ctx context.Context, tell *narrator, what project) error {
	dir := what.dir
	if what.demo {
		dir = ""
	}
	saved, stop, err := watchFiles(dir)
	if err != nil {
		return fail(exitFailed, "watch %s: %v", dir, err)
	}
	defer stop()
	feed, err := tell.follow(ctx)
	if err != nil {
		return fail(exitFailed, "follow the calls: %v", err)
	}
	defer feed()
	for {
		select {
		case <-ctx.Done():
			tell.say("·", "stopping")
			return nil
		case err := <-tell.app.Done():
			return fail(exitFailed, "serve: %v", err)
		case <-saved:
			tell.reload(readProject(tell.s, dir))
		}
	}
}
