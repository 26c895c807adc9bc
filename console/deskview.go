package console

import (
	"time"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/payments"
)

// assistedView is an agent-assisted payment as the API shows it: the desk's own document, with its amount in words.
type assistedView struct {
	payments.Assisted
	Amount money `json:"amount"`
}

func viewAssisted(a payments.Assisted) assistedView {
	if a.Fields == nil {
		a.Fields = []payments.Field{}
	}
	if a.Required == nil {
		a.Required = []string{}
	}
	if a.Log == nil {
		a.Log = []payments.LogLine{}
	}
	return assistedView{Assisted: a, Amount: viewMoney(a.Amount)}
}

// offerView is what a flow would take now, without what only the connector needs to know.
type offerView struct {
	Intent      payments.Intent `json:"intent"`
	Amount      money           `json:"amount"`
	Limit       *money          `json:"limit,omitempty"` // most that this call may still charge
	Reference   string          `json:"reference"`
	Connector   string          `json:"connector"`
	Method      string          `json:"method"`
	BankAccount string          `json:"bank_account_type,omitempty"`
	TokenType   string          `json:"token_type,omitempty"`
	Cards       []string        `json:"cards,omitempty"`
	AskCode     bool            `json:"ask_code"`
	AskPostal   bool            `json:"ask_postal"`
	PostalCode  string          `json:"postal_code,omitempty"`
}

// handoverView is a call at the desk as the API shows it.
type handoverView struct {
	CallSID   string          `json:"call_sid"`
	From      string          `json:"from"`
	To        string          `json:"to"`
	Flow      string          `json:"flow"`
	Scene     string          `json:"scene"`
	Team      string          `json:"team"`
	Language  string          `json:"language"`
	At        time.Time       `json:"at"`
	AgentSees []payments.Seen `json:"agent_sees"`
	Offer     *offerView      `json:"offer"` // null when the flow cannot say
	Detour    string          `json:"detour,omitempty"`
}

func viewHandover(h payments.Handover) handoverView {
	v := handoverView{
		CallSID: h.Call, From: h.From, To: h.To, Flow: h.Flow, Scene: h.Scene, Team: h.Team, Language: h.Language,
		At: h.At, AgentSees: h.AgentSees, Detour: h.Detour,
	}
	if v.AgentSees == nil {
		v.AgentSees = []payments.Seen{}
	}
	if o := h.Offer; o != nil {
		v.Offer = &offerView{
			Intent: o.Intent, Amount: viewMoney(o.Amount), Reference: o.Reference, Connector: o.Connector, Method: o.Method,
			BankAccount: o.BankAccount, TokenType: o.TokenType, Cards: o.Cards, AskCode: o.AskCode, AskPostal: o.AskPostal,
			PostalCode: o.PostalCode,
		}
		if o.Limit.Currency != "" {
			limit := viewMoney(o.Limit)
			v.Offer.Limit = &limit
		}
	}
	return v
}

func viewHandovers(all []payments.Handover) []handoverView {
	out := make([]handoverView, 0, len(all))
	for _, h := range all {
		out = append(out, viewHandover(h))
	}
	return out
}

// meView is who sits at the desk.
type meView struct {
	ID    string        `json:"id"`
	Name  string        `json:"name"`
	Roles []access.Role `json:"roles"`
	Can   []string      `json:"can"` // of take_payments, take_over, raise_amount, see_audit
}

func viewMe(p access.Principal) meView {
	me := meView{ID: p.ID, Name: p.Name, Roles: p.Roles, Can: []string{}}
	for _, permission := range []access.Permission{access.TakePayments, access.TakeOver, access.RaiseAmount, access.SeeAudit} {
		if p.Can(permission) {
			me.Can = append(me.Can, string(permission))
		}
	}
	return me
}

// deskView is everything that somebody may see at the desk now.
type deskView struct {
	Now       time.Time      `json:"now"` // the server's clock, by which times like until are to be read
	Me        meView         `json:"me"`
	Handovers []handoverView `json:"handovers"`
	Payments  []assistedView `json:"payments"`
}
