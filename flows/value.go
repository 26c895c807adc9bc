package flows

import "encoding/json"

// Money is an amount in the currency's smallest unit (cents for usd). Currency is lower case ISO 4217.
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// ValueType is the type of a value in a flow.
type ValueType string

// The types of the language. Digits is text of digits that keeps its zeros.
const (
	TypeText     ValueType = "text"
	TypeDigits   ValueType = "digits"
	TypeNumber   ValueType = "number"
	TypeMoney    ValueType = "money"
	TypeDate     ValueType = "date"
	TypeTime     ValueType = "time"
	TypeYesNo    ValueType = "yes_no"
	TypePhone    ValueType = "phone"
	TypeLanguage ValueType = "language"
	TypeList     ValueType = "list"
	TypeRecord   ValueType = "record"
	TypeUnknown  ValueType = "unknown"
)

// Value is a typed value that a call carries between turns. Private values are never shown or logged.
type Value struct {
	Type    ValueType       `json:"t"`
	Private bool            `json:"p,omitempty"`
	Data    json.RawMessage `json:"v"` // Money as Money, date as "2006-01-02", record as an object of Values
}
