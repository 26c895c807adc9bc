// Package pace spaces calls.
package pace

import "github.com/redis/go-redis/v9"

// Pace is the limiter.
type Pace struct{ client redis.UniversalClient }

// New makes it.
func New(client redis.UniversalClient) *Pace { return &Pace{client} }
