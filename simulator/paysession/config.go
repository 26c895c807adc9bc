package paysession

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paydial/paydial/simulator/cards"
)

// PaymentMethod is how the caller pays, in the spelling of the paymentMethod attribute.
type PaymentMethod string

// The payment methods.
const (
	CreditCard PaymentMethod = "credit-card"
	ACHDebit   PaymentMethod = "ach-debit"
)

// Defaults and bounds of the attributes. Twilio publishes the defaults of all but maxAttempts, where the table
// says "none" and the text speaks of one retry: so a step is asked, and asked once more.
const (
	defaultTimeout  = 5
	maxTimeout      = 600 // published for the REST resource; the verb names no bound
	DefaultAttempts = 2
	maxAttempts     = 3
)

// Parameter is one <Parameter>: a name and a value for the gateway.
type Parameter struct{ Name, Value string }

// Source is a <Pay> as it stood in the document. What its prompts say is not part of it.
type Source struct {
	Attrs      map[string]string
	Prompts    []map[string]string // the attributes of each <Prompt>, in order
	Parameters []Parameter
	// Attempts is how often a step is asked when maxAttempts does not say; DefaultAttempts if zero.
	Attempts int
}

// Config is a checked <Pay>.
type Config struct {
	Method          PaymentMethod
	BankAccountType string
	Timeout         time.Duration
	Attempts        int // of one step
	AskCode         bool
	AskPostal       bool
	PostalCode      string // given in the document; then nobody is asked
	MinPostal       int
	Connector       string
	TokenType       string
	Amount          string // the attribute's text; "" or some form of 0 keeps the card instead of charging it
	Currency        string
	Language        string
	Description     string
	CardTypes       []cards.Brand
	Prompts         []Prompt
	Parameters      []Parameter
	// TestCardsOnly is how the connector is set up: any other card ends with 64022 or 64023.
	TestCardsOnly bool

	// Of agent-assisted payments only:
	PostalLen    int     // of a postal code, exactly; 0: any
	Matching     []Field // are to be typed twice
	Confirm      bool    // the caller confirms before the connector is asked
	FinalPartial string  // PartialResult of a capture's last status callback; "": absent
}

// Refusal is a <Pay> that cannot be run.
type Refusal struct {
	Code int
	Text string
}

func (r *Refusal) Error() string { return fmt.Sprintf("%d: %s", r.Code, r.Text) }

// Done is the refusal as the end of the verb, for its action.
func (r *Refusal) Done(result Result, method string) Done {
	v := map[string][]string{"PaymentMethod": {method}}
	setResult(v, result, Answer{Code: r.Code, Text: r.Text})
	return Done{result, v}
}

// report collects what is wrong with a document: warnings, and the first reason not to run it.
type report struct {
	warnings []string
	refusal  *Refusal
	spell    func(attr string) string // how attributes are called where the document came from; nil: as in <Pay>
}

