package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/recordings"
)

// policies are a project's rules for recordings.
type policies struct {
	project *flows.Project
	version string
}

// policies are the rules of the project in use. They are asked for with every row and every tick, so they are worked out
// once for a project.
func (a *App) policies() recordings.Policies {
	project := a.Projects.Current()
	known := a.rules.Load()
	if known == nil || known.project != project {
		known = newPolicies(project)
		a.rules.Store(known)
	}
	return known
}

func newPolicies(project *flows.Project) *policies {
	p := &policies{project: project}
	p.version = p.named()
	return p
}

// Version names what the rules say.
func (p *policies) Version() string { return p.version }

// named works out the version. Where the rules stand is not in it: a line that moved changes no date.
func (p *policies) named() string {
	type section struct {
		Flow  string
		Rules recordings.Policy
	}
	var all []section
	add := func(flow string, classes map[string]flows.RecordingRules) {
		for _, class := range append(slices.Sorted(maps.Keys(classes)), "") {
			rules := p.For(flow, class)
			for _, at := range []*recordings.Origin{&rules.KeepForAt, &rules.ArchiveAt, &rules.DeleteAfterAt, &rules.PauseAt, &rules.OnHoldAt} {
				*at = recordings.Origin{}
			}
			all = append(all, section{Flow: flow, Rules: rules})
		}
	}
	add("", p.project.Recordings.Classes)
	for _, name := range slices.Sorted(maps.Keys(p.project.Flows)) {
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

// For finds the rules for a recording of a flow and a class.
func (p *policies) For(flow, class string) recordings.Policy {
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
