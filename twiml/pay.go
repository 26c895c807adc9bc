package twiml

import "strings"

// PaymentMethod is how a caller pays.
type PaymentMethod string

// The payment methods.
const (
	CreditCard PaymentMethod = "credit-card"
	ACHDebit   PaymentMethod = "ach-debit"
)

// BankAccountType is the kind of account an ACH debit is drawn from.
type BankAccountType string

// The bank account types.
const (
	ConsumerChecking   BankAccountType = "consumer-checking"
	ConsumerSavings    BankAccountType = "consumer-savings"
	CommercialChecking BankAccountType = "commercial-checking"
	CommercialSavings  BankAccountType = "commercial-savings"
)

// TokenType is what a saved card may be used for.
type TokenType string

// The token types.
const (
	OneTime            TokenType = "one-time"
	Reusable           TokenType = "reusable"
	TokenPaymentMethod TokenType = "payment-method" // Stripe only
)

// CardType is a brand of card.
type CardType string

// The card types.
const (
	Visa       CardType = "visa"
	MasterCard CardType = "mastercard"
	Amex       CardType = "amex"
	Maestro    CardType = "maestro"
	Discover   CardType = "discover"
	Optima     CardType = "optima"
	JCB        CardType = "jcb"
	DinersClub CardType = "diners-club"
	Enroute    CardType = "enroute"
)

// PromptFor is the step of a payment that a Prompt belongs to.
type PromptFor string

// The steps of a payment.
const (
	PaymentCardNumber PromptFor = "payment-card-number"
	ExpirationDate    PromptFor = "expiration-date"
	SecurityCode      PromptFor = "security-code"
	PostalCode        PromptFor = "postal-code"
	BankRoutingNumber PromptFor = "bank-routing-number"
	BankAccountNumber PromptFor = "bank-account-number"
	PaymentProcessing PromptFor = "payment-processing"
)

// PromptError is the mistake after which a Prompt is spoken.
type PromptError string

// The mistakes. A silence is "timeout" here and "input-timeout" in webhooks.
const (
	ErrorTimeout                  PromptError = "timeout"
	ErrorInvalidCardNumber        PromptError = "invalid-card-number"
	ErrorInvalidCardType          PromptError = "invalid-card-type"
	ErrorInvalidDate              PromptError = "invalid-date"
	ErrorInvalidSecurityCode      PromptError = "invalid-security-code"
	ErrorInvalidPostalCode        PromptError = "invalid-postal-code"
	ErrorInvalidBankRoutingNumber PromptError = "invalid-bank-routing-number"
	ErrorInvalidBankAccountNumber PromptError = "invalid-bank-account-number"
	ErrorInputMatchingFailed      PromptError = "input-matching-failed"
	ErrorInternal                 PromptError = "internal-error"
)

// Pay takes a card or bank account by keypad and charges or saves it. Twilio asks for number, expiry, postal code
// and security code in this order, whatever the order of the prompts, and ends at Action.
type Pay struct {
	Input                string // dtmf
	Action               string // https only (64016), but for loopback addresses; always POST
	StatusCallback       string
	StatusCallbackMethod Method
	PaymentMethod        PaymentMethod   // default credit-card
	BankAccountType      BankAccountType // with ach-debit only
	Timeout              int             // seconds for the next digit; default 5
	MaxAttempts          int             // 1 to 3
	SecurityCode         Bool
	PostalCode           string // true, false, or the postal code itself (then it is not asked)
	MinPostalCodeLength  int
	PaymentConnector     string // unique name; default Default
	TokenType            TokenType
	ChargeAmount         string // exact decimal such as 84.20; "" or 0 saves the card
	Currency             string
	Description          string
	ValidCardTypes       []CardType
	Language             string
	Prompts              []*Prompt
	Parameters           []Parameter
}

// Prompt is what is spoken at one step of a payment, in place of Twilio's own words.
type Prompt struct {
	For                   PromptFor // required
	ErrorType             []PromptError
	CardType              []CardType
	Attempt               []int // 1 to 10
	RequireMatchingInputs Bool  // ask twice; bank fields only
	Speech                []Audible
}

// Parameter is a name and value handed on: to the payment connector, a client, or a relay session.
type Parameter struct {
	Name  string
	Value string
}

