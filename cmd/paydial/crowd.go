//go:build !nosimulator

package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/paydial/paydial/simulator/crowd"
)

// outboundFlags are the flags of calls that the app makes, in simulator and in dev.
type outboundFlags struct {
	crowd     string
	perSecond float64
}

func (f *outboundFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.crowd, "crowd", "", "file of the people who answer calls made over REST; its format: paydial help crowd")
	cmd.Flags().Float64Var(&f.perSecond, "calls-per-second", 1, "calls made over REST that begin in a second; others are queued; -1 is no limit")
}

// read reads the crowd's file; nil without one.
func (f outboundFlags) read() (*crowd.Crowd, error) {
	if f.perSecond == 0 {
		return nil, fail(exitUsage, "--calls-per-second 0: a number above 0 is meant, or -1 for no limit")
	}
	if f.crowd == "" {
		return nil, nil
	}
	text, err := os.ReadFile(f.crowd)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fail(exitNotFound, "there is no file %s", f.crowd)
		}
		return nil, fail(exitUsage, "--crowd: %v", err)
	}
	c, err := crowd.Read(text)
	if err != nil {
		return nil, fail(exitUsage, "%s: %v\npaydial help crowd explains the file", f.crowd, err)
	}
	return c, nil
}

// crowdTopic is help on the file of a crowd.
func crowdTopic() *cobra.Command {
	return &cobra.Command{Use: "crowd", Short: "People who answer calls of the simulator, and their file", Long: `A crowd answers calls that an app makes over REST to numbers that are not the
account's own. What a number does follows from the seed, the number and how
often it was rung, in whatever order calls are made. --crowd FILE, or over HTTP
PUT /sim/v1/crowd; GET tells what they did. Everything may be left out:

  seed: 7
  weights:                  # only these, when any is given
    pays: 30
    voicemail: 20
    no_answer: 10
  numbers:                  # call by call; the last word holds from then on
    "+15550120001": opts_out
    "+15550120002": [no_answer, pays]
  wishes:                   # options they look for, regular expressions
    pays: ["donate"]
  answers:                  # what they key in: keys, {number}, {last4} of it
    - { when: "member number", keys: "{number}#" }
  cards:                    # as paydial cards names them
    pays: mastercard
  pace: 1                   # 0 takes no time, 1 as long as people take
  patience: 30s             # how long they wait to be connected

  pays          goes where a payment is taken, and pays
  declined      the same, with a card that is declined
  opts_out      wants no more calls
  person        asks for somebody to speak with
  later         asks to be called another day
  wrong_person  is not who was meant
  hangs_up      soon, or when something is asked
  silent        listens, and presses nothing
  unclear       detection cannot tell; pays
  voicemail     a greeting and a beep; voicemail_no_beep, voicemail_talks_on
  fax, busy, no_answer, failed`}
}
