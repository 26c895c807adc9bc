// Package paysession is the capture of a payment by keypad: which field is asked for next, with which prompt, when
// an entry ends, whether it is good, and what Twilio reports at each point. Session, its main type, is a <Pay>; Agent
// is an agent-assisted payment, in which an agent says what is asked for. Both are pure machines: they are given what
// happens (a key, silence, the end of a prompt, a hang-up, the connector's answer) and return what to do (say, wait,
// report, charge, finish). Config is what a <Pay> or a request says, checked.
//
// It must not know a clock, HTTP, XML or the call it runs on, and no value it returns holds more of a card
// number than the last four digits, except Process, whose digits print themselves masked.
package paysession

import "github.com/paydial/paydial/simulator/cards"

// Field is a piece of payment data, in the spelling of the For parameter and the for attribute.
type Field string

// The fields in the order in which they are asked: card number to security code for a card, routing number and
// account number for a bank account, and at last processing, where nothing is typed.
const (
	CardNumber    Field = "payment-card-number"
	Expiration    Field = "expiration-date"
	PostalCode    Field = "postal-code"
	SecurityCode  Field = "security-code"
	RoutingNumber Field = "bank-routing-number"
	AccountNumber Field = "bank-account-number"
	Processing    Field = "payment-processing"
)

// Failure says why an entry was not accepted, in the spelling of the ErrorType parameter.
type Failure string

// The failures of one entry.
const (
	InputTimeout   Failure = "input-timeout"
	InvalidNumber  Failure = "invalid-card-number"
	InvalidType    Failure = "invalid-card-type"
	InvalidDate    Failure = "invalid-date"
	InvalidPostal  Failure = "invalid-postal-code"
	InvalidCode    Failure = "invalid-security-code"
	InvalidRouting Failure = "invalid-bank-routing-number"
	InvalidAccount Failure = "invalid-bank-account-number"
	MatchingFailed Failure = "input-matching-failed"
)

// promptName is the failure as a <Prompt errorType> spells it: there, and only there, silence is "timeout".
func (f Failure) promptName() string {
	if f == InputTimeout {
		return "timeout"
	}
	return string(f)
}

// Result is how a <Pay> ended, in the spelling of the Result parameter.
type Result string

// The results of <Pay>.
const (
	Success         Result = "success"
	TooManyAttempts Result = "too-many-failed-attempts"
	ConnectorError  Result = "payment-connector-error"
	Starred         Result = "caller-interrupted-with-star"
	CallerHungUp    Result = "caller-hung-up"
	ValidationError Result = "validation-error"
	InternalError   Result = "internal-error"
)

// Error codes of payments that are decided here; the connector's are in its package.
const (
	CodeAmount           = 64003
	CodeBankAccountType  = 64017
	CodeNeitherNorBoth   = 64018 // of Capture and Status
	CodeIncomplete       = 64019
	CodeParameter        = 64020
	CodeInvalidOperation = 64021
	CodeNotTestCard      = 64022
	CodeNotTestAccount   = 64023
)

// Input is something that happens while a payment runs: Key, Silence, PromptDone, HungUp or Answer, and in an
// agent-assisted one also Capture, Complete or Cancel.
type Input interface{ input() }

// Key is one key the caller pressed: a digit, * or #.
type Key byte

// Silence is the end of the time that the last Wait gave.
type Silence struct{}

// PromptDone is the end of what the last Say said. It is not sent when a Wait cut the prompt short.
type PromptDone struct{}

// HungUp is the end of the call.
type HungUp struct{}

// Answer is what the connector made of the last Process. Its zero value is a success without an id.
type Answer struct {
	ID             string // the gateway's id of the charge or the token
	ProfileID      string
	Code           int    // 64xxx, 0 on success
	Text           string // PaymentError, for people
	ConnectorError string // what the gateway said, as it said it
	Parameters     map[string]string
}

func (Key) input()        {}
func (Silence) input()    {}
func (PromptDone) input() {}
func (HungUp) input()     {}
func (Answer) input()     {}

// Method is what the connector is asked to do.
type Method string

// The two methods of a connector.
const (
	Charge   Method = "charge"
	Tokenize Method = "tokenize"
)

// Request is what a connector needs to charge or keep a card or a bank account. Its digits are wiped when the
// session has ended.
type Request struct {
	Method     Method
	Pay        PaymentMethod
	Number     cards.Digits
	Code       cards.Digits
	Expiry     cards.Digits // MMYY
	PostalCode string
	Routing    cards.Digits
	Account    cards.Digits

	Amount      string // the attribute's text, never a float
	Currency    string
	TokenType   string
	Description string
	Parameters  []Parameter
}

// id is the parameter that brings the gateway's id.
func (m Method) id() string {
	if m == Tokenize {
		return "PaymentToken"
	}
	return "PaymentConfirmationCode"
}
