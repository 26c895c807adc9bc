//go:build !nosimulator

package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/paydial/paydial/internal/caller"
)

// byHand lets a person be the caller: what is heard is printed, a line of keys is pressed. Inside <Pay> an
// empty line types the card's next field.
func byHand(ctx context.Context, s streams, who *caller.Caller, sid string, script caller.Script) (caller.State, error) {
	p := palette(colourful(s, s.out))
	fmt.Fprintln(s.out, p.dim("keys and Enter · . stay silent · h hang up · inside <Pay> Enter alone types the test card"))
	lines := make(chan string)
	go func() {
		in := bufio.NewScanner(s.in)
		for in.Scan() {
			select {
			case lines <- strings.TrimSpace(in.Text()):
			case <-ctx.Done():
				return
			}
		}
	}()
	hand := who.Hand(sid, script)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	said, waited := 0, ""
	for {
		st, err := who.State(ctx, sid)
		if err != nil {
			return st, err
		}
		for ; said < len(st.Heard); said++ {
			fmt.Fprintln(s.out, "  "+st.Heard[said].Text)
		}
		if st.Over() {
			return st, nil
		}
		if st.WaitingFor != waited {
			if waited = st.WaitingFor; waited != "" {
				fmt.Fprint(s.out, p.cyan("  "+waited+" › "))
			}
		}
		select {
		case <-ctx.Done():
			return st, ctx.Err()
		case line := <-lines:
			waited = ""
			if err := hand.Do(ctx, st.WaitingFor, line); err != nil {
				fmt.Fprintln(s.out, p.red("  "+err.Error()))
			}
		case <-tick.C:
		}
	}
}
