package server

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/recordings"
)

// policies are a project's rules for recordings.
type policies struct{ project *flows.Project }

// Version names what the rules say. Where they stand is not in it: a line that moved changes no date.
func (p policies) Version() string {
	type section struct {
		Flow  string
		Rules recordings.Policy
	}
	var all []section
	add := func(flow string, classes map[string]flows.RecordingRules) {
		for _, class := range append(keys(classes), "") {
			rules := p.For(flow, class)
			for _, at := range []*recordings.Origin{&rules.KeepForAt, &rules.ArchiveAt, &rules.DeleteAfterAt, &rules.PauseAt, &rules.OnHoldAt} {
				*at = recordings.Origin{}
			}
			all = append(all, section{Flow: flow, Rules: rules})
		}
	}
	add("", p.project.Recordings.Classes)
	for _, name := range keys(p.project.Flows) {
		add(name, p.project.Recordings.Classes)
		add(name, p.project.Flows[name].Recordings.Classes)
	}
	raw, err := json.Marshal(all)
	if err != nil { // it is made of texts and numbers
		return p.project.Hash
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// keys are a map's keys in order.
func keys[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, cmp.Compare[string])
	return out
}

// For finds the rules for a recording of a flow and a class.
func (p policies) For(flow, class string) recordings.Policy {
	rules := p.project.RecordingRulesFor(flow, class)
	out := recordings.Policy{
		Class: rules.Class, KeepFor: rules.KeepFor.Value, Archive: rules.Archive.Value,
		DeleteAtTwilio: rules.DeleteAtTwilioAfter.Value != flows.Never, PauseForPayments: rules.PauseForPayments.Value,
		OnHold:    recordings.HoldEverywhere,
		KeepForAt: origin(rules.KeepFor), ArchiveAt: origin(rules.Archive), DeleteAfterAt: origin(rules.DeleteAtTwilioAfter),
		PauseAt: origin(rules.PauseForPayments), OnHoldAt: origin(rules.OnHold),
	}
	if out.DeleteAtTwilio {
		out.DeleteAfter = rules.DeleteAtTwilioAfter.Value
	}
	if rules.OnHold.Value == flows.KeepArchiveCopy {
		out.OnHold = recordings.HoldOurs
	}
	return out
}

// origin is where a rule stands.
func origin[T any](r flows.Rule[T]) recordings.Origin {
	return recordings.Origin{Rule: r.Key, File: r.At.File, Line: r.At.Line, Text: r.Text}
}
