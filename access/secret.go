package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
)

// minSecret is how long a session secret has to be, in bytes.
const minSecret = 32

// ErrShortSecret says that a session secret is too short to be one.
var ErrShortSecret = errors.New("the session secret needs at least 32 bytes")

// NewSecret is a random session secret. Sessions made under it end with the process that holds it.
func NewSecret() []byte {
	secret := make([]byte, minSecret)
	_, _ = rand.Read(secret) // never fails
	return secret
}

// newToken is a random 256-bit token, as text for a cookie.
func newToken() string {
	return base64.RawURLEncoding.EncodeToString(NewSecret())
}

// sum is the HMAC of text under secret. use keeps the HMACs of different things apart.
func sum(secret []byte, use, text string) string {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("paydial " + use + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// same compares two texts in a time that does not depend on what is in them.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// CSRF is the token that a change made with credential has to bring: credential is what a browser sends by itself,
// the session's token or the API token of Basic authentication. It tells nothing about the credential.
func CSRF(credential string) string { return sum([]byte(credential), "csrf", "") }

// CheckCSRF tells whether got is the CSRF token of credential.
func CheckCSRF(credential, got string) bool { return credential != "" && same(CSRF(credential), got) }
