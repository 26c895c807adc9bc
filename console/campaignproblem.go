package console

import (
	"errors"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/campaigns/contacts"
)

// The problems of campaigns and do-not-call lists.
var (
	problemCampaignsOff = problem{Code: "campaigns_off", Status: http.StatusNotFound, Title: "This server runs no campaigns",
		Help: "Start it with paydial serve or paydial dev, and a database."}
	problemNoCampaign = problem{Code: "no_such_campaign", Status: http.StatusNotFound, Title: "No such campaign",
		Help: "GET /api/v1/campaigns lists them."}
	problemNoPerson = problem{Code: "no_such_person", Status: http.StatusNotFound, Title: "Nobody of that id or number is in this campaign",
		Help: "GET /api/v1/campaigns/{name}/people lists them; those that the list's check refused are not among them."}
	problemExists = problem{Code: "campaign_exists", Status: http.StatusConflict, Title: "A campaign of this name is there already",
		Help: "Give the new one another name in its file: who was rung, and why, stays under the old one."}
	problemState = problem{Code: "campaign_state", Status: http.StatusConflict, Title: "That is not possible now",
		Help: "GET /api/v1/campaigns/{name} says how it stands. What was stopped or is completed stays so."}
	problemNoteNeeded = problem{Code: "note_needed", Status: http.StatusUnprocessableEntity, Title: "It paused by itself, so somebody has to look first",
		Help: "Find out why, and say in note what was done about it. The note stands under Changes."}
	problemConfirm = problem{Code: "confirm_needed", Status: http.StatusUnprocessableEntity, Title: "Stopping cannot be undone, so the name has to be repeated",
		Help: "Send the campaign's name in confirm. A pause can be undone."}
	problemFindings = problem{Code: "campaign_findings", Status: http.StatusUnprocessableEntity, Title: "The campaign's file has errors",
		Help: "The member findings says where each is and how to mend it. paydial lint tells the same."}
	problemList = problem{Code: "bad_list", Status: http.StatusUnprocessableEntity, Title: "The list cannot be read",
		Help: "Mend it, or save it again as CSV in UTF-8, and send it again."}
	problemUpload = problem{Code: "bad_upload", Status: http.StatusBadRequest, Title: "The upload is not what is meant here",
		Help: "Send multipart/form-data with the parts campaign, then a list for each file under never_call, then contacts, which comes last."}
	problemTooLarge = problem{Code: "too_large", Status: http.StatusRequestEntityTooLarge, Title: "That is more than is taken at once",
		Help: "A campaign's file may have 1 MB, and an upload 4 GB."}
	problemBecause = problem{Code: "because_needed", Status: http.StatusUnprocessableEntity, Title: "A reason is needed",
		Help: "Say in because why: it is kept with the number for good."}
	problemNumber = problem{Code: "bad_number", Status: http.StatusUnprocessableEntity, Title: "That is no phone number",
		Help: "Write it with its country, as +15550142001."}
	problemListName = problem{Code: "bad_list_name", Status: http.StatusUnprocessableEntity, Title: "No do-not-call list can have that name",
		Help: "A name has up to 64 letters, digits, dots, dashes and underscores, and begins with a letter or a digit."}
	problemNoList = problem{Code: "no_such_list", Status: http.StatusNotFound, Title: "No such do-not-call list",
		Help: "GET /api/v1/dnc lists them."}
	problemScope = problem{Code: "list_scope", Status: http.StatusConflict, Title: "The list's scope does not allow that",
		Help: "A list of numbers takes phone numbers only; keys of people and accounts go on lists of scope person or account."}
	problemNotListed = problem{Code: "not_on_list", Status: http.StatusNotFound, Title: "The number is not on that list",
		Help: "GET /api/v1/dnc/check?number= says which lists hold a number, and who took it off."}
)

func campaignProblems() []problem {
	return []problem{problemCampaignsOff, problemNoCampaign, problemNoPerson, problemExists, problemState, problemNoteNeeded, problemConfirm,
		problemFindings, problemList, problemUpload, problemTooLarge, problemBecause, problemNumber, problemListName, problemNoList, problemScope,
		problemNotListed}
}

// What this package itself finds wrong with a request about campaigns.
var (
	errNoPerson = errors.New("nobody of that id or number")
	errConfirm  = errors.New("confirm is not the campaign's name")
	errUpload   = errors.New("the upload is not what is meant")
	errTooLarge = errors.New("the upload is too large")
	errBecause  = errors.New("because is missing")
)

// campaignProblemOf is the problem that an error of campaigns means, if it is one of theirs.
func campaignProblemOf(err error) (problem, bool) {
	for _, each := range []struct {
		err error
		p   problem
	}{
		{errNoPerson, problemNoPerson}, {campaigns.ErrNotFound, problemNoCampaign}, {campaigns.ErrExists, problemExists},
		{campaigns.ErrNoteNeeded, problemNoteNeeded}, {errConfirm, problemConfirm}, {errBecause, problemBecause},
		{campaigns.ErrNotANumber, problemNumber}, {campaigns.ErrListName, problemListName}, {campaigns.ErrNoList, problemNoList},
		{campaigns.ErrScope, problemScope}, {campaigns.ErrNoWhy, problemBecause}, {campaigns.ErrNotOnList, problemNotListed},
		{errKeyMissing, problemKeyMissing}, {errKeyReused, problemKeyReused}, {errKeyRunning, problemKeyRunning},
	} {
		if errors.Is(err, each.err) {
			return each.p, true
		}
	}
	var large *http.MaxBytesError
	var file *campaigns.FileError
	var fault *contacts.Fault
	switch {
	case errors.As(err, &file):
		p := problemFindings
		p.Findings = file.Findings
		return p, true
	case errors.As(err, &fault):
		p := problemList.because(sentenceOf(fault.Error()))
		p.Fault = &listFault{Line: fault.Line, Column: fault.Column, What: fault.What, Found: fault.Found, Mend: fault.Mend}
		return p, true
	case errors.Is(err, campaigns.ErrState):
		return problemState.because(sentence(err, campaigns.ErrState)), true
	case errors.Is(err, errKeyForm):
		return problemBody.because(err.Error()), true
	case errors.As(err, &large), errors.Is(err, errTooLarge):
		return problemTooLarge, true
	case errors.Is(err, errUpload):
		return problemUpload.because(sentence(err, errUpload)), true
	}
	return problem{}, false
}

// listFault is where a list cannot be read.
type listFault struct {
	Line   int    `json:"line,omitempty"`
	Column string `json:"column,omitempty"`
	What   string `json:"what"`
	Found  string `json:"found,omitempty"`
	Mend   string `json:"mend,omitempty"`
}

// sentence is what an error says before the one that it wraps, or behind it, as a sentence; "" when that is all.
func sentence(err, end error) string {
	text, ok := strings.CutSuffix(err.Error(), ": "+end.Error())
	if !ok {
		if _, text, ok = strings.Cut(err.Error(), end.Error()+": "); !ok {
			return ""
		}
	}
	return sentenceOf(text)
}

// sentenceOf is a text with a capital and a full stop.
func sentenceOf(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(text[size:], ".") + "."
}
