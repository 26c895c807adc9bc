//go:build !nosimulator

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/spf13/cobra"

	"github.com/paydial/paydial/examples"
	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/server"
)

// saveSettles is how long dev waits after a file changed: editors write in several steps.
const saveSettles = 150 * time.Millisecond

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
		Short: "Everything on this machine: the app, a simulated Twilio, a web phone; no account needed",
		Long: "Run the app with a simulated Twilio, a sandbox gateway and a web phone, all in one process and in memory.\n" +
			"In a project directory it runs that project and reloads flows when you save them; anywhere else it runs the\n" +
			"built-in demo line. Not for production.",
		Example: "  paydial dev\n  paydial dev --dir my-line",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return dev(cmd, s, f) },
	}
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8080", "address of the app")
	cmd.Flags().StringVar(&f.simListen, "simulator-listen", "127.0.0.1:8090", "address of the simulated Twilio")
	cmd.Flags().StringArrayVar(&f.services, "service", nil, "NAME=URL: reach a service of the project elsewhere (repeatable)")
	cmd.Flags().StringArrayVar(&f.connectors, "connector", nil, "NAME[=URL][,cards=any][,mode=live]: one more Pay Connector (repeatable)")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "also print the app's log")
	return cmd
}

// dev runs everything until ctx ends.
func dev(cmd *cobra.Command, s streams, f devFlags) error {
	dir, err := projectDir(cmd, s)
	if err != nil {
		return err
	}
	bundle, demo, err := devProject(dir)
	if err != nil {
		return err
	}
	tell := newNarrator(s)
	o := local.Options{
		Bundle: bundle, Listen: f.listen, SimListen: f.simListen, Secret: secretFrom(s), Wrap: tell.watch,
		Log: devLogger(s, f.verbose), SimLog: devLogger(s, f.verbose),
	}
	if o.Services, err = servicesFrom(f.services); err != nil {
		return err
	}
	if o.Connectors, err = connectorsFrom(f.connectors); err != nil {
		return err
	}
	if demo && o.Services["billing"] == "" {
		o.Services["billing"] = "{simulator}/demo/billing"
	}
	all, findings, err := local.Start(cmd.Context(), o)
	if errors.Is(err, server.ErrFindings) {
		return tellFindings(s, findings)
	}
	if err != nil {
		return fail(exitFailed, "%v", err)
	}
	defer all.Close()
	if err := tellFindings(s, findings); err != nil {
		return err
	}
	tell.banner(all, dir, demo)
	fmt.Fprintln(s.err, "ready")
	return devLoop(cmd.Context(), all, tell, watched(dir, demo))
}

// devProject is the project of dir, or the built-in demo line where there is none.
func devProject(dir string) (b flows.Bundle, demo bool, err error) {
	if hasProject(dir) {
		b, err = readProject(dir)
		return b, false, err
	}
	b, err = flows.ReadBundle(examples.BillPayment())
	return b, true, err
}

// watched is the directory whose files are watched: none for the demo line.
func watched(dir string, demo bool) string {
	if demo {
		return ""
	}
	return dir
}

// devLoop tells what happens and reloads what is saved, until ctx ends or a listener fails.
func devLoop(ctx context.Context, all *local.Local, tell *narrator, dir string) error {
	go tell.follow(ctx, all)
	saved, stop, err := watchFiles(dir)
	if err != nil {
		return fail(exitFailed, "watch %s: %v", dir, err)
	}
	defer stop()
	for {
		select {
		case <-ctx.Done():
			tell.say("  ·", "stopping")
			return nil
		case err := <-all.Done():
			return fail(exitFailed, "serve: %v", err)
		case <-saved:
			reload(all, tell, dir)
		}
	}
}

// reload takes a saved project; a broken one never takes the last good one down.
func reload(all *local.Local, tell *narrator, dir string) {
	bundle, err := readProject(dir)
	if err != nil {
		tell.say("  ·", err.Error())
		return
	}
	before := all.App.Projects.Current().Hash
	findings, err := all.App.Reload(bundle)
	switch {
	case err != nil:
		tell.findings(findings)
		tell.say("  ·", "not reloaded: calls go on with the last good version "+before[:4])
	case bundle.Hash() != before:
		tell.findings(findings)
		tell.say("  ·", "reloaded "+before[:4]+" → "+bundle.Hash()[:4]+"; calls under way finish on the version they began with")
	}
}

// watchFiles sends a word for each burst of changes below dir; none for "".
func watchFiles(dir string) (saved <-chan struct{}, stop func(), err error) {
	if dir == "" {
		return nil, func() {}, nil
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, nil, err
	}
	for _, d := range []string{dir, filepath.Join(dir, "flows"), filepath.Join(dir, "shared"), filepath.Join(dir, "prompts")} {
		if err := w.Add(d); err != nil && d == dir {
			_ = w.Close()
			return nil, nil, err
		}
	}
	out := make(chan struct{}, 1)
	go func() {
		timer := time.NewTimer(time.Hour)
		timer.Stop()
		for {
			select {
			case e, ok := <-w.Events:
				if !ok {
					return
				}
				if filepath.Ext(e.Name) == ".yaml" {
					timer.Reset(saveSettles)
				}
			case <-w.Errors:
			case <-timer.C:
				select {
				case out <- struct{}{}:
				default:
				}
			}
		}
	}()
	return out, func() { _ = w.Close() }, nil
}

// devLogger is the app's log in dev: the narrator tells the story, so only warnings are printed unless asked.
func devLogger(s streams, verbose bool) *slog.Logger {
	level := slog.LevelError
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level}))
}
