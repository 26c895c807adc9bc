// Package twilio is the wire to Twilio. Validator is its gate: it says whether a webhook is Twilio's, over the
// configured public URL. Client is its hand: calls, payments, messages and recordings over the REST API, at Twilio's
// own address or at any base URL. Beside them stand the typed forms of each webhook and typed errors.
//
// It uses twilio-go's client and its 2010 API only, below a transport of our own, because twilio-go cannot be
// pointed elsewhere, knows no context, rounds money, and refuses tokens that are not alphanumeric.
//
// It must not know flows, sessions, TwiML or how a payment is kept: it carries what it is given and says what
// Twilio said.
package twilio
