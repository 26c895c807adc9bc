package caller

import (
	"context"
	"fmt"
	"strings"
)

// Hand does what a person at the terminal asks for, one line at a time.
type Hand struct{ player *player }

// Hand returns the hand of a person who is on the call; the script gives the card.
func (c *Caller) Hand(sid string, s Script) *Hand {
	return &Hand{&player{caller: c, sid: sid, cards: s.Cards}}
}

// Do does one line: keys, "." to stay silent, "h" to hang up. An empty line types the card's field where <Pay>
// waits for one, and does nothing elsewhere.
func (h *Hand) Do(ctx context.Context, waiting, line string) error {
	field, inPay := strings.CutPrefix(waiting, "pay:")
	switch {
	case line == "" && inPay:
		return h.player.pay(ctx, waiting, field)
	case line == "":
		return nil
	case line == ".":
		return h.player.act(ctx, waiting, Silence)
	case line == HangUp:
		return h.player.act(ctx, waiting, HangUp)
	case strings.Trim(line, "0123456789*#") != "":
		return fmt.Errorf("%q: keys are 0-9 * #", line)
	}
	return h.player.act(ctx, waiting, line)
}
