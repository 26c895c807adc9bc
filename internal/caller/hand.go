package caller

import (
	"context"
	"fmt"
	"strings"
)

// Processing is what a call waits for while the connector is asked: nothing can be pressed then.
const Processing = "pay:payment-processing"

// Hand does what a person at the terminal asks for, one line at a time.
type Hand struct{ player *player }

// Hand returns the hand of a person who is on the call; the script gives the card.
func (c *Caller) Hand(sid string, s Script) *Hand {
	return &Hand{&player{caller: c, sid: sid, cards: s.Cards}}
}

// Do does one line: keys, "." to stay silent, "h" to hang up. Inside <Pay> an empty line types the card's field,
// and the name of a test card chooses that card from there on.
func (h *Hand) Do(ctx context.Context, waiting, line string) error {
	field, inPay := strings.CutPrefix(waiting, "pay:")
	switch line {
	case ".", Silence:
		return h.player.act(ctx, waiting, Silence)
	case HangUp:
		return h.player.act(ctx, waiting, HangUp)
	case "":
		if inPay {
			return h.player.pay(ctx, waiting, field)
		}
		return nil
	}
	if strings.Trim(line, "0123456789*#") == "" {
		return h.player.act(ctx, waiting, line)
	}
	if !inPay {
		return fmt.Errorf("%q: press 0-9 * #, or . to stay silent, h to hang up", line)
	}
	chosen, err := ParseCards(line)
	if err != nil {
		return err
	}
	h.player.cards, h.player.begun = chosen, false
	return h.player.pay(ctx, waiting, field)
}
