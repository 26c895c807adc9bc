package connector

import (
	"slices"

	"github.com/paydial/paydial/simulator/paysession"
)

// Kind is the make of a connector. All but Generic are look-alikes: their gateways' own protocols are not
// published as Twilio uses them, so they speak ours to a sandbox that plays the gateway, and look like theirs from
// the application's side.
type Kind string

// The kinds. Twilio documents what each gives as PaymentToken and ProfileId.
// Source: https://www.twilio.com/docs/voice/api/payment-resource#statuscallback-cancelcomplete
const (
	Generic      Kind = "generic"
	Stripe       Kind = "stripe"
	Braintree    Kind = "braintree"
	CardConnect  Kind = "cardconnect"
	Chase        Kind = "chase" // Chase Paymentech
	BaseCommerce Kind = "base-commerce"
	ACI          Kind = "aci"
	Shuttle      Kind = "shuttle"
)

// Kinds lists every kind, Generic first.
func Kinds() []Kind {
	return []Kind{Generic, Stripe, Braintree, CardConnect, Chase, BaseCommerce, ACI, Shuttle}
}

// Regions are Twilio's regions in which payments can be taken, the default first.
// Source: https://www.twilio.com/docs/voice/twiml/pay
func Regions() []string { return []string{"us1", "ie1", "au1"} }

// Abilities are what a connector can do.
type Abilities struct {
	Tasks      []paysession.Method
	Methods    []paysession.PaymentMethod
	TokenTypes []string
	Currencies []string // ISO 4217 in lower case; nil: whatever the gateway takes
	Regions    []string
}

// Abilities is what a kind can do. Published are the token types and the regions; which kinds take bank accounts
// is our own choice, as is that each takes every currency: see docs/fidelity.md.
func (k Kind) Abilities() Abilities {
	a := Abilities{
		Tasks:      []paysession.Method{paysession.Charge, paysession.Tokenize},
		Methods:    []paysession.PaymentMethod{paysession.CreditCard, paysession.ACHDebit},
		TokenTypes: []string{"one-time", "reusable"},
		Regions:    Regions(),
	}
	switch k {
	case Stripe:
		a.TokenTypes = append(a.TokenTypes, "payment-method")
		a.Regions = a.Regions[:1]
	case ACI:
		a.Methods = a.Methods[:1]
		a.Regions = a.Regions[:1]
	case Shuttle:
		a.Methods = a.Methods[:1]
	case Generic, Braintree, CardConnect, Chase, BaseCommerce:
	}
	return a
}

// Narrowed is what of these abilities a connector has whose own lists are given: each that is not nil takes the
// place of the kind's.
func (a Abilities) Narrowed(own Abilities) Abilities {
	return Abilities{
		Tasks: or(own.Tasks, a.Tasks), Methods: or(own.Methods, a.Methods), TokenTypes: or(own.TokenTypes, a.TokenTypes),
		Currencies: or(own.Currencies, a.Currencies), Regions: or(own.Regions, a.Regions),
	}
}

func or[T any](own, kinds []T) []T {
	if own != nil {
		return own
	}
	return kinds
}

// required are the parameters that a kind wants in a document.
// Sources: https://www.twilio.com/docs/api/errors/64014 and .../64015
func (k Kind) required(cfg paysession.Config) (code int, names []string) {
	given := func(name string) bool {
		return slices.ContainsFunc(cfg.Parameters, func(p paysession.Parameter) bool { return p.Name == name && p.Value != "" })
	}
	var missing []string
	want := func(names ...string) {
		for _, name := range names {
			if !given(name) {
				missing = append(missing, name)
			}
		}
	}
	if k == Generic { // what its gateway wants is between it and the application
		return 0, nil
	}
	if cfg.Method == paysession.ACHDebit {
		if want("AVSName"); missing != nil {
			return CodeAVSName, missing
		}
	}
	if k == Braintree {
		want("MerchantAccountId")
		if cfg.Description != "" || given("description") {
			want("name", "kind", "quantity", "totalAmount", "unitAmount")
		}
	}
	return CodeParameter, missing
}

func (c *Client) kind() Kind {
	if c.Kind == "" {
		return Generic
	}
	return c.Kind
}
