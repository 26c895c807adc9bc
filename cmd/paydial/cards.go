//go:build !nosimulator

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/simulator/cards"
)

// behaviourWords say what the sandbox gateway does with a test card.
var behaviourWords = map[cards.Behaviour]string{
	cards.Approve: "approved", cards.Decline: "declined", cards.Insufficient: "declined: insufficient funds",
	cards.ExpiredCard: "declined: the card has expired", cards.WrongCode: "declined: the security code is wrong",
	cards.SlowAnswer: "approved, after a while", cards.NoAnswer: "the gateway does not answer",
	cards.Malformed: "the gateway answers nonsense", cards.LostAnswer: "charged, but the answer gets lost",
}

func cardsCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "cards",
		Short: "List the test cards, and what the sandbox gateway does with each",
		Long: "List the published test cards that the simulator takes, and what the sandbox gateway does with each. Any\n" +
			"expiry date to come and any security code go with them.",
		Example: "  paydial cards\n  paydial call --press 1,12345678,1 --card insufficient",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			for _, c := range cards.TestCards() {
				what := behaviourWords[c.Behaviour]
				if c.Unusable {
					what = "not valid, refused while it is keyed"
				}
				fmt.Fprintf(s.out, "  %-20s%-21s%s\n", c.Name, inGroups(c.Number), what)
			}
			_, err := fmt.Fprintf(s.out, "\n  %-20s%-21s%s\n  %-20s%-21s%s\n  %-20s%-21s%s\n\n  The connectors that take them: %s help connectors\n",
				"silent", "-", "keys nothing", "star", "-", "presses * and stops the payment", "hangup", "-", "hangs up", s.self)
			return err
		},
	}
}
