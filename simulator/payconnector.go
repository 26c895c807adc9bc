package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/simulator/connector"
	"github.com/paydial/paydial/simulator/paysession"
)

// Connector is a Pay Connector, by which <Pay> and the Payment resource reach a payment gateway.
type Connector struct {
	Name string // default Default
	// Kind is generic, which is the default, or one of the look-alikes: stripe, braintree, cardconnect, chase,
	// base-commerce, aci and shuttle, which are always of the sandbox gateway.
	Kind string
	// URL is of a gateway that speaks the Generic Pay Connector's protocol; default the sandbox gateway.
	URL                string
	Username, Password string // at that gateway

	Cards string // any: every number that passes the checks is charged, and not only the published test cards
	// Mode is TEST or LIVE, which takes any card; default TEST. Approved says that Twilio has approved LIVE: without
	// it a LIVE connector takes nothing (64024).
	Mode     string
	Approved bool

	Timeout time.Duration // of one try; default 10 s
	Retries int           // default 5; negative: none

	// What it can do, where that is less than its kind can; nil: the same.
	Can        []string // charge, tokenize
	Methods    []string // credit-card, ach-debit
	Currencies []string // ISO 4217; nil: any
	Regions    []string // us1, ie1, au1

	Broken       bool // its configuration is not complete (64001)
	Unauthorized bool // the sandbox gateway does not let it in (64009)
}

// ConnectorError says what is wrong with a Connector.
type ConnectorError struct {
	Connector string // its name
	Field     string // as in a connectors file: url, mode, ...
	Why       string
}

func (e *ConnectorError) Error() string { return fmt.Sprintf("connector %q: %s", e.Connector, e.Why) }

// ReadyConnectors are those that are always there unless others have their names: Default and sandbox, which are
// generic, and one look-alike of each kind, named like it.
func ReadyConnectors() []Connector {
	out := []Connector{{Name: DefaultConnector}, {Name: SandboxConnector}}
	for _, k := range connector.Kinds() {
		if k != connector.Generic {
			out = append(out, Connector{Name: string(k), Kind: string(k)})
		}
	}
	return out
}

// Validate says what is wrong with a connector, as a *ConnectorError; nil is nothing.
func (c Connector) Validate() error {
	c = c.withDefaults()
	wrong := func(field, format string, args ...any) error {
		return &ConnectorError{Connector: c.Name, Field: field, Why: fmt.Sprintf(format, args...)}
	}
	generic := c.Kind == string(connector.Generic)
	switch {
	case !slices.Contains(connector.Kinds(), connector.Kind(c.Kind)):
		return wrong("kind", "kind %q: one of %s is meant", c.Kind, joined(connector.Kinds()))
	case c.Mode != "TEST" && c.Mode != "LIVE":
		return wrong("mode", "mode %q: TEST or LIVE is meant", c.Mode)
	case c.Cards != "" && c.Cards != "any":
		return wrong("cards", "cards %q: any, or nothing, is meant", c.Cards)
	case c.URL != "" && !generic:
		return wrong("url", "%s connectors are look-alikes of the sandbox gateway: only a generic one has a url", c.Kind)
	case c.URL != "" && checkURL(c.URL) != nil:
		return wrong("url", "%v", checkURL(c.URL))
	case c.URL != "" && !secure(c.URL):
		return wrong("url", "card numbers go to https or loopback addresses only")
	case c.URL != "" && c.Unauthorized:
		return wrong("unauthorized", "unauthorized is for the sandbox gateway: give a wrong password instead")
	}
	return c.validateLists(wrong)
}

// validateLists checks what the connector can do against what its kind can.
func (c Connector) validateLists(wrong func(string, string, ...any) error) error {
	kind := connector.Kind(c.Kind).Abilities()
	for _, list := range []struct {
		field string
		own   []string
		kinds []string
	}{
		{"can", c.Can, words(kind.Tasks)}, {"methods", c.Methods, words(kind.Methods)}, {"regions", c.Regions, kind.Regions},
	} {
		if list.own != nil && len(list.own) == 0 {
			return wrong(list.field, "%s is empty: leave it out for all of %s", list.field, strings.Join(list.kinds, ", "))
		}
		for _, word := range list.own {
			if !slices.Contains(list.kinds, word) {
				return wrong(list.field, "%s %q: %s connectors have %s", list.field, word, c.Kind, strings.Join(list.kinds, ", "))
			}
		}
	}
	if c.Currencies != nil && len(c.Currencies) == 0 {
		return wrong("currencies", "currencies is empty: leave it out for all")
	}
	for _, code := range c.Currencies {
		if len(code) != 3 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz") != "" {
			return wrong("currencies", "currencies %q: codes in lower case such as usd are meant", code)
		}
	}
	return nil
}

func (c Connector) withDefaults() Connector {
	if c.Name == "" {
		c.Name = DefaultConnector
	}
	if c.Kind == "" {
		c.Kind = string(connector.Generic)
	}
	if c.Mode == "" {
		c.Mode = "TEST"
	}
	return c
}

// abilities is what it can do.
func (c Connector) abilities() connector.Abilities {
	own := connector.Abilities{Currencies: c.Currencies, Regions: c.Regions}
	for _, word := range c.Can {
		own.Tasks = append(own.Tasks, paysession.Method(word))
	}
	for _, word := range c.Methods {
		own.Methods = append(own.Methods, paysession.PaymentMethod(word))
	}
	return connector.Kind(c.Kind).Abilities().Narrowed(own)
}

// testCardsOnly reports whether a connector refuses all but published test cards.
func (c Connector) testCardsOnly() bool { return c.Mode != "LIVE" && c.Cards != "any" }

func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

func joined[T ~string](list []T) string { return strings.Join(words(list), ", ") }
