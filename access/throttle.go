package access

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// How failed sign-ins are slowed down. A person is allowed a few slips; an address, which may be a whole call
// centre's, a few more. After that each failure doubles the wait.
const (
	freeByName    = 5
	freeByAddress = 20
	firstWait     = 2 * time.Second
	longestWait   = 5 * time.Minute // nobody can keep somebody else out for longer than this
)

// attemptScript counts an attempt before it is made, so that many at the same moment are not let in together.
//
//	KEYS[1]  throttleKey
//	ARGV     now, free attempts, first wait, longest wait, life of the key; all but the second in milliseconds
//	returns  {wait, next}: wait > 0 when the attempt may not be made; next is the wait behind this attempt if it fails
const attemptScript = `
local now, free = tonumber(ARGV[1]), tonumber(ARGV[2])
local limit = tonumber(redis.call('HGET', KEYS[1], 'until') or '0')
if limit > now then return {limit - now, 0} end
local fails = redis.call('HINCRBY', KEYS[1], 'fails', 1)
local wait = 0
if fails >= free then
  wait = math.min(tonumber(ARGV[4]), tonumber(ARGV[3]) * 2 ^ math.min(fails - free, 30))
  redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + wait))
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {0, wait}`

// forgiveScript takes back an attempt that succeeded.
//
//	KEYS[1]  throttleKey
const forgiveScript = `
if redis.call('HINCRBY', KEYS[1], 'fails', -1) <= 0 then return redis.call('DEL', KEYS[1]) end
return redis.call('HDEL', KEYS[1], 'until')`

// admit counts an attempt, or says that it has to wait. wait is how long the next one has to, if this one fails.
func (a *Access) admit(ctx context.Context, at Attempt) (wait time.Duration, err error) {
	for _, c := range a.counters(at) {
		next, err := a.count(ctx, c)
		if err != nil {
			return 0, err
		}
		wait = max(wait, next)
	}
	return wait, nil
}

// counter is one of the things that attempts are counted by.
type counter struct {
	key  string
	free int
}

func (a *Access) counters(at Attempt) []counter {
	var out []counter
	if at.Address != "" {
		out = append(out, counter{throttleKey("address", a.sum("address", at.Address)), freeByAddress})
	}
	return append(out, counter{throttleKey("name", a.sum("name", at.Name)), freeByName})
}

func (a *Access) count(ctx context.Context, c counter) (next time.Duration, err error) {
	got, err := redis.NewScript(attemptScript).Run(ctx, a.cfg.Redis, []string{c.key}, a.cfg.Now().UnixMilli(), strconv.Itoa(c.free),
		firstWait.Milliseconds(), longestWait.Milliseconds(), throttleTTL.Milliseconds()).Int64Slice()
	if err != nil || len(got) != 2 {
		return 0, fmt.Errorf("count attempts to sign in: %w", err)
	}
	if got[0] > 0 {
		wait := time.Duration(got[0]) * time.Millisecond
		return 0, &Throttled{After: (wait + time.Second - 1).Truncate(time.Second)}
	}
	return time.Duration(got[1]) * time.Millisecond, nil
}

// forgive forgets the failures of a name once the right password was given. An address gets back only this one: else
// somebody with a password of their own could try others' for ever.
func (a *Access) forgive(ctx context.Context, at Attempt) error {
	for _, c := range a.counters(at) {
		var err error
		if c.free == freeByName {
			err = a.cfg.Redis.Del(ctx, c.key).Err()
		} else {
			err = redis.NewScript(forgiveScript).Run(ctx, a.cfg.Redis, []string{c.key}).Err()
		}
		if err != nil {
			return fmt.Errorf("sign in: %w", err)
		}
	}
	return nil
}
