package pace_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/campaigns/pace"
	"github.com/paydial/paydial/internal/redistest"
)

func connect(t *testing.T, url string) redis.UniversalClient {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// far are limits that are in nobody's way.
func far() pace.Limits {
	return pace.Limits{PerSecond: 1000, AccountAtOnce: 1000, PerMinute: 60_000, AtOnce: 1000}
}

// book notes when calls were taken up by whoever makes them.
type book struct {
	mu sync.Mutex
	at []time.Time
}

func (b *book) note() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = append(b.at, time.Now())
}

// most is the largest number of calls in any span.
func (b *book) most(span time.Duration) int {
	slices.SortFunc(b.at, time.Time.Compare)
	most, first := 0, 0
	for i, at := range b.at {
		for at.Sub(b.at[first]) >= span {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// Some processes call as fast as they may, each call is taken up at any moment before its answer, and answers take any
// time: in no second are there more than the limit, and there are hardly fewer.
func TestNoSecondHasMoreCallsThanTheLimit(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, url string) {
		const limit, lasts = 50, 5 * time.Second
		var b book
		var n atomic.Int64
		ctx, cancel := context.WithTimeout(t.Context(), lasts)
		defer cancel()
		l := far()
		l.PerSecond = limit
		began := time.Now()
		var all sync.WaitGroup
		for range 3 { // processes
			p := pace.New(connect(t, url))
			for range 5 { // workers
				all.Go(func() {
					for ctx.Err() == nil {
						id := strconv.FormatInt(n.Add(1), 10)
						g, err := p.Take(ctx, "spring", id, l, time.Minute)
						if err != nil {
							continue
						}
						<-time.After(rand.N(6 * time.Millisecond))
						b.note()
						<-time.After(rand.N(4 * time.Millisecond))
						if err := g.Done(t.Context()); err != nil {
							t.Error(err)
						}
						if err := p.Release(t.Context(), "spring", id); err != nil {
							t.Error(err)
						}
					}
				})
			}
		}
		all.Wait()
		took := time.Since(began).Seconds()
		if most := b.most(time.Second); most > limit {
			t.Errorf("%d calls within a second, the limit is %d", most, limit)
		}
		rate := float64(len(b.at)) / took
		t.Logf("%d calls in %.2f s: %.2f a second, at most %d within a second, %d within 100 ms", len(b.at), took, rate, b.most(time.Second), b.most(100*time.Millisecond))
		if rate < 0.5*limit { // the machine may be busy with other tests; the figure of a quiet one is in the log
			t.Errorf("%.1f calls a second, the limit is %d", rate, limit)
		}
		if burst := b.most(100 * time.Millisecond); burst > limit/2 { // not spaced, all of a second's would begin at once
			t.Errorf("%d calls within 100 ms: they are not spaced", burst)
		}
	})
}

// A call that was allowed and never answered counts as long as it may still be on its way.
func TestWhatIsOnItsWayCounts(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, url string) {
		p := pace.New(connect(t, url))
		l := far()
		l.PerSecond = 1
		first, err := p.Take(t.Context(), "a", "1:1", l, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		var early *pace.TooEarly
		if _, err := p.Take(t.Context(), "b", "1:1", l, 1500*time.Millisecond); !errors.As(err, &early) || !early.Account {
			t.Fatalf("a second call while the first is on its way: %v", err)
		}
		if err := first.Done(t.Context()); err != nil {
			t.Fatal(err)
		}
		answered := time.Now()
		if _, err := p.Take(t.Context(), "b", "1:1", l, 3*time.Second); err != nil {
			t.Fatal(err)
		}
		if after := time.Since(answered); after < 990*time.Millisecond {
			t.Errorf("the next call came %s after the answer", after)
		}
	})
}

func TestAGrantThatIsGivenBackIsFree(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, url string) {
		p := pace.New(connect(t, url))
		l := far()
		l.PerSecond, l.PerMinute, l.AtOnce, l.AccountAtOnce = 1, 1, 1, 1
		for range 5 {
			g, err := p.Take(t.Context(), "a", "1:1", l, 100*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			if err := g.Back(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := p.Live(t.Context(), "a"); err != nil || n != 0 {
			t.Errorf("live: %d, %v", n, err)
		}
	})
}

func TestACampaignKeepsToItsOwnPace(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, url string) {
		p := pace.New(connect(t, url))
		slow := far()
		slow.PerMinute = 30
		if _, err := p.Take(t.Context(), "slow", "1:1", slow, time.Second); err != nil {
			t.Fatal(err)
		}
		var early *pace.TooEarly
		if _, err := p.Take(t.Context(), "slow", "2:1", slow, 100*time.Millisecond); !errors.As(err, &early) || early.Account || early.Wait < 500*time.Millisecond {
			t.Errorf("the second call of a slow campaign: %v", err)
		}
		if _, err := p.Take(t.Context(), "other", "1:1", far(), 100*time.Millisecond); err != nil {
			t.Errorf("another campaign waits for the slow one: %v", err)
		}
		if _, err := p.Take(t.Context(), "other", "1:1", far(), 100*time.Millisecond); !errors.Is(err, pace.ErrTaken) {
			t.Errorf("the same call twice: %v", err)
		}
	})
}

func TestCallsAtOnce(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, url string) {
		p := pace.New(connect(t, url))
		l := far()
		l.AtOnce = 2
		take := func(ref string) error {
			g, err := p.Take(t.Context(), "a", ref, l, 50*time.Millisecond)
			if err == nil {
				err = g.Done(t.Context())
			}
			return err
		}
		for _, ref := range []string{"1:1", "2:1"} {
			if err := take(ref); err != nil {
				t.Fatal(err)
			}
		}
		var early *pace.TooEarly
		if err := take("3:1"); !errors.As(err, &early) {
			t.Fatalf("a third call at once: %v", err)
		}
		if err := p.Release(t.Context(), "a", "1:1"); err != nil {
			t.Fatal(err)
		}
		if err := take("3:1"); err != nil {
			t.Errorf("after one has ended: %v", err)
		}
		// The rows know another call, which nobody noted here. Those that were allowed a moment ago stay.
		wrong, err := p.Sync(t.Context(), "a", []string{"2:1", "3:1", "9:1"})
		if err != nil || wrong != 1 {
			t.Errorf("sync: %d wrong, %v", wrong, err)
		}
		if n, err := p.Live(t.Context(), "a"); err != nil || n != 3 {
			t.Errorf("live: %d, %v", n, err)
		}
	})
}

func TestNothingIsAllowedWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	c := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1})
	defer c.Close()
	began := time.Now()
	if g, err := pace.New(c).Take(t.Context(), "a", "1:1", far(), time.Second); err == nil || g != nil {
		t.Errorf("got a grant: %v, %v", g, err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %s to find out", took)
	}
}
