package server

import (
	"fmt"
	"time"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/recordings"
)

// keptAtTwilio is how long Twilio's copy is kept behind ours where the project does not say.
const keptAtTwilio = 7 * 24 * time.Hour

// policies are a project's rules for recordings.
type policies struct{ project *flows.Project }

// Version names the project's files.
func (p policies) Version() string { return p.project.Hash }

// For finds the rules for a recording of a flow and a class.
func (p policies) For(string, string) recordings.Policy {
	rules := p.project.Recordings
	at := func(rule, text string) recordings.Origin {
		return recordings.Origin{Rule: "recordings." + rule, File: rules.At.File, Line: rules.At.Line, Text: rule + ": " + text}
	}
	keep := "forever"
	if rules.KeepFor > 0 {
		keep = fmt.Sprintf("%d days", rules.KeepFor/(24*time.Hour))
	}
	return recordings.Policy{
		KeepFor: rules.KeepFor, Archive: true, DeleteAtTwilio: true, DeleteAfter: keptAtTwilio,
		PauseForPayments: rules.PauseForPayments, OnHold: recordings.HoldEverywhere,
		KeepForAt: at("keep_for", keep), ArchiveAt: at("archive", "yes"), DeleteAfterAt: at("delete_at_twilio_after", "7 days"),
		PauseAt: at("pause_for_payments", "yes"), OnHoldAt: at("on_hold", recordings.HoldEverywhere),
	}
}
