//go:build !nosimulator

package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/internal/local"
	"github.com/paydial/paydial/internal/server"
	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/backoffice"
	"github.com/paydial/paydial/simulator/phone"
)

// simulatorFlags are the flags of simulator.
type simulatorFlags struct {
	listen      string
	numbers     []string
	connectors  connectorFlags
	outbound    outboundFlags
	region      string
	manualClock bool
	attempts    int
	repeats     string
	partial     string
	pciMode     string
	autoAnswer  string
	pace        float64
	seed        uint64
	logLevel    string
}

func simulatorCommand(s streams) *cobra.Command {
	var f simulatorFlags
	cmd := &cobra.Command{
		Use:   "simulator",
		Short: "The Twilio look-alike alone, for an app that runs elsewhere",
		Long: "A Twilio look-alike: it speaks Twilio's REST API, runs TwiML, executes <Pay> against a sandbox gateway,\n" +
			"signs its webhooks, and has a web phone. Nothing is kept. Not for production.",
		Example: "  paydial simulator --number +15550100000=http://127.0.0.1:8080/voice",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return simulate(cmd.Context(), s, f) },
	}
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8090", "address to listen on")
	cmd.Flags().StringArrayVar(&f.numbers, "number", nil,
		"NUMBER=URL: ringing NUMBER requests URL; its status callback is URL/status, its fallback URL/fallback (repeatable)")
	f.connectors.add(cmd)
	f.outbound.add(cmd)
	addRegion(cmd, &f.region)
	cmd.Flags().IntVar(&f.attempts, "pay-attempts", 0, "how often <Pay> asks for a field when maxAttempts does not say (default 2)")
	cmd.Flags().StringVar(&f.repeats, "pay-repeats", "resend",
		"resend or silent: what the Payments API does about a request that comes twice")
	cmd.Flags().StringVar(&f.partial, "final-partial", "",
		"false: PartialResult in the last status callback of a Payments API field; left out by default")
	cmd.Flags().StringVar(&f.pciMode, "pci-mode", "on", "on or off: whether the account begins in PCI Mode")
	cmd.Flags().StringVar(&f.autoAnswer, "auto-answer", "", "human, machine, machine-no-beep, machine-talks-on, fax or unclear: who picks up calls made over REST; nobody by default")
	cmd.Flags().Float64Var(&f.pace, "pace", 0, "how long speech takes: 0 no time, 1 as long as people take")
	cmd.Flags().BoolVar(&f.manualClock, "manual-clock", false, "time moves only by POST /sim/v1/clock")
	cmd.Flags().Uint64Var(&f.seed, "seed", 0, "draw the same SIDs in every run with the same seed; 0 draws new ones")
	cmd.Flags().StringVar(&f.logLevel, "log-level", "info", "debug, info, warn or error")
	cmd.Flags().SortFlags = false
	return cmd
}

// simulate runs the simulator until ctx ends.
func simulate(ctx context.Context, s streams, f simulatorFlags) error {
	log, err := newLogger(s, f.logLevel, "text")
	if err != nil {
		return err
	}
	cfg := simulator.Config{
		Region:   f.region,
		Accounts: []simulator.Account{{SID: local.AccountSID, AuthToken: local.AuthToken}},
		PCIMode:  f.pciMode, ManualClock: f.manualClock, PayAttempts: f.attempts, PayRepeats: f.repeats, FinalPartial: f.partial, AutoAnswer: f.autoAnswer, Pace: f.pace, Seed: f.seed, Logger: log,
	}
	if f.attempts < 0 || f.attempts > 3 {
		return fail(exitUsage, "--pay-attempts %d: 1 to 3 is meant, as in maxAttempts", f.attempts)
	}
	if cfg.Numbers, err = numbersFrom(f.numbers); err != nil {
		return err
	}
	if cfg.Connectors, err = f.connectors.read(""); err != nil {
		return err
	}
	if cfg.Crowd, err = f.outbound.read(); err != nil {
		return err
	}
	cfg.CallsPerSecond = f.outbound.perSecond
	listener, err := server.Listen(f.listen)
	if err != nil {
		return listenFailure(err, f.listen, "listen")
	}
	defer listener.Close()
	cfg.PublicURL = listener.URL()
	sim, err := simulator.New(cfg)
	if err != nil {
		return fail(exitUsage, "%v", err)
	}
	listener.Serve(simulatorHandler(sim, cfg.Numbers))
	p := palette(colourful(s, s.out))
	fmt.Fprintf(s.out, "\n  Twilio   %s   simulated: nothing is kept\n  Phone    %s\n  Account  %s\n  Token    %s\n",
		p.cyan(listener.URL()), p.cyan(listener.URL()+"/phone"), local.AccountSID, local.AuthToken)
	for _, n := range cfg.Numbers {
		fmt.Fprintf(s.out, "  Number   %s → %s\n", spaced(n.Number), n.VoiceURL)
	}
	fmt.Fprintf(s.out, "\n  Ctrl-C to quit\n\n")
	fmt.Fprintln(s.err, "ready")
	select {
	case <-ctx.Done():
	case err = <-listener.Done():
	}
	end, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = sim.Close(end)
	if err != nil {
		return fail(exitFailed, "serve: %v", err)
	}
	return nil
}

// simulatorHandler is the simulator with its phone and the demo's back office.
func simulatorHandler(sim *simulator.Simulator, numbers []simulator.Number) http.Handler {
	var shown []phone.Number
	for _, n := range numbers {
		shown = append(shown, phone.Number{Number: n.Number, Name: n.Number})
	}
	pages := phone.Handler(phone.Options{SimBase: "/sim/v1", Numbers: shown})
	mux := http.NewServeMux()
	mux.Handle("/", sim.Handler())
	mux.Handle("/demo/billing/", backoffice.Handler())
	mux.Handle("/phone", pages)
	mux.Handle("/phone/", pages)
	return mux
}

// numbersFrom reads --number flags.
func numbersFrom(flags []string) ([]simulator.Number, error) {
	var out []simulator.Number
	for _, f := range flags {
		number, url, ok := strings.Cut(f, "=")
		if !ok || !strings.HasPrefix(number, "+") || !strings.HasPrefix(url, "http") {
			return nil, fail(exitUsage, "--number %q: write +15550100000=http://127.0.0.1:8080/voice", f)
		}
		base := strings.TrimSuffix(url, "/")
		out = append(out, simulator.Number{Number: number, VoiceURL: url, StatusURL: base + "/status", FallbackURL: base + "/fallback"})
	}
	return out, nil
}
