package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/redis/go-redis/v9"
)

const (
	// onceTTL is how long a key is remembered.
	onceTTL = 24 * time.Hour
	// onceRunning is how long a wish may take before its key is free again: the process that had it is gone.
	onceRunning = 30 * time.Second

	onceHeader = "Idempotency-Key"
)

// onceWord is the form of an Idempotency-Key.
var onceWord = regexp.MustCompile(`^[\x21-\x7e]{1,128}$`)

// What can be wrong with an Idempotency-Key.
var (
	errKeyMissing = errors.New("this needs the header Idempotency-Key")
	errKeyForm    = errors.New("an Idempotency-Key has up to 128 letters, digits and signs")
	errKeyReused  = errors.New("this Idempotency-Key came before with another request")
	errKeyRunning = errors.New("the first request with this Idempotency-Key is not answered yet")
)

// onceKey is a string: "run" or "done" and the hash of the request that came with a key of a person's. Life: onceTTL.
func onceKey(who, key string) string {
	return "paydial:{once:" + sumOf(who, key) + "}"
}

// once holds a request to its Idempotency-Key: the same key brings the same request or none. What it gives is the key
// for the desk, which carries out a wish once, and done, to be called when the request is answered. A request without
// a key gets an empty one.
func (c *Console) once(g *gin.Context, body []byte) (key string, done func(), err error) {
	ctx, sent := g.Request.Context(), g.GetHeader(onceHeader)
	if sent == "" {
		return "", func() {}, nil
	}
	if !onceWord.MatchString(sent) {
		return "", nil, errKeyForm
	}
	who := c.principal(g).ID
	at, hash := onceKey(who, sent), sumOf(g.Request.URL.Path, string(body))
	store := c.Sessions.Redis()
	// The desk's key carries the path: the same key for another payment is another wish there, and refused here.
	key = sumOf(who, sent, g.Request.URL.Path)
	first, err := store.SetNX(ctx, at, "run "+hash, onceRunning).Result()
	if err != nil {
		return "", nil, fmt.Errorf("keep idempotency key: %w", err)
	}
	done = func() {
		if err := store.Set(context.WithoutCancel(ctx), at, "done "+hash, onceTTL).Err(); err != nil {
			c.Log.Error("keep idempotency key", "error", err)
		}
	}
	if first {
		return key, done, nil
	}
	was, err := store.Get(ctx, at).Result()
	state, old, _ := strings.Cut(was, " ")
	switch {
	case errors.Is(err, redis.Nil): // it ran out this moment
		return key, done, nil
	case err != nil:
		return "", nil, fmt.Errorf("read idempotency key: %w", err)
	case old != hash:
		return "", nil, errKeyReused
	case state == "run":
		return "", nil, errKeyRunning
	}
	return key, done, nil
}

// sumOf is a hash of texts, each kept apart from the next.
func sumOf(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
