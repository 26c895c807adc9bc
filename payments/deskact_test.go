package payments

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paydial/paydial/twilio"
)

// noughts are the digits of an id.
const noughts = "00000000000000000000000000000000"

// orders is a Twilio that takes everything, and notes which orders came, without those that only repeat one.
type orders struct {
	mu   sync.Mutex
	came []string
}

func (o *orders) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	order := r.PostForm.Get("Capture") + r.PostForm.Get("Status") + " " + r.PostForm.Get("IdempotencyKey")
	o.mu.Lock()
	if !slices.Contains(o.came, order) {
		o.came = append(o.came, order)
	}
	o.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = w.Write([]byte(`{"sid":"PK` + noughts + `"}`))
}

// TestWishesAtOnce is one wish that comes twice at the same moment, as an opening's callback beside its answer does,
// or a click whose answer was lost: the second has decided already when it finds that the first was kept. Twilio gets
// one order: another one would throw away what the caller has keyed, or complete a second time.
func TestWishesAtOnce(t *testing.T) {
	t.Parallel()
	for name, wish := range map[string]func(*Desk, context.Context) (Assisted, error){
		"ask": func(d *Desk, ctx context.Context) (Assisted, error) {
			return d.Ask(ctx, Actor{}, "pay_1", "first", "k")
		},
		"complete": func(d *Desk, ctx context.Context) (Assisted, error) {
			return d.Complete(ctx, Actor{}, "pay_1", Amount{Minor: 8420, Currency: "usd"}, "k")
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachRedis(t, func(t *testing.T, s *deskStore) {
				told := &orders{}
				server := httptest.NewServer(told)
				t.Cleanup(server.Close)
				client, err := twilio.NewClient(twilio.Config{AccountSID: "AC" + noughts, AuthToken: "secret", BaseURL: server.URL})
				if err != nil {
					t.Fatal(err)
				}
				doc := openDoc()
				doc.Call, doc.SID = "CA"+noughts, "PK"+noughts
				if name == "complete" {
					for i := range doc.Fields {
						doc.Fields[i].State = FieldRight
					}
				}
				if kept, err := s.keep(t.Context(), doc, deskNoon); !kept || err != nil {
					t.Fatal(kept, err)
				}
				d := &Desk{store: s, rules: deskRules(t)}
				var overtaken atomic.Bool
				d.cfg = DeskConfig{Twilio: client, PublicURL: "https://desk.example", Log: slog.New(slog.DiscardHandler), Now: func() time.Time {
					if !overtaken.Swap(true) { // it has loaded the payment, and has not decided yet
						if _, err := wish(d, t.Context()); err != nil {
							t.Errorf("the one that was first: %v", err)
						}
					}
					return deskNoon
				}}
				p, err := wish(d, t.Context())
				if err != nil || p.ID != "pay_1" {
					t.Errorf("the one that came second: %+v, %v", p, err)
				}
				if len(told.came) != 1 {
					t.Errorf("Twilio was told %q", told.came)
				}
			})
		})
	}
}
