package pace

import (
	"context"
	"crypto/rand"
	_ "embed" // the scripts are files of their own
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed take.lua
var takeSource string

//go:embed done.lua
var doneSource string

//go:embed back.lua
var backSource string

//go:embed sync.lua
var syncSource string

// Times of a grant.
const (
	// Flight is within what time after its grant a call has been answered, or given up. What a process that died has
	// allowed itself counts for so long.
	Flight = 10 * time.Second
	// LongestCall is after what time no call runs any more: https://www.twilio.com/docs/voice/api/call-resource (TimeLimit, 4 hours
	// unless the account's own limit is another). A slot that nobody gave back is free again then at last.
	LongestCall = 4 * time.Hour
	// grace is how long a call may be allowed before the truth knows of it.
	grace = 15 * time.Second
	// Soon is how long Take waits for a campaign's own limits at the most: who waits keeps somebody else from working.
	Soon = 100 * time.Millisecond
	// askTime bounds one question to Redis. While Redis is slow nothing is dialed.
	askTime = time.Second
)

// Limits are what holds for a campaign at this moment.
type Limits struct {
	PerSecond     int     // calls begun in a second, of the account
	AccountAtOnce int     // calls that run at once, of the account
	PerMinute     float64 // calls begun in a minute, of the campaign; it may be a part of one while it warms up
	AtOnce        int     // calls that run at once, of the campaign
}

// Pace is the limiter. It is safe for concurrent use; all that ask one Redis share the limits.
type Pace struct {
	client                 redis.UniversalClient
	take, done, back, sync *redis.Script

	mu    sync.Mutex
	turns map[string]chan struct{} // one asks at a time, for each campaign and for the account
}

// New makes a limiter. Nothing is asked of Redis yet.
func New(client redis.UniversalClient) *Pace {
	return &Pace{
		client: client, turns: map[string]chan struct{}{},
		take: redis.NewScript(takeSource), done: redis.NewScript(doneSource),
		back: redis.NewScript(backSource), sync: redis.NewScript(syncSource),
	}
}

// Grant is leave to make one call.
type Grant struct {
	// Until is the time, by this machine, until which the call has to be answered or given up. Nothing may be sent later.
	Until time.Time

	p             *Pace
	id            string
	campaign, ref string
}

// ErrTaken says that the call is live already, or that somebody else has leave to make it.
var ErrTaken = errors.New("pace: the call is being made already")

// TooEarly says that no call may be made now.
type TooEarly struct {
	Wait    time.Duration // ask again after it
	Account bool          // the account's limits say so, not the campaign's
}

// Error says how long to wait.
func (e *TooEarly) Error() string { return fmt.Sprintf("pace: no call within the next %s", e.Wait) }

// Take waits for leave to make the call ref of a campaign, for as long as patience at most, and not for limits of the
// campaign that last longer than Soon. Of one process only one goroutine asks at a time. An error is ErrTaken, *TooEarly, the context's, or Redis's: then nothing may be dialed.
func (p *Pace) Take(ctx context.Context, campaign, ref string, l Limits, patience time.Duration) (*Grant, error) {
	deadline := time.Now().Add(patience)
	leave, err := p.turn(ctx, "of:"+campaign, deadline)
	if err != nil {
		return nil, err
	}
	defer leave()
	for {
		g, err := p.takeTurn(ctx, campaign, ref, l, deadline)
		var early *TooEarly
		if !errors.As(err, &early) {
			return g, err
		}
		if early.Wait > Soon || time.Until(deadline) < early.Wait {
			return nil, err
		}
		if err := sleep(ctx, early.Wait); err != nil {
			return nil, err
		}
	}
}

// takeTurn asks, and waits with the account's turn in hand as long as only the account's limits are in the way.
func (p *Pace) takeTurn(ctx context.Context, campaign, ref string, l Limits, deadline time.Time) (*Grant, error) {
	leave, err := p.turn(ctx, "account", deadline)
	if err != nil {
		return nil, err
	}
	defer leave()
	for {
		g, err := p.ask(ctx, campaign, ref, l)
		var early *TooEarly
		if !errors.As(err, &early) || !early.Account || time.Until(deadline) < early.Wait {
			return g, err
		}
		if err := sleep(ctx, early.Wait); err != nil {
			return nil, err
		}
	}
}

// ask asks once.
func (p *Pace) ask(ctx context.Context, campaign, ref string, l Limits) (*Grant, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	g := &Grant{Until: time.Now().Add(Flight), p: p, id: ref + ":" + rand.Text(), campaign: campaign, ref: ref}
	perMinute := max(l.PerMinute, 0.1)
	word, n, err := p.run(ctx, p.take, campaign, g.id, ref, max(l.PerSecond, 1), max(l.AccountAtOnce, 1),
		max(1, int(math.Floor(perMinute))), max(l.AtOnce, 1), int64(float64(time.Minute.Microseconds())/perMinute),
		Flight.Microseconds(), LongestCall.Microseconds(), campaign+":"+ref)
	if err != nil {
		return nil, fmt.Errorf("ask for leave to call: %w", err)
	}
	switch word {
	case "granted":
		return g, nil
	case "taken":
		return nil, ErrTaken
	}
	return nil, &TooEarly{Wait: time.Duration(n) * time.Microsecond, Account: word == "account"}
}

// Done says that the call was answered, or that nobody waits for an answer any more.
func (g *Grant) Done(ctx context.Context) error {
	_, _, err := g.p.run(ctx, g.p.done, g.campaign, g.id)
	if err != nil {
		return fmt.Errorf("note that a call was made: %w", err)
	}
	return nil
}

// Back gives a grant back of which nothing was sent.
func (g *Grant) Back(ctx context.Context) error {
	_, _, err := g.p.run(ctx, g.p.back, g.campaign, g.id, g.ref, g.campaign+":"+g.ref)
	if err != nil {
		return fmt.Errorf("give leave to call back: %w", err)
	}
	return nil
}

// Release says that a call is over.
func (p *Pace) Release(ctx context.Context, campaign, ref string) error {
	keys := keysOf(campaign)
	_, err := p.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.ZRem(ctx, keys[5], ref)
		pipe.ZRem(ctx, keys[2], campaign+":"+ref)
		return nil
	})
	if err != nil {
		return fmt.Errorf("note that a call is over: %w", err)
	}
	return nil
}

