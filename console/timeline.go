package console

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/payments"
	"github.com/paydial/paydial/sessions"
)

// row is one line of a call's timeline. Mood is good, bad, warn or "": it is said by Mark too, never by colour only.
type row struct {
	At    time.Time
	Clock string // time of day, on the project's clock
	After string // since the call began, "0:12"
	Mark  string
	Mood  string
	Kind  string
	Text  string
	Small string // a word more
}

// timeline turns a call's feed into rows.
func (c *Console) timeline(events []sessions.Event, began time.Time) []row {
	rows := make([]row, 0, len(events))
	for _, e := range events {
		r := describe(e.Kind, readFact(e))
		r.At, r.Kind, r.Clock = e.At, e.Kind, c.local(e.At).Format(time.TimeOnly)
		if !began.IsZero() {
			r.After = duration(e.At.Sub(began))
		}
		rows = append(rows, r)
	}
	return rows
}

// describe says an event in words.
func describe(kind string, f fact) row {
	switch kind {
	case "call":
		return describeCall(f)
	case "scene":
		return row{Mark: "▸", Text: f.Name}
	case "ending":
		return row{Mark: "·", Text: plain(f.Text), Small: f.Name}
	case "outcome":
		mood, mark := moodOf(f.Name)
		return row{Mark: mark, Mood: mood, Text: t("rowOutcome", "outcome", plain(f.Name))}
	case "effect":
		return row{Mark: "⇄", Text: strings.TrimSpace(plain(f.More["kind"])+" "+f.More["service"]) + ": " + plain(f.Text), Small: millis(f.More["ms"])}
	case "payment":
		return describePayment(f)
	case "pay":
		return describeField(f)
	case "desk":
		return describeDesk(f)
	case "note":
		return row{Mark: "✎", Text: f.Text}
	case "send":
		return row{Mark: "→", Text: t("rowSent", "event", f.Name)}
	case "flag":
		return row{Mark: "!", Mood: "warn", Text: f.Text}
	case "error":
		return row{Mark: "!", Mood: "bad", Text: f.Text, Small: f.More["at"]}
	case "fallback":
		return row{Mark: "!", Mood: "warn", Text: t("rowFallback"), Small: f.Name}
	}
	return row{Mark: "·", Text: strings.TrimSpace(plain(kind) + " " + f.Name + " " + f.Text), Small: rest(f)}
}

func describeCall(f fact) row {
	switch f.Name {
	case "started":
		return row{Mark: "☎", Text: t("rowCallFrom", "from", phone(f.More["from"])), Small: f.Text}
	case "ended":
		return row{Mark: "☎", Text: t("rowCallEnded"), Small: plain(f.Text)}
	}
	return row{Mark: "☎", Text: plain(f.Name), Small: f.More["status"]}
}

func describePayment(f fact) row {
	amount := strings.TrimSpace(f.More["amount"] + " " + f.More["currency"])
	if f.Name == "started" {
		return row{Mark: "▣", Text: t("rowPaymentStarted", "amount", amount)}
	}
	mood, mark := moodOf(f.Name)
	var more []string
	if amount != "" {
		more = append(more, amount)
	}
	if f.More["last4"] != "" {
		more = append(more, t("cardEnding", "brand", f.More["brand"], "last4", f.More["last4"]))
	}
	if f.More["confirmation"] != "" {
		more = append(more, f.More["confirmation"])
	}
	return row{Mark: mark, Mood: mood, Text: strings.TrimSpace(plain(f.Name) + " " + strings.Join(more, " · "))}
}

// describeField is one step of a payment's entry, as the phone network tells it: masked.
func describeField(f fact) row {
	r := row{Mark: "▣", Text: plain(f.Name)}
	if f.Text != "" {
		r.Mark, r.Mood, r.Text = "!", "warn", r.Text+": "+plain(f.Text)
	}
	if f.More["attempt"] != "" && f.More["attempt"] != "1" && f.More["attempt"] != "0" {
		r.Small = t("rowTry", "n", f.More["attempt"])
	}
	return r
}

// moodOf is how an outcome or a result feels, and the mark that says so without colour.
func moodOf(word string) (mood, mark string) {
	switch payments.State(word) {
	case payments.Paid, payments.Saved:
		return "good", "✓"
	case payments.Declined, payments.Unavailable:
		return "bad", "✗"
	case payments.Unknown:
		return "warn", "?"
	case payments.Cancelled, payments.GaveUp, payments.HungUp:
		return "warn", "✗"
	case payments.Started:
		return "", "…"
	}
	if word == "error" {
		return "bad", "!"
	}
	return "", "●"
}

// plain writes a code word as people do.
func plain(word string) string {
	return strings.NewReplacer("_", " ", "-", " ").Replace(word)
}

func millis(ms string) string {
	if ms == "" {
		return ""
	}
	return ms + " ms"
}

// rest is what else an event says, for kinds this page does not know.
func rest(f fact) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(f.More)) {
		if f.More[key] != "" {
			parts = append(parts, key+" "+f.More[key])
		}
	}
	return strings.Join(parts, " · ")
}
