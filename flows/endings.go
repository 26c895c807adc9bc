package flows

import "slices"

// endingMode tells what becomes of an ending that neither the step nor the flow's defaults speak of.
type endingMode int

const (
	mustLead endingMode = iota // nothing: it is an error not to say
	orNext                     // the next step; there must be one
	orEnd                      // the next step, and without one the end of the call
	orOver                     // the end of the call, or what is built in
	orClosed                   // what closed does: a holiday
)

// stepEnding is one way a step can end.
type stepEnding struct {
	name string
	mode endingMode
}

// stepEndings lists the ways a step can end, except the keys of a menu, the branches of if and choose, and the place
// a go leads to.
func stepEndings(step *Step) []stepEnding {
	var out []stepEnding
	switch v := step.Verb.(type) {
	case *Menu:
		out = must("gave_up")
	case *Ask:
		out = append([]stepEnding{{"ok", orNext}}, must("gave_up")...)
	case *Confirm:
		out = must("yes", "no", "gave_up")
	case *ChooseLanguage:
		out = []stepEnding{{"ok", orNext}}
	case *HoursCheck:
		out = append(must("open", "closed"), stepEnding{"holiday", orClosed})
	case *Lookup:
		out = must("found", "not_found", "failed")
	case *Submit:
		out = must("done", "refused", "failed")
	case *Pay:
		good := "paid"
		if v.Amount == nil {
			good = "saved"
		}
		out = append(must(good, "declined", "cancelled", "gave_up", "unavailable"), stepEnding{"unknown", orOver}, stepEnding{"hung_up", orOver})
	case *Transfer:
		out = append([]stepEnding{{"ended", orEnd}}, must("no_answer", "busy", "failed")...)
	case *Converse:
		out = append([]stepEnding{{"ended", orEnd}}, must("failed")...)
	case *Voicemail:
		out = []stepEnding{{"left", orEnd}, {"empty", orEnd}}
	case *TextMessage:
		out = []stepEnding{{"sent", orNext}, {"failed", orNext}}
	}
	if limited(step) && !slices.ContainsFunc(out, func(e stepEnding) bool { return e.name == "gave_up" }) {
		out = append(out, must("gave_up")...)
	}
	return out
}

func must(names ...string) []stepEnding {
	var out []stepEnding
	for _, n := range names {
		out = append(out, stepEnding{n, mustLead})
	}
	return out
}

// targetsOf lists every target that is written in a step, with the ending that leads there.
func targetsOf(step *Step) []Branch {
	out := slices.Clone(step.Then)
	switch v := step.Verb.(type) {
	case *Menu:
		for _, o := range v.Options {
			out = append(out, Branch{At: o.At, Ending: o.Key, Target: o.Target})
		}
	case *If:
		out = append(out, Branch{At: v.Then.At, Ending: "then", Target: v.Then})
		if v.Else != nil {
			out = append(out, Branch{At: v.Else.At, Ending: "else", Target: v.Else})
		}
	case *Go:
		out = append(out, Branch{At: v.Target.At, Target: v.Target})
	}
	return out
}

// limited tells whether a step has a target with at_most: when that is used up, the step ends in gave_up.
func limited(step *Step) bool {
	return slices.ContainsFunc(targetsOf(step), func(b Branch) bool { return b.Target.AtMost > 0 })
}

// leadOf is where an ending of a step leads by what is written: in the step's then, or in the flow's defaults.
// nil: nothing is written.
func (f *Flow) leadOf(step *Step, ending string) *Target {
	for _, b := range step.Then {
		if b.Ending == ending {
			return b.Target
		}
	}
	return f.Defaults.Endings[ending]
}

// isStop tells whether a step waits for something from outside before the call goes on.
func isStop(v Verb) bool {
	switch v.(type) {
	case *Menu, *Ask, *Confirm, *ChooseLanguage, *Pay, *Transfer, *Voicemail, *Converse, *RawTwiML, *HangUp, *OptOut:
		return true
	}
	return false
}
