package campaigns_test

import (
	"context"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/flows"
)

// deploy puts another project in the place of the field's: its files with something replaced.
func (f *field) deploy(was, is string) {
	f.t.Helper()
	bundle, err := flows.ReadBundle(os.DirFS(checkProject))
	if err != nil {
		f.t.Fatal(err)
	}
	changed := false
	for i := range bundle.Files {
		if text := string(bundle.Files[i].Source); strings.Contains(text, was) {
			bundle.Files[i].Source, changed = []byte(strings.Replace(text, was, is, 1)), true
		}
	}
	p, found := flows.Load(bundle)
	if !changed || found.Errors() {
		f.t.Fatalf("changed %v: %v", changed, found)
	}
	p.Outbound = f.proj.Outbound
	f.newer.Store(p)
}

// A project that changes under a running campaign: it goes on where it still fits, and pauses by itself where it does not.
func TestAFlowChangesUnderARunningCampaign(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	spring := f.create(file("spring", "pace: { at_once: 200, per_minute: 600 }"), list(0, 40))
	f.work(f.open(nil))
	f.until(spring, "some calls", func(campaigns.Status) bool { return len(f.calls()) >= 3 })
	f.deploy("This is Acme Energy with a message", "Acme Energy here with a message")
	f.until(spring, "more calls", func(st campaigns.Status) bool { return len(f.calls()) >= 8 && st.State == campaigns.StateRunning })
	f.deploy("direction: outbound", "direction: inbound")
	st := f.until(spring, "a pause", func(st campaigns.Status) bool { return st.State == campaigns.StatePaused })
	if !st.Safety || !strings.HasPrefix(st.Why, "by itself: its file does not fit the project any more: campaigns/spring.yaml:") || !strings.Contains(st.Why, "renew-plan") {
		t.Errorf("why: %q, safety %v", st.Why, st.Safety)
	}
	err := f.answers.Resume(t.Context(), spring, campaigns.Act{By: "kim", Note: "let us see"})
	if err == nil || !strings.Contains(err.Error(), "renew-plan") || f.status(spring).State != campaigns.StatePaused {
		t.Errorf("resumed with a file that does not fit: %v", err)
	}
	f.until(spring, "the live calls' end", func(st campaigns.Status) bool { return st.Counts.Calling == 0 })
	f.newer.Store(nil)
	if err := f.answers.Resume(t.Context(), spring, campaigns.Act{By: "kim", Note: "the flow is as it was"}); err != nil {
		t.Fatal(err)
	}
	if st := f.until(spring, "the end", completed); outcomeOf(st, "renewed") != 40 {
		t.Errorf("%+v", st.Outcomes)
	}
	f.once()
}

// Whose row does not bring what the flow has come to need is not rung: the flow could only say that it is sorry.
func TestAFlowNeedsMoreThanTheRowsBring(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	spring := f.create(file("spring"), list(0, 2))
	f.deploy("  plan:        text\n", "  plan:        text\n  tariff:      text\n")
	f.work(f.open(nil))
	st := f.until(spring, "the end", completed)
	if len(f.calls()) != 0 || len(st.Refused) != 1 || st.Refused[0].Reason != "missing:tariff" || st.Refused[0].People != 2 {
		t.Errorf("%d calls, not called: %+v", len(f.calls()), st.Refused)
	}
}

// While Redis is away nobody is rung, and a campaign can be paused; when it is back, the campaign goes on.
func TestRedisGoesAway(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	spring := f.create(file("spring", "pace: { at_once: 200, per_minute: 600 }"), list(0, 40))
	o, err := redis.ParseURL(f.redis)
	if err != nil {
		t.Fatal(err)
	}
	way := &gate{to: o.Addr}
	o.Dialer = way.dial
	client := redis.NewClient(o)
	t.Cleanup(func() { _ = client.Close() })
	f.work(f.open(func(c *campaigns.Config) { c.Redis = client }))
	f.until(spring, "some calls", func(campaigns.Status) bool { return len(f.calls()) >= 3 })
	way.set(false)
	<-time.After(200 * time.Millisecond) // who had leave already
	before := len(f.calls())
	<-time.After(700 * time.Millisecond) // seven calls at its pace
	if n := len(f.calls()); n != before {
		t.Errorf("%d calls without Redis", n-before)
	}
	if err := f.answers.Pause(t.Context(), spring, campaigns.Act{By: "kim"}); err != nil {
		t.Fatal(err)
	}
	if st := f.status(spring); st.State != campaigns.StatePaused || st.Counts.Total != 40 {
		t.Errorf("%+v", st)
	}
	way.set(true)
	<-time.After(300 * time.Millisecond)
	if n := len(f.calls()); n != before {
		t.Errorf("%d calls after the pause", n-before)
	}
	if err := f.answers.Resume(t.Context(), spring, campaigns.Act{By: "kim"}); err != nil {
		t.Fatal(err)
	}
	f.until(spring, "it to go on", func(campaigns.Status) bool { return len(f.calls()) >= before+10 })
	f.once()
}

// Slowing a campaign down bites within a second.
func TestSlowingDownBitesAtOnce(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite::memory:")
	spring := f.create(file("spring", "pace: { at_once: 200, per_minute: 2400 }"), list(0, 500))
	f.work(f.open(nil))
	f.until(spring, "live dialing", func(campaigns.Status) bool { return len(f.calls()) >= 40 })
	if err := f.answers.Slow(t.Context(), spring, 30, campaigns.Act{By: "kim"}); err != nil {
		t.Fatal(err)
	}
	slowed := time.Now()
	<-time.After(3500 * time.Millisecond)
	late := 0
	for _, p := range f.calls() {
		if p.at.Sub(slowed) > time.Second {
			late++
		}
	}
	if late > 3 { // of a hundred at the pace before
		t.Errorf("%d calls between one second and three and a half after it was slowed down to one in two seconds", late)
	}
}

// gate is a way to Redis that can be shut.
type gate struct {
	to string

	mu   sync.Mutex
	off  bool
	open []net.Conn
}

func (g *gate) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.off {
		return nil, errCut
	}
	c, err := (&net.Dialer{}).DialContext(ctx, network, g.to)
	if err == nil {
		g.open = append(g.open, c)
	}
	return c, err
}

// set opens the gate, or shuts it: what goes through it breaks off.
func (g *gate) set(open bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.off = !open; g.off {
		for _, c := range g.open {
			_ = c.Close()
		}
		g.open = nil
	}
}
