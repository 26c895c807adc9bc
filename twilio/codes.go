package twilio

// Codes that callers branch on. Source: https://www.twilio.com/docs/api/errors.
const (
	CodeAccountConcurrency = 10004
	CodeUnauthorized       = 20003
	CodeNotFound           = 20404
	CodeCallNotInProgress  = 21220
	CodePayAmount          = 64003
)
