package console

import (
	"strings"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/rules"
)

// checksView is what rules said, and where each of them is explained.
type checksView struct {
	Checks []rules.Check
	At     string // "/campaigns/spring/rules"
}

// stands is how somebody stands, in a line: why they are called, or not. Word is the reason as commands, files and the API
// write it; More is what the rule said.
type stands struct{ Head, Word, More string }

// standsOf says it on the page of a person; it decides as campaigns does for the line that commands print.
func standsOf(w campaigns.Why, state campaigns.State, now time.Time) stands {
	p, d := w.Person, w.Decision
	switch {
	case p.State == campaigns.PersonCalling:
		return stands{Head: t("stands.calling", "n", p.Attempts)}
	case p.State == campaigns.PersonDone && p.Outcome != "":
		after := t("stands.tries", "count", p.Attempts)
		if p.Attempts == 1 {
			after = t("stands.try")
		}
		return stands{t("stands.done", "outcome", plain(p.Outcome)) + ", " + after, p.Outcome, p.Text}
	case p.State == campaigns.PersonDone:
		return stands{t("stands.refused", "why", p.Reason.Words()), string(p.Reason), p.Text}
	case state == campaigns.StateDraft:
		return stands{Head: t("stands.draft")}
	case d.Allowed && !p.Next.After(now):
		return stands{Head: t("stands.ready")}
	case d.Allowed:
		return stands{Head: t("stands.later"), More: p.Text}
	}
	key := "stands.wait"
	if d.Next.IsZero() {
		key = "stands.never"
	}
	var failed []string
	for _, one := range d.Checks {
		if !one.Passed {
			failed = append(failed, one.Text)
		}
	}
	return stands{t(key, "why", d.Reason.Words()), string(d.Reason), strings.Join(failed, "; ")}
}
