package access

import "time"

// Every key this package writes, with its Redis type and its life. Nothing that somebody could sign in with, and
// no name that somebody typed, stands in a key: each is an HMAC under the session secret. A key is touched alone,
// so every one lies in a slot of its own.

// sessionKey is a string: a session as JSON. Life: what is left of Config.Idle, and at most until the session's
// end. sum is the HMAC of the cookie's token.
func sessionKey(sum string) string { return "paydial:{access:session:" + sum + "}" }

// personKey is a sorted set: the HMACs of one person's sessions, by the millisecond each ends at the latest.
// Life: until the last of them ends.
func personKey(sum string) string { return "paydial:{access:person:" + sum + "}" }

// throttleKey is a hash: fails and until, the failed sign-ins of a name or an address. Life: throttleTTL after
// the last one. kind is "name" or "address".
func throttleKey(kind, sum string) string { return "paydial:{access:" + kind + ":" + sum + "}" }

// oidcKey is a string: a sign-in that has gone to the provider, as JSON. Life: oidcTTL; it is taken away when it
// comes back.
func oidcKey(sum string) string { return "paydial:{access:oidc:" + sum + "}" }

const (
	// throttleTTL is how long failed sign-ins are remembered.
	throttleTTL = time.Hour
	// oidcTTL is how long somebody may take at the provider.
	oidcTTL = 10 * time.Minute
)
