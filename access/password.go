package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost is what checking one password takes. A hash says which cost it was made at, so that a higher one for new
// passwords does not make the old ones useless.
type Cost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// DefaultCost is the second recommended choice of RFC 9106, section 4, on one thread.
func DefaultCost() Cost { return Cost{Memory: 64 << 10, Time: 3, Threads: 1} }

// Limits of a cost in a users file: a typing error must not take the whole computer.
const (
	maxMemory  = 1 << 20 // KiB
	maxTime    = 50
	maxThreads = 16
)

// Limits of a password.
const (
	// MinPassword is how many characters a password has at least.
	MinPassword = 12
	maxPassword = 1000 // bytes; whoever sends more wants to keep us busy
)

const (
	saltLength = 16
	keyLength  = 32
)

// maxChecks is how many passwords are checked at once; each takes Cost.Memory.
const maxChecks = 4

// hashed is a password's hash with what it takes to make it again.
type hashed struct {
	Cost
	salt, key []byte
}

// CheckPassword says why a password is no good.
func CheckPassword(password string) error {
	if n := utf8.RuneCountInString(password); n < MinPassword {
		return fmt.Errorf("a password needs at least %d characters, and this one has %d", MinPassword, n)
	}
	if len(password) > maxPassword {
		return fmt.Errorf("a password has at most %d bytes", maxPassword)
	}
	return nil
}

// Hash is a password as the users file keeps it: argon2id as a PHC string, with a salt of its own.
// https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
func Hash(password string, c Cost) string {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails
	return phc(hashed{Cost: c, salt: salt, key: derive(password, c, salt)})
}

// derive makes the key of a password. The same letters are taken as the same, however a keyboard composes them.
func derive(password string, c Cost, salt []byte) []byte {
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, c.Time, c.Memory, c.Threads, keyLength)
}

func phc(h hashed) string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.Memory, h.Time, h.Threads,
		enc.EncodeToString(h.salt), enc.EncodeToString(h.key))
}

var errHash = errors.New("not an argon2id hash")

// parseHash reads what Hash wrote. Its errors repeat nothing of it.
func parseHash(text string) (hashed, error) {
	var h hashed
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, errHash
	}
	if n, err := fmt.Sscanf(parts[3]+"\n", "m=%d,t=%d,p=%d\n", &h.Memory, &h.Time, &h.Threads); err != nil || n != 3 {
		return h, errHash
	}
	if h.Time < 1 || h.Time > maxTime || h.Threads < 1 || h.Threads > maxThreads || h.Memory < 8*uint32(h.Threads) || h.Memory > maxMemory {
		return h, errors.New("an argon2id hash whose cost is out of bounds")
	}
	var err, err2 error
	h.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4])
	h.key, err2 = base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if err != nil || err2 != nil || len(h.salt) < 8 || len(h.salt) > 64 || len(h.key) != keyLength {
		return hashed{}, errHash
	}
	return h, nil
}

// OldCost tells whether a hash was made at a lower cost than c: its password should be set again.
func OldCost(hash string, c Cost) bool {
	h, err := parseHash(hash)
	return err == nil && (h.Memory < c.Memory || h.Time < c.Time)
}

// right tells whether a password is the one of a hash.
func (h hashed) right(password string) bool {
	return subtle.ConstantTimeCompare(derive(password, h.Cost, h.salt), h.key) == 1
}

// decoy is a hash that no password is right for, as costly to check as those of the users: somebody who is not there
// is refused after the same time.
func (u *Users) decoy() hashed {
	h := hashed{Cost: DefaultCost(), salt: make([]byte, saltLength), key: nil}
	for _, user := range u.current().users {
		if of, err := parseHash(user.Password); err == nil {
			h.Cost = of.Cost
			break
		}
	}
	return h
}
