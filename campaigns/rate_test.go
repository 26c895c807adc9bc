package campaigns_test

import (
	"path/filepath"
	"testing"
	"time"
)

// Two processes dial as fast as the account may: in no second more, as Twilio sees it, and hardly less.
func TestTheAccountsRate(t *testing.T) {
	t.Parallel()
	f := newField(t, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	const limit = 20
	f.proj.Outbound.CallsPerSecond = limit
	spring := f.create(file("spring"), list(0, people(100)))
	f.work(f.open(nil))
	f.work(f.open(nil))
	f.until(spring, "the end", completed)
	all := f.calls()
	took := all[len(all)-1].at.Sub(all[0].at)
	most, first := 0, 0
	for i := range all {
		for all[i].at.Sub(all[first].at) >= time.Second {
			first++
		}
		most = max(most, i-first+1)
	}
	rate := float64(len(all)-1) / took.Seconds()
	t.Logf("%d calls in %s: %.2f a second, at most %d within a second", len(all), took, rate, most)
	if most > limit || !raceOn && rate < 0.8*limit { // a busy machine may be slower, and never faster
		t.Errorf("%.2f calls a second, at most %d within one, the limit is %d", rate, most, limit)
	}
}
