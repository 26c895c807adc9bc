package campaigns_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/campaigns"
)

func (f *field) client() *redis.Client {
	f.t.Helper()
	o, err := redis.ParseURL(f.redis)
	if err != nil {
		f.t.Fatal(err)
	}
	c := redis.NewClient(o)
	f.t.Cleanup(func() { _ = c.Close() })
	return c
}

// A Redis that has forgotten everything learns at once which calls are live: there are hardly more at once than may be.
func TestARedisThatForgotKnowsLiveCallsAgain(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.hold = make(chan struct{})
	defer close(f.hold)
	const atOnce = 20
	spring := f.create(file("spring", "pace: { at_once: 20, per_minute: 600 }"), list(0, 100))
	f.work(f.open(nil))
	f.until(spring, "as many calls as may be", func(campaigns.Status) bool { return len(f.calls()) == atOnce })
	if err := f.client().FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	<-time.After(2500 * time.Millisecond) // 25 calls at this pace
	if n := len(f.calls()) - atOnce; n > 15 {
		t.Errorf("%d calls more than may be at once", n)
	}
}

// What the pace still believes to be a campaign's call after a Redis was away takes no room from the others, also where the
// campaign does not run any more.
func TestLostEndsOfAPausedCampaign(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	f.proj.Outbound.AtOnce = 2
	spring := f.create(file("spring"), list(0, 2))
	if err := f.answers.Pause(t.Context(), spring, campaigns.Act{By: "kim"}); err != nil {
		t.Fatal(err)
	}
	ago := float64(time.Now().Add(-time.Minute).UnixMicro())
	for key, of := range map[string]string{"paydial:{pace}:live": "spring:", "paydial:{pace}:of:spring:live": ""} {
		if err := f.client().ZAdd(t.Context(), key, redis.Z{Score: ago, Member: of + "2:1"}, redis.Z{Score: ago, Member: of + "3:1"}).Err(); err != nil {
			t.Fatal(err)
		}
	}
	summer := f.create(file("summer"), list(2, 2))
	f.work(f.open(nil))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	f.until(summer, "the end", func(st campaigns.Status) bool { return completed(st) || ctx.Err() != nil })
	if n := len(f.calls()); n != 2 {
		t.Errorf("%d calls", n)
	}
}