func (r *report) warn(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// refuse writes the reason in the form of the one text that Twilio publishes:
// paymentAmount='-0.59' (not a number between 0.00 - 1,000,000.00).
func (r *report) refuse(code int, attr, value, why string) {
	if r.spell != nil {
		attr = r.spell(attr)
	}
	if r.refusal == nil {
		r.refusal = &Refusal{code, fmt.Sprintf("%s='%s' (%s)", attr, value, why)}
	}
}

// Parse checks a <Pay>. It returns what can be run, what is odd about it, and the reason if it cannot be run.
func Parse(src Source) (Config, []string, *Refusal) {
	var r report
	c := parse(src, &r)
	return c, r.warnings, r.refusal
}

func parse(src Source, r *report) Config {
	a := attributes{src.Attrs, r}
	a.oneOf("input", "dtmf", "dtmf")
	c := Config{
		Method:      PaymentMethod(a.oneOf("paymentMethod", string(CreditCard), string(CreditCard), string(ACHDebit))),
		Timeout:     time.Duration(a.number("timeout", defaultTimeout, maxTimeout)) * time.Second,
		AskCode:     a.boolean("securityCode", true),
		MinPostal:   a.number("minPostalCodeLength", 0, maxPostalLen),
		Connector:   a.or("paymentConnector", "Default"),
		Amount:      strings.TrimSpace(src.Attrs["chargeAmount"]),
		Currency:    strings.ToLower(a.or("currency", "usd")),
		Description: src.Attrs["description"],
		Parameters:  src.Parameters,
		Attempts:    src.Attempts,
	}
	if c.Attempts == 0 {
		c.Attempts = DefaultAttempts
	}
	c.Attempts = a.number("maxAttempts", c.Attempts, maxAttempts)
	c.AskPostal, c.PostalCode = a.postal()
	c.BankAccountType = a.bankAccountType(c.Method)
	c.CardTypes = a.cardTypes()
	c.Language = a.language(c.Method)
	a.amount(c)
	c.TokenType = a.tokenType(c)
	for _, p := range src.Prompts {
		c.Prompts = append(c.Prompts, parsePrompt(p, c.Method, r))
	}
	return c
}

// Task is what the connector will be asked for: a charge, or a token when there is nothing to charge.
func (c Config) Task() Method {
	if strings.Trim(c.Amount, "0.") == "" {
		return Tokenize
	}
	return Charge
}

// all is every field that a payment method can ask for, in Twilio's order.
func (c Config) all() []Field {
	if c.Method == ACHDebit {
		return []Field{RoutingNumber, AccountNumber}
	}
	return []Field{CardNumber, Expiration, PostalCode, SecurityCode}
}

// steps is every field that is asked for.
func (c Config) steps() []Field {
	return slices.DeleteFunc(c.all(), func(f Field) bool {
		return f == PostalCode && !c.AskPostal || f == SecurityCode && !c.AskCode
	})
}

// attributes reads the verb's attributes and reports what is wrong with them.
type attributes struct {
	all    map[string]string
	report *report
}

func (a attributes) or(name, without string) string {
	if v := a.all[name]; v != "" {
		return v
	}
	return without
}

func (a attributes) oneOf(name, without string, allowed ...string) string {
	v := a.or(name, without)
	if !slices.Contains(allowed, v) {
		a.report.refuse(CodeParameter, name, v, "not one of "+strings.Join(allowed, ", "))
	}
	return v
}

func (a attributes) number(name string, without, most int) int {
	v := a.all[name]
	if v == "" {
		return without
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > most {
		a.report.refuse(CodeParameter, name, v, fmt.Sprintf("not a number between 1 - %d", most))
	}
	return n
}

func (a attributes) boolean(name string, without bool) bool {
	v := strings.ToLower(a.all[name])
	if v != "" && v != "true" && v != "false" {
		a.report.refuse(CodeParameter, name, a.all[name], "not true or false")
	}
	return v == "true" || v == "" && without
}

// postal reads postalCode: whether to ask, or the code itself.
func (a attributes) postal() (ask bool, code string) {
	switch v := a.all["postalCode"]; strings.ToLower(v) {
	case "", "true":
		return true, ""
	case "false":
		return false, ""
	default:
		return false, v
	}
}

func (a attributes) bankAccountType(m PaymentMethod) string {
	v := a.oneOf("bankAccountType", "consumer-checking",
		"consumer-checking", "consumer-savings", "commercial-checking", "commercial-savings")
	if m == ACHDebit {
		return v
	}
	if a.all["bankAccountType"] != "" {
		a.report.refuse(CodeBankAccountType, "bankAccountType", v, "only for paymentMethod ach-debit")
	}
	return ""
}

func (a attributes) cardTypes() []cards.Brand {
	var all []cards.Brand
	for _, name := range strings.Fields(a.or("validCardTypes", "visa mastercard amex")) {
		b := cards.Brand(name)
		if !slices.Contains(cards.Brands(), b) {
			a.report.refuse(CodeParameter, "validCardTypes", name, "not a card type")
		}
		all = append(all, b)
	}
	return all
}

// tokenType is checked against the connector later; here only that it is one, and that there is a token to make.
func (a attributes) tokenType(c Config) string {
	v := a.oneOf("tokenType", "reusable", "one-time", "reusable", "payment-method")
	if c.Task() == Tokenize {
		return v
	}
	if a.all["tokenType"] != "" {
		a.report.warn("tokenType=%q does nothing beside chargeAmount=%q", v, c.Amount)
	}
	return ""
}