// Rest keeps everybody from calling for a while: Twilio has said that it is too much.
func (p *Pace) Rest(ctx context.Context, d time.Duration) error {
	at, err := p.client.Time(ctx).Result()
	if err == nil {
		err = p.client.HSet(ctx, keysOf("")[1], "next", at.Add(d).UnixMicro(), "last", "").Err()
	}
	if err != nil {
		return fmt.Errorf("rest from calling: %w", err)
	}
	return nil
}

// Sync brings which calls of a campaign are live. It reports how many were noted wrongly.
func (p *Pace) Sync(ctx context.Context, campaign string, live []string) (int, error) {
	args := make([]any, 0, len(live)+2)
	args = append(args, campaign+":", grace.Microseconds())
	for _, ref := range live {
		args = append(args, ref)
	}
	_, wrong, err := p.run(ctx, p.sync, campaign, args...)
	if err != nil {
		return 0, fmt.Errorf("bring which calls are live: %w", err)
	}
	return int(wrong), nil
}

// Campaigns are the names of those that have calls noted as live.
func (p *Pace) Campaigns(ctx context.Context) ([]string, error) {
	all, err := p.client.ZRange(ctx, keysOf("")[2], 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("list live calls: %w", err)
	}
	for i, of := range all {
		all[i], _, _ = strings.Cut(of, ":")
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// Live is how many calls of a campaign are noted as live.
func (p *Pace) Live(ctx context.Context, campaign string) (int, error) {
	n, err := p.client.ZCard(ctx, keysOf(campaign)[5]).Result()
	if err != nil {
		return 0, fmt.Errorf("count live calls: %w", err)
	}
	return int(n), nil
}

// errEcho says that Redis answered another question.
var errEcho = errors.New("redis answered another question")

// run runs a script and reads its reply, which begins with the script's first argument.
func (p *Pace) run(ctx context.Context, s *redis.Script, campaign string, args ...any) (word string, n int64, err error) {
	vals, err := s.Run(ctx, p.client, keysOf(campaign), args...).Slice()
	if err != nil {
		return "", 0, err
	}
	if len(vals) != 3 || vals[0] != args[0] {
		return "", 0, errEcho
	}
	word, ok := vals[1].(string)
	n, isNumber := vals[2].(int64)
	if !ok || !isNumber {
		return "", 0, errEcho
	}
	return word, n, nil
}

// turn waits until nobody else of this process asks for the same.
func (p *Pace) turn(ctx context.Context, of string, deadline time.Time) (leave func(), err error) {
	p.mu.Lock()
	c, ok := p.turns[of]
	if !ok {
		c = make(chan struct{}, 1)
		p.turns[of] = c
	}
	p.mu.Unlock()
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case c <- struct{}{}:
		return func() { <-c }, nil
	case <-timer.C:
		return nil, &TooEarly{Wait: time.Since(deadline).Abs() + 10*time.Millisecond}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sleep waits, unless ctx ends before.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
