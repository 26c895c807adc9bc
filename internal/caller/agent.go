package caller

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// answerEvery is how often an agent looks whether their phone rings.
const answerEvery = 50 * time.Millisecond

// Answer is an agent who picks up whenever the call rings somebody, until the call is over or ctx ends.
func (c *Caller) Answer(ctx context.Context, sid string) error {
	tick := time.NewTicker(answerEvery)
	defer tick.Stop()
	for {
		st, err := c.State(ctx, sid)
		if err != nil || st.Over() {
			return err
		}
		for _, leg := range st.Children {
			if leg.Status != "ringing" {
				continue
			}
			err := c.do(ctx, http.MethodPost, "/sim/v1/calls/"+leg.CallSID+"/answer", struct{}{}, nil)
			var status *StatusError
			if err != nil && (!errors.As(err, &status) || status.Status != http.StatusConflict) { // conflict: it rings no more
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
