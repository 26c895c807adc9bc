// Package flows turns the YAML that ops people write into a checked, compiled flow, and moves a caller
// through it. Project is its main type: Load makes it from a Bundle (the files of one project) and answers
// every finding of the linter with it; Flow.Advance is the pure heart of a turn. ReadCampaign reads,
// beside the bundle, a file that says whom a flow rings.
//
// A flow is a table of states (internal/machine): states are the steps that end in more than one way, events are their
// endings, and everything else is run between two states.
//
// It must not know Twilio, TwiML, HTTP, Redis or SQL: it says what is to be heard and what is waited for,
// never how. It never sees a card number: the pay step only hears how the payment ended.
package flows
