package twilio

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Payment is an agent-assisted payment session. Twilio cannot be asked for it again: what becomes of it is told to
// its StatusCallback only.
type Payment struct {
	SID         string
	AccountSID  string
	CallSID     string
	DateCreated time.Time
	DateUpdated time.Time
}

// NewPayment opens a payment session on the leg that types. IdempotencyKey and StatusCallback are required; the rest
// keeps Twilio's defaults when zero.
type NewPayment struct {
	IdempotencyKey        string
	StatusCallback        string
	ChargeAmount          Amount // "" or 0 saves the card
	Currency              string
	Description           string
	PaymentConnector      string
	PaymentMethod         string // credit-card, ach-debit
	BankAccountType       string // consumer-checking, consumer-savings, commercial-checking
	TokenType             string // one-time, reusable, payment-method; not when charging (64020)
	ValidCardTypes        []string
	SecurityCode          *bool             // ask for it; nil: Twilio's default, true
	PostalCode            *bool             // ask for it; nil: Twilio's default, true
	MinPostalCodeLength   int               // 0: any
	Timeout               int               // seconds between digits, up to 600
	Input                 string            // dtmf
	Parameters            map[string]string // for the payment connector
	RequireMatchingInputs []string          // fields to be typed twice
	Confirmation          *bool             // have the caller confirm the last four digits
}

// CreatePayment opens a payment session. After an error that is not NotProcessed, send the same again with the same
// IdempotencyKey.
func (c *Client) CreatePayment(ctx context.Context, callSID string, n NewPayment) (Payment, error) {
	const op = "create payment"
	form, err := n.form()
	if err == nil {
		err = checkSID(op, callSID, "CA")
	}
	if err != nil {
		return Payment{}, err
	}
	return c.postPayment(ctx, op, c.path("/Calls/%s/Payments.json", callSID), form)
}

func (n NewPayment) form() (url.Values, error) {
	const op = "create payment"
	form := url.Values{}
	switch {
	case n.IdempotencyKey == "" || n.StatusCallback == "":
		return nil, fmt.Errorf("twilio: %s: IdempotencyKey and StatusCallback are required", op)
	case n.TokenType != "" && !n.ChargeAmount.IsZero():
		return nil, fmt.Errorf("twilio: %s: TokenType is for saving, not for charging (64020)", op)
	}
	if n.ChargeAmount != "" {
		if _, err := NewAmount(string(n.ChargeAmount)); err != nil {
			return nil, err
		}
	}
	for name, v := range map[string]string{
		"IdempotencyKey": n.IdempotencyKey, "StatusCallback": n.StatusCallback, "ChargeAmount": string(n.ChargeAmount),
		"Currency": n.Currency, "Description": n.Description, "PaymentConnector": n.PaymentConnector,
		"PaymentMethod": n.PaymentMethod, "BankAccountType": n.BankAccountType, "TokenType": n.TokenType,
		"ValidCardTypes": strings.Join(n.ValidCardTypes, " "), "Input": n.Input,
		"RequireMatchingInputs": strings.Join(n.RequireMatchingInputs, ","),
	} {
		if v != "" {
			form.Set(name, v)
		}
	}
	for name, v := range map[string]*bool{"SecurityCode": n.SecurityCode, "PostalCode": n.PostalCode, "Confirmation": n.Confirmation} {
		if v != nil {
			form.Set(name, strconv.FormatBool(*v))
		}
	}
	for name, v := range map[string]int{"MinPostalCodeLength": n.MinPostalCodeLength, "Timeout": n.Timeout} {
		if v != 0 {
			form.Set(name, strconv.Itoa(v))
		}
	}
	if len(n.Parameters) > 0 {
		raw, err := json.Marshal(n.Parameters)
		if err != nil {
			return nil, fmt.Errorf("twilio: %s: %w", op, err)
		}
		form.Set("Parameter", string(raw))
	}
	return form, nil
}

// PaymentUpdate moves a payment session on: either Capture or Status.
type PaymentUpdate struct {
	IdempotencyKey string // required
	StatusCallback string // required
	Capture        string // payment-card-number, expiration-date, security-code, postal-code, bank-..., ...-matcher
	Status         string // complete, cancel
}

// UpdatePayment asks the caller for a field, completes the payment or cancels it.
func (c *Client) UpdatePayment(ctx context.Context, callSID, paymentSID string, u PaymentUpdate) (Payment, error) {
	const op = "update payment"
	switch {
	case u.IdempotencyKey == "" || u.StatusCallback == "":
		return Payment{}, fmt.Errorf("twilio: %s: IdempotencyKey and StatusCallback are required", op)
	case (u.Capture == "") == (u.Status == ""):
		return Payment{}, fmt.Errorf("twilio: %s: either Capture or Status is required (64018)", op)
	}
	if err := checkSID(op, callSID, "CA"); err != nil {
		return Payment{}, err
	}
	if err := checkSID(op, paymentSID, "PK"); err != nil {
		return Payment{}, err
	}
	form := url.Values{"IdempotencyKey": {u.IdempotencyKey}, "StatusCallback": {u.StatusCallback}}
	if u.Capture != "" {
		form.Set("Capture", u.Capture)
	} else {
		form.Set("Status", u.Status)
	}
	return c.postPayment(ctx, op, c.path("/Calls/%s/Payments/%s.json", callSID, paymentSID), form)
}

// postPayment posts through twilio-go's request handler, not through its CreatePayments, whose amount is a float32.
func (c *Client) postPayment(ctx context.Context, op, address string, form url.Values) (Payment, error) {
	resp, err := c.handler(ctx).Post(address, form, map[string]any{"Content-Type": "application/x-www-form-urlencoded"}, "")
	if err != nil {
		return Payment{}, failed(op, err)
	}
	var answer struct {
		SID         string  `json:"sid"`
		AccountSID  string  `json:"account_sid"`
		CallSID     string  `json:"call_sid"`
		DateCreated *string `json:"date_created"`
		DateUpdated *string `json:"date_updated"`
	}
	if err := decode(resp.Body, &answer); err != nil {
		return Payment{}, failed(op, err)
	}
	return Payment{
		SID: answer.SID, AccountSID: answer.AccountSID, CallSID: answer.CallSID,
		DateCreated: saidTime(answer.DateCreated), DateUpdated: saidTime(answer.DateUpdated),
	}, nil
}
