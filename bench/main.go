// Command bench measures one turn of a call over HTTP with a real Redis, and in the same run two baselines: the
// floor (bare Gin with one EVALSHA) and the naive way (twilio-go's validator, GET, a looplab/fsm built for each
// request, SET, twilio-go/twiml). What counts is the ratio; absolute figures move with the machine.
//
// Each variant is a process of its own, measured in rotation: saturated (64 connections, each with the next
// request as soon as the answer is there) and at a steady rate (requests leave on a clock, so that waiting shows).
// It must not reach into the app: paydial is started through internal/server, as the command starts it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// settings of a run.
type settings struct {
	rounds      int
	duration    time.Duration
	connections int
	rate        int
	only        string
	profile     string // of the servers; the last one's stays
}

func main() {
	var s settings
	serve := flag.String("serve", "", "run one variant as a server (used by the command itself)")
	redis := flag.String("redis", "", "Redis to use with -serve")
	flag.StringVar(&s.profile, "cpuprofile", "", "write a CPU profile of the server here (with -only)")
	flag.IntVar(&s.rounds, "rounds", 5, "rounds; the medians are printed")
	flag.DurationVar(&s.duration, "duration", 3*time.Second, "length of one measurement")
	flag.IntVar(&s.connections, "connections", 64, "connections")
	flag.IntVar(&s.rate, "rate", 6000, "steady rate, turns a second")
	flag.StringVar(&s.only, "only", "", "variants to run, separated by commas")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *serve != "" {
		err = profiled(s.profile, func() error { return serveVariant(ctx, *serve, *redis) })
	} else {
		err = compare(ctx, s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// profiled runs f, with a CPU profile written to path unless that is "".
func profiled(path string, f func() error) error {
	if path == "" {
		return f()
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return f()
}

// compare runs every variant in rotation and prints the medians and their ratios to the naive one.
func compare(ctx context.Context, s settings) error {
	redisURL, stopRedis, err := startRedis()
	if err != nil {
		return err
	}
	defer stopRedis()
	names := variants()
	if s.only != "" {
		names = strings.Split(s.only, ",")
	}
	saturated, steady := map[string][]sample{}, map[string][]sample{}
	for round := range s.rounds {
		for _, name := range names {
			fmt.Fprintf(os.Stderr, "\rround %d of %d  %-24s", round+1, s.rounds, name)
			full, paced, err := measure(ctx, s, name, redisURL)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			saturated[name], steady[name] = append(saturated[name], full), append(steady[name], paced)
		}
	}
	fmt.Fprintf(os.Stderr, "\r%60s\r", "")
	fmt.Printf("One turn, %d connections, saturated; medians of %d rounds of %s\n\n", s.connections, s.rounds, s.duration)
	table(names, saturated, true)
	fmt.Printf("\nThe same at a steady %d turns a second\n\n", s.rate)
	table(names, steady, false)
	return nil
}

// table prints one line for each variant.
func table(names []string, samples map[string][]sample, ratios bool) {
	fmt.Printf("%-24s %10s %8s %9s %9s %9s %7s\n", "variant", "turns/s", "x naive", "p50 us", "p99 us", "p99.9 us", "errors")
	median := func(name string, of func(sample) float64) float64 {
		var v []float64
		for _, s := range samples[name] {
			v = append(v, of(s))
		}
		if len(v) == 0 {
			return 0
		}
		slices.Sort(v)
		return v[len(v)/2]
	}
	naive := median("naive", func(s sample) float64 { return s.perSecond })
	for _, name := range names {
		ratio := "-"
		if ratios && naive > 0 {
			ratio = fmt.Sprintf("%.2f", median(name, func(s sample) float64 { return s.perSecond })/naive)
		}
		fmt.Printf("%-24s %10.0f %8s %9.0f %9.0f %9.0f %7.0f\n", name,
			median(name, func(s sample) float64 { return s.perSecond }), ratio,
			median(name, func(s sample) float64 { return s.p50 }), median(name, func(s sample) float64 { return s.p99 }),
			median(name, func(s sample) float64 { return s.p999 }), median(name, func(s sample) float64 { return float64(s.errors) }))
	}
}
