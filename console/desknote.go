package console

import (
	"context"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/paydial/paydial/access"
	"github.com/paydial/paydial/flows/speak"
	"github.com/paydial/paydial/payments"
)

// wrapUp keeps how a call with a payment ended, and the agent's note. The audit log has the outcome, not the note.
func (c *Console) wrapUp(g *gin.Context) {
	var in struct {
		Note    string          `json:"note"`
		Outcome payments.WrapUp `json:"outcome"`
	}
	c.change(g, &in, wish{action: "payment.note"}, func(ctx context.Context, w *wish) (payments.Assisted, error) {
		return c.Desk.Note(ctx, w.by, w.id, in.Outcome, in.Note)
	}, func(w *wish) {
		for _, known := range payments.WrapUps() {
			if in.Outcome == known { // no other text of a client's
				w.detail = string(known)
			}
		}
	})
}

// sendReceipt sends the receipt of a payment to the caller.
func (c *Console) sendReceipt(ctx context.Context, w *wish) (payments.Assisted, error) {
	return c.Desk.SendReceipt(ctx, w.by, w.id, receiptText(c.Project().Line))
}

// receiptText writes receipts of a line: what was paid for, with what, and the confirmation.
func receiptText(line string) func(a payments.Assisted, language string) string {
	return func(a payments.Assisted, language string) string {
		pack := speak.For(language)
		words, with := receiptWords[pack.Language], ""
		if a.Last4 != "" {
			with = strings.TrimSpace(pack.Brand(a.Brand) + " " + words.ending + " " + a.Last4)
		}
		means := words.card
		if a.Method == "ach-debit" {
			means = words.bank
		}
		var text strings.Builder
		for _, part := range []struct{ text, value string }{
			{"{value}: ", line}, {words.received, pack.Write("money", speak.Money(a.Amount.Minor, a.Amount.Currency))}, {words.reference, a.Reference},
			{means, with}, {words.confirmation, a.Confirmation},
		} {
			if part.value != "" {
				text.WriteString(strings.ReplaceAll(part.text, "{value}", part.value))
			}
		}
		return text.String() + ". " + words.thanks
	}
}

// receiptWords are the parts of a receipt, by language.
var receiptWords = map[string]struct{ received, reference, card, bank, ending, confirmation, thanks string }{
	"en-US": {"we received {value}", " for {value}", ". Card: {value}", ". Bank account: {value}", "ending in", ". Confirmation: {value}", "Thank you."},
	"es-US": {"recibimos {value}", " por {value}", ". Tarjeta: {value}", ". Cuenta bancaria: {value}", "terminada en", ". Confirmación: {value}", "Gracias."},
}

// callNote is an agent's wrap-up on the page of its call.
type callNote struct{ Agent, Outcome, Amount, Text string }

// notesOn are the wrap-ups of a call's payments that somebody may see: their own, a supervisor everybody's.
func (c *Console) notesOn(g *gin.Context, call string) ([]callNote, error) {
	who := c.principal(g)
	if c.Desk == nil || !who.Can(access.TakePayments) && !who.Can(access.SeeAudit) {
		return nil, nil
	}
	all, err := c.Desk.On(g.Request.Context(), c.reader(g), call)
	var out []callNote
	for _, a := range all {
		if a.WrapUp != "" {
			out = append(out, callNote{a.Agent, deskWords["wrap."+string(a.WrapUp)], a.Amount.String(), a.Note})
		}
	}
	return out, err
}
