package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.log, "log", "calls.ndjson", "the calls that were asked for, one JSON object a line")
	flag.StringVar(&o.people, "people", "people.csv", "the list: phone and time zone, with a header")
	flag.StringVar(&o.never, "never", "", "numbers that must not be rung, one a line")
	flag.StringVar(&o.hours, "hours", "08:00-21:00", "on the clock of who is rung")
	flag.IntVar(&o.perSecond, "per-second", 1, "calls that may be asked for in any second")
	flag.IntVar(&o.atOnce, "at-once", 0, "calls that may be live at once; 0: any number")
	flag.Float64Var(&o.slack, "slack", 2, "percent by which the mean pace may stay behind the limit while it is steady; 0: is not judged")
	flag.DurationVar(&o.lead, "lead", 5*time.Second, "how long the pace may take to become steady, at both ends")
	flag.Parse()
	v, err := run(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "dialaudit:", err)
		os.Exit(2)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	if err := out.Encode(v); err != nil {
		os.Exit(2)
	}
	if len(v.Problems) > 0 {
		os.Exit(1)
	}
}
