// Package payments is the ledger of attempts to charge or save a card or bank account, and the desk at which agents take
// payments. Ledger and Desk are its main types. A row is written before <Pay> leaves us and closed by whichever tells first how it ended, the action
// or a callback; telling it again changes nothing, and a result never goes back from known to unknown.
//
// A payment without a result after its deadline becomes unknown, never failed: somebody may have been
// charged. It stays in the list of what needs a look until a late result or a person settles it.
//
// An agent-assisted payment is a document in Redis until it has a result: each wish, callback and moment that is due is
// decided by pure functions (deskrules.go) and kept only over the version that it was decided on.
//
// It must not know a card number: no column is meant for one, texts are searched for card-like digits before
// they are written, and what progress tells is refused unless it is masked. It knows no flow and no TwiML.
package payments
