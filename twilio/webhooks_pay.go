package twilio

import (
	"strings"
	"time"
)

// PayResult is what <Pay> brings to its action. Numbers are masked by Twilio.
type PayResult struct {
	Result                  string // success, payment-connector-error, caller-hung-up ..., or a word Twilio adds one day
	PaymentMethod           string // credit-card, ach-debit
	PaymentCardNumber       string // xxxxxxxxxxxx1111
	PaymentCardType         string // visa ...
	ExpirationDate          string // MMYY
	SecurityCode            string // xxx
	PaymentCardPostalCode   string
	BankAccountNumber       string // *******92
	BankRoutingNumber       string
	BankAccountType         string
	PaymentConfirmationCode string // after a charge
	PaymentToken            string // after saving
	ProfileID               string
	PaymentError            string
	PayErrorCode            int // 64001 to 64024; 0: none
	ConnectorError          string
	Connector               map[string]string // PayConnector_...: what a generic connector's gateway added
}

// ParsePayResult reads the action request of <Pay>. A result that Twilio did not use to send is no error.
func ParsePayResult(f Form) (PayResult, error) {
	r := reader{form: f}
	p := PayResult{
		Result: r.need("Result"), PaymentMethod: f.Get("PaymentMethod"),
		PaymentCardNumber: f.Get("PaymentCardNumber"), PaymentCardType: f.Get("PaymentCardType"),
		ExpirationDate: f.Get("ExpirationDate"), SecurityCode: f.Get("SecurityCode"),
		PaymentCardPostalCode: f.Get("PaymentCardPostalCode"), BankAccountNumber: f.Get("BankAccountNumber"),
		BankRoutingNumber: f.Get("BankRoutingNumber"), BankAccountType: f.Get("BankAccountType"),
		PaymentConfirmationCode: f.Get("PaymentConfirmationCode"), PaymentToken: f.Get("PaymentToken"),
		ProfileID: f.Get("ProfileId"), PaymentError: f.Get("PaymentError"), PayErrorCode: r.integer("PayErrorCode"),
		ConnectorError: f.Get("ConnectorError"),
	}
	for _, pair := range f.Pairs() {
		if name, ok := strings.CutPrefix(pair.Name, "PayConnector_"); ok {
			if p.Connector == nil {
				p.Connector = map[string]string{}
			}
			p.Connector[name] = pair.Value
		}
	}
	return p, r.err()
}

// PayStatus is what <Pay> tells its statusCallback on the way. Numbers are masked by Twilio.
type PayStatus struct {
	For                   string // payment-card-number, expiration-date ... payment-processing
	ErrorType             string // input-timeout, invalid-card-number ...
	Attempt               int    // 1 to 3
	PaymentMethod         string
	PaymentCardNumber     string
	PaymentCardType       string
	ExpirationDate        string
	SecurityCode          string
	PaymentCardPostalCode string
	BankAccountNumber     string
	BankRoutingNumber     string
	BankAccountType       string
}

// ParsePayStatus reads a status callback of <Pay>.
func ParsePayStatus(f Form) (PayStatus, error) {
	r := reader{form: f}
	p := PayStatus{
		For: r.need("For"), ErrorType: f.Get("ErrorType"), Attempt: r.integer("Attempt"),
		PaymentMethod: f.Get("PaymentMethod"), PaymentCardNumber: f.Get("PaymentCardNumber"),
		PaymentCardType: f.Get("PaymentCardType"), ExpirationDate: f.Get("ExpirationDate"),
		SecurityCode: f.Get("SecurityCode"), PaymentCardPostalCode: f.Get("PaymentCardPostalCode"),
		BankAccountNumber: f.Get("BankAccountNumber"), BankRoutingNumber: f.Get("BankRoutingNumber"),
		BankAccountType: f.Get("BankAccountType"),
	}
	return p, r.err()
}

// PaymentStatus is what an agent-assisted payment tells its StatusCallback: progress while the caller types, and in
// the end the same result as <Pay>.
type PaymentStatus struct {
	PayResult               // Result is "" until the end
	SID              string // PK...
	CallSID          string
	AccountSID       string
	Capture          string // the field that is asked for
	Partial          bool   // PartialResult is exactly "true": the caller is still typing
	ErrorType        string
	HasRequired      bool     // Required is there; with an empty list everything is in
	Required         []string // fields that are still missing, spelt like Capture
	PaymentConnector string
	ChargeAmount     string
	Currency         string
	TokenType        string
	DateCreated      time.Time
	DateUpdated      time.Time
}

// ParsePaymentStatus reads a status callback of an agent-assisted payment.
func ParsePaymentStatus(f Form) (PaymentStatus, error) {
	r := reader{form: f}
	result, err := ParsePayResult(f)
	if err != nil && f.Get("Result") != "" { // on the way there is no Result yet
		r.errs = append(r.errs, err)
	}
	p := PaymentStatus{
		PayResult: result, SID: r.needSID("Sid", "PK"), CallSID: r.needSID("CallSid", "CA"),
		AccountSID: r.needSID("AccountSid", "AC"), Capture: f.Get("Capture"),
		Partial: f.Get("PartialResult") == "true", ErrorType: f.Get("ErrorType"), HasRequired: f.Has("Required"),
		PaymentConnector: f.Get("PaymentConnector"), ChargeAmount: f.Get("ChargeAmount"), Currency: f.Get("Currency"),
		TokenType: f.Get("TokenType"), DateCreated: r.moment("DateCreated"), DateUpdated: r.moment("DateUpdated"),
	}
	for _, name := range strings.FieldsFunc(f.Get("Required"), func(c rune) bool { return c == ',' || c == ' ' }) {
		p.Required = append(p.Required, captureName(name))
	}
	return p, r.err()
}

// captureName is a field in the spelling of Capture. Twilio's documentation shows ExpirationDate where its servers
// send expiration-date.
func captureName(name string) string {
	var b strings.Builder
	for i, c := range name {
		if c >= 'A' && c <= 'Z' {
			if i > 0 {
				b.WriteByte('-')
			}
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}