const (
	cardTypes    = "visa|mastercard|amex|maestro|discover|optima|jcb|diners-club|enroute"
	payLanguages = "en-US|en-AU|en-CA|en-GB|en-IE|en-IN|en-NZ|en-PH|en-ZA|" +
		"es-ES|es-MX|es-US|fr-CA|fr-FR|de-DE|it-IT"
	promptSteps = "payment-card-number|expiration-date|security-code|postal-code|" +
		"bank-routing-number|bank-account-number|payment-processing"
	promptErrors = "timeout|invalid-card-number|invalid-card-type|invalid-date|invalid-security-code|" +
		"invalid-postal-code|invalid-bank-routing-number|invalid-bank-account-number|" +
		"input-matching-failed|internal-error"
)

func (*Pay) verb() {}

func (p *Pay) write(w *writer) {
	w.begin("Pay")
	w.enum("input", p.Input, "dtmf")
	w.secure("action", p.Action)
	w.address("statusCallback", p.StatusCallback)
	w.method("statusCallbackMethod", p.StatusCallbackMethod)
	w.enum("paymentMethod", string(p.PaymentMethod), "credit-card|ach-debit")
	if p.BankAccountType != "" && p.PaymentMethod != ACHDebit {
		w.failf("Pay", "bankAccountType", "is allowed with paymentMethod ach-debit only (Twilio: 64017)")
	}
	w.enum("bankAccountType", string(p.BankAccountType),
		"consumer-checking|consumer-savings|commercial-checking|commercial-savings")
	w.integer("timeout", p.Timeout, 1, 600)
	w.integer("maxAttempts", p.MaxAttempts, 1, 3)
	w.boolean("securityCode", p.SecurityCode)
	w.limited("postalCode", p.PostalCode, 20)
	w.integer("minPostalCodeLength", p.MinPostalCodeLength, 1, 20)
	w.str("paymentConnector", p.PaymentConnector)
	w.enum("tokenType", string(p.TokenType), "one-time|reusable|payment-method")
	if problem := amountProblem(p.ChargeAmount); problem != "" {
		w.failf("Pay", "chargeAmount", "%s %s", quote(p.ChargeAmount), problem)
	}
	w.str("chargeAmount", p.ChargeAmount)
	w.str("currency", p.Currency)
	w.str("description", p.Description)
	list(w, "validCardTypes", p.ValidCardTypes, cardTypes)
	w.enum("language", p.Language, payLanguages)
	for i, prompt := range p.Prompts {
		if prompt == nil {
			w.failf("Pay", "", "prompt %d is nil", i+1)
			continue
		}
		prompt.write(w)
	}
	w.parameters("Parameter", p.Parameters)
	w.end("Pay")
}

func (p *Prompt) write(w *writer) {
	w.begin("Prompt")
	if p.For == "" {
		w.failf("Prompt", "for", "is required; allowed: %s", spaced(promptSteps))
	}
	w.enum("for", string(p.For), promptSteps)
	list(w, "errorType", p.ErrorType, promptErrors)
	list(w, "cardType", p.CardType, cardTypes)
	w.integers("attempt", p.Attempt, 1, 10)
	if p.RequireMatchingInputs == True && p.For != BankRoutingNumber && p.For != BankAccountNumber {
		w.failf("Prompt", "requireMatchingInputs", "true is allowed for bank-routing-number and bank-account-number only")
	}
	w.boolean("requireMatchingInputs", p.RequireMatchingInputs)
	if len(p.Speech) == 0 {
		w.failf("Prompt", "", "needs a Say, Play or Pause")
	}
	w.speech("Prompt", p.Speech)
	w.end("Prompt")
}

// parameters writes names and values as elements of the given name.
func (w *writer) parameters(element string, ps []Parameter) {
	for _, p := range ps {
		w.begin(element)
		w.need("name", p.Name)
		if p.Value == "" {
			p.Value = Empty
		}
		w.str("value", p.Value)
		w.end(element)
	}
}

// amountProblem checks a plain decimal between 0 and 1,000,000. How many decimals a currency has is the payment
// connector's business.
func amountProblem(v string) string {
	const allowed = "is not allowed; allowed: a plain decimal from 0 to 1000000, such as 84.20"
	if v == "" {
		return ""
	}
	whole, fraction, point := strings.Cut(v, ".")
	if whole == "" || (point && fraction == "") || !isDigits(whole) || !isDigits(fraction) || len(v) > 16 {
		return allowed
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > 7 || (len(whole) == 7 && (whole != "1000000" || strings.Trim(fraction, "0") != "")) {
		return allowed
	}
	return ""
}

func isDigits(v string) bool {
	for i := 0; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return true
}
