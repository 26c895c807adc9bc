package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/paydial/paydial/flows"
	"github.com/paydial/paydial/payments"
)

// deskProblem is an answer of the API that says what went wrong (RFC 9457).
type deskProblem struct {
	Status  int                `json:"status"`
	Title   string             `json:"title"`
	Detail  string             `json:"detail"`
	Code    string             `json:"code"`
	Help    string             `json:"help"`
	Path    string             `json:"instance"`
	Payment *payments.Assisted `json:"payment"`

	Findings flows.Findings `json:"findings"` // of a campaign's file
}

func (p *deskProblem) Error() string {
	if p.Title == "" {
		return fmt.Sprintf("the app answered %d", p.Status)
	}
	return strings.TrimSpace(p.Title + ". " + p.Detail)
}

// problemIn reads an answer that is no success. One that is not the API's keeps its status only.
func problemIn(status int, body []byte) *deskProblem {
	p := &deskProblem{}
	_ = json.Unmarshal(body, p)
	p.Status = status
	return p
}

// safetyCodes are the problems in which a rule that keeps callers from harm said no.
var safetyCodes = map[string]bool{"reason_needed": true, "not_settled": true, "already_paid": true, "card_digits": true,
	"note_needed": true}

// exitOf is the exit code that a problem means.
func (p *deskProblem) exitOf() int {
	switch {
	case safetyCodes[p.Code]:
		return exitSafety
	case p.Code == "api_off", p.Status == http.StatusUnauthorized, p.Status == http.StatusForbidden:
		return exitRefused
	case p.Code == "no_such_field", p.Code == "bad_query", p.Code == "bad_body", p.Code == "hold_names_nothing", p.Code == "why_needed":
		return exitUsage
	case p.Code == "confirm_needed", p.Code == "because_needed", p.Code == "bad_number", p.Code == "bad_list_name", p.Code == "bad_upload":
		return exitUsage
	case p.Code == "campaign_findings", p.Code == "bad_list":
		return exitFindings
	case p.Status == http.StatusNotFound:
		return exitNotFound
	case p.Status == http.StatusConflict:
		return exitConflict
	case p.Status == http.StatusBadGateway:
		return exitUnreachable
	}
	return exitFailed
}

// failure is what a person is told of an error: what the API says, and what to do about it at a terminal.
func (c *deskClient) failure(err error) error {
	var p *deskProblem
	var told *exitError
	var broken brokenOff
	switch {
	case errors.As(err, &p):
		lines := []string{p.Error()}
		if help := c.help(p); help != "" {
			lines = append(lines, help)
		}
		return fail(p.exitOf(), "%s", strings.Join(lines, "\n"))
	case errors.As(err, &told), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &broken):
		return fail(exitUnreachable, "%v", broken)
	case errors.Is(err, context.DeadlineExceeded):
		return fail(exitUnreachable, "the app at %s takes too long to answer", c.app)
	}
	return fail(exitUnreachable, "the app does not answer at %s: give its address with --app", c.app)
}

// help is what to do about a problem, in commands where there are some.
func (c *deskClient) help(p *deskProblem) string {
	id, pays := "", c.self+" payments"
	if p.Payment != nil {
		id = p.Payment.ID
	}
	switch {
	case p.Code == "not_signed_in":
		return "Set PAYDIAL_API_TOKEN, or PAYDIAL_API_TOKEN_FILE, to the token of the app at " + c.app + "."
	case p.Code == "other_screen" && id != "":
		return "Take it over first: " + pays + " take-over " + id
	case p.Code == "call_busy" && id != "":
		return "Go on with it, or cancel it: " + pays + " cancel " + id
	case p.Code == "fields_missing" && p.Payment != nil:
		var names []string
		for _, field := range p.Payment.Required {
			names = append(names, fieldWord(field))
		}
		return "Missing: " + strings.Join(names, ", ") + "\nAsk for it: " + pays + " ask " + id + " first"
	case p.Code == "wrong_stage" && p.Payment != nil:
		return "The payment is " + stageWord(p.Payment.Stage) + "."
	case p.Code == "reason_needed":
		return "Say why with --reason."
	case p.Code == "not_settled":
		return "Another charge could charge twice. Look at the earlier one: " + pays + " list --needs-look"
	case p.Code == "no_such_payment_here", p.Code == "no_such_payment":
		return "These are there: " + pays + " list"
	}
	return cmp.Or(recordingHelp(c.self, p.Code), campaignHelp(c.self, p), dncHelp(c.self, p), p.Help)
}
