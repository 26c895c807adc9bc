package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/internal/server"
)

func workerCommand(s streams) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Do the work beside the calls, such as keeping recordings",
		Long: "Do the work beside the calls, with the settings of serve: copy recordings into the archive, check the copies,\n" +
			"delete what is due, find what was not told; find payments without a result; do what time asks of the desk.\n" +
			"serve does it too, unless it is started with --with-worker=false. Any number may run beside each other.\n" +
			"Interrupted, it finishes what is under way or leaves it so that another one goes on there.",
		Example: "  PAYDIAL_ARCHIVE_URL=s3://acme-recordings/calls paydial worker --workers 8",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return work(cmd, s, f) },
	}
	addFlags(cmd, serveSettings)
	f.add(cmd)
	cmd.Flags().IntVar(&f.workers, "workers", 4, "recordings that are copied at once")
	cmd.Flags().IntVar(&f.dialers, "dialers", 10, "calls of campaigns that are asked for at once; how fast is the campaign's matter")
	return cmd
}

// work does the work until ctx ends.
func work(cmd *cobra.Command, s streams, f serveFlags) error {
	if f.workers < 1 || f.workers > 100 {
		return fail(exitUsage, "--workers %d: 1 to 100 are meant", f.workers)
	}
	if f.dialers < 1 || f.dialers > 100 {
		return fail(exitUsage, "--dialers %d: 1 to 100 are meant", f.dialers)
	}
	v, err := needed(cmd, s)
	if err != nil {
		return err
	}
	log, err := newLogger(s, f.logLevel, f.logFormat)
	if err != nil {
		return err
	}
	app, err := openApp(cmd, s, v, f, log)
	if err != nil {
		return err
	}
	defer app.Close()
	log.Info("working", "archive", v.get("archive-url"), "workers", f.workers)
	fmt.Fprintln(s.err, "ready")
	app.Work(cmd.Context())
	log.Info("stopped")
	return nil
}

// startWork does the work in the background. What it returns waits for its end, which begins when ctx ends or is called.
func startWork(ctx context.Context, app *server.App) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		app.Work(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}
