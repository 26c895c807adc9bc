//go:build !nosimulator

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/paydial/paydial/internal/caller"
)

// lookEvery is how often a person at the terminal is told what is new.
const lookEvery = 50 * time.Millisecond

// waitWords say what a call waits for, to somebody who types.
var waitWords = map[string]string{
	"gather": "keys", "dial": "ringing, h hangs up", "record": "recording, # ends it",
	"pay:payment-card-number": "card number", "pay:expiration-date": "expiry, MMYY", "pay:postal-code": "zip code",
	"pay:security-code": "security code", "pay:bank-routing-number": "routing number", "pay:bank-account-number": "account number",
}

// byHand lets a person be the caller: what is heard is printed, a line of keys is pressed each time the line
// waits. The end of the input hangs up.
func byHand(ctx context.Context, s streams, hand *caller.Hand, look func() (caller.State, error)) (caller.State, error) {
	p := palette(colourful(s, s.out))
	fmt.Fprintln(s.out, p.dim("Type keys and Enter. A point stays silent, h hangs up. When the card is asked\n"+
		"for, Enter alone types the test card; a name such as declined chooses another.\n"))
	lines := readLines(ctx, s)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	said, shown := 0, 0
	for {
		st, err := look()
		if err != nil {
			return st, err
		}
		for ; said < len(st.Heard); said++ {
			fmt.Fprintln(s.out, "  "+hanging(st.Heard[said].Text, 2))
		}
		if st.Over() {
			return st, nil
		}
		waits := st.WaitingFor != "" && st.WaitingFor != caller.Processing
		if waits && st.WaitingID != shown {
			shown = st.WaitingID
			fmt.Fprint(s.out, p.cyan("  "+waitFor(st.WaitingFor)+" › "))
		}
		var typed <-chan string
		if waits {
			typed = lines
		}
		select {
		case <-ctx.Done():
			return st, ctx.Err()
		case line, ok := <-typed:
			if !ok {
				line = caller.HangUp
			}
			if err := hand.Do(ctx, st.WaitingFor, line); err != nil {
				fmt.Fprintln(s.out, p.red("  "+hanging(err.Error(), 2)))
			}
			shown = 0 // more keys may be wanted
		case <-tick.C:
		}
	}
}

// waitFor says what the call waits for.
func waitFor(waiting string) string {
	if words := waitWords[waiting]; words != "" {
		return words
	}
	return waiting
}
