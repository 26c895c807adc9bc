package payments

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/internal/machine"
	"github.com/paydial/paydial/twilio"
)

var deskNoon = time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)

func deskRules(t testing.TB) *rules {
	t.Helper()
	r, err := newRules(Limits{}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// openDoc is a payment of 84.20 usd by card, whose session is open.
func openDoc() *document {
	doc := &document{Create: &order{Do: doCreate, Key: "c"}, SID: "PK1", Offer: Offer{AskCode: true, AskPostal: true}}
	doc.ID, doc.Stage, doc.Intent, doc.Method, doc.Amount = "pay_1", StageOpen, Charge, methodCard, Amount{Minor: 8420, Currency: "usd"}
	doc.KeyTimeout, doc.Started, doc.IdleEnds = 12, deskNoon, deskNoon.Add(10*time.Minute)
	doc.Fields = fieldsOf(doc, false)
	doc.Required = doc.missing()
	return doc
}

// grid writes a table of states whole: a line for each state, with every event that it has.
func grid(t *testing.T, m *machine.Machine, states, events []string) string {
	t.Helper()
	var b strings.Builder
	for _, s := range states {
		b.WriteString(s + ":")
		for _, e := range events {
			if to, err := m.Next(s, e); err == nil {
				fmt.Fprintf(&b, " %s>%s", e, to)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestStageTable(t *testing.T) {
	t.Parallel()
	states := []string{"ready", "starting", "open", "charging", "paid", "saved", "declined", "unknown", "cancelled", "caller_left", "unavailable"}
	events := []string{eventStart, eventOpened, eventCharge, eventReopen}
	for _, s := range states[4:] {
		events = append(events, "to_"+s)
	}
	known := " to_paid>paid to_saved>saved to_declined>declined%s to_cancelled>cancelled to_caller_left>caller_left to_unavailable>unavailable\n"
	all, unknown := fmt.Sprintf(known, ""), fmt.Sprintf(known, " to_unknown>unknown")
	want := "ready: start>starting" + all + "starting: opened>open" + unknown + "open: charge>charging" + unknown +
		"charging: reopen>open" + unknown + "paid: to_paid>paid\nsaved: to_saved>saved\ndeclined: to_declined>declined\nunknown:" + unknown +
		"cancelled: to_cancelled>cancelled\ncaller_left: to_caller_left>caller_left\nunavailable: to_unavailable>unavailable\n"
	if diff := cmp.Diff(want, grid(t, deskRules(t).stages, states, events)); diff != "" {
		t.Error(diff)
	}
}

func TestFieldTable(t *testing.T) {
	t.Parallel()
	states := []string{"not_asked", "asking", "waiting", "typing", "right", "wrong", "silent", "stopped"}
	events := []string{eventAsk, eventSent, eventKey, eventRight, eventWrong, eventSilent, eventStop, eventForget}
	want := `not_asked: ask>asking right>right
asking: ask>asking sent>waiting key>typing right>right wrong>wrong silent>silent stop>stopped
waiting: ask>asking key>typing right>right wrong>wrong silent>silent stop>stopped
typing: ask>asking key>typing right>right wrong>wrong silent>silent stop>stopped
right: ask>asking right>right forget>not_asked
wrong: ask>asking right>right
silent: ask>asking key>typing right>right wrong>wrong silent>silent
stopped: ask>asking right>right wrong>wrong
`
	if diff := cmp.Diff(want, grid(t, deskRules(t).fields, states, events)); diff != "" {
		t.Error(diff)
	}
}

// TestRefusals is what Twilio's refusals mean: of a request that may have arrived before they prove nothing.
func TestRefusals(t *testing.T) {
	t.Parallel()
	gone := &twilio.Error{Status: 404, Code: 20404}
	missing := &twilio.Error{Status: 400, Code: 64019}
	busy := &twilio.Error{Status: 400, Code: 64021}
	slow := &twilio.Error{Status: 429}
	broken := &twilio.Error{Status: 502}
	for name, tc := range map[string]struct {
		tries []reply
		again bool // the first try is one of another process's
		want  Stage
	}{
		"taken":                         {tries: []reply{{}}, want: StageCharging},
		"refused":                       {tries: []reply{{err: missing}}, want: StageOpen},
		"gone":                          {tries: []reply{{err: gone}}, want: StageCancelled},
		"too many, then gone":           {tries: []reply{{err: slow}, {err: gone}}, want: StageCancelled},
		"unclear, then gone":            {tries: []reply{{err: gone, unsure: true}}, want: StageCharging},
		"unclear, then busy":            {tries: []reply{{err: busy, unsure: true}}, want: StageCharging},
		"broken, later gone":            {tries: []reply{{err: broken}, {err: gone}}, want: StageCharging},
		"taken, later busy":             {tries: []reply{{}, {err: busy}}, want: StageCharging},
		"another process's, now gone":   {again: true, tries: []reply{{err: gone}}, want: StageCharging},
		"another process's, now busy":   {again: true, tries: []reply{{err: busy}}, want: StageCharging},
		"a connection that was refused": {tries: []reply{{err: errNoSession}}, want: StageCharging},
	} {
		r, doc := deskRules(t), openDoc()
		for i := range doc.Fields {
			doc.Fields[i].State = FieldRight
		}
		if err := r.charge(doc, "k", deskNoon); err != nil {
			t.Fatal(err)
		}
		now := deskNoon.Add(20 * time.Second)
		if tc.again && r.tick(doc, now) == nil {
			t.Fatalf("%s: it was not sent again", name)
		}
		for _, said := range tc.tries {
			if err := r.answered(doc, *doc.Final, said, now); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if doc.Stage != tc.want {
			t.Errorf("%s: %s, want %s", name, doc.Stage, tc.want)
		}
	}
}

// TestLateSession is a session that Twilio opens for a payment that was cancelled meanwhile: it is to be closed.
func TestLateSession(t *testing.T) {
	t.Parallel()
	for _, byCallback := range []bool{false, true} {
		r, doc := deskRules(t), openDoc()
		doc.Stage, doc.SID = StageStarting, ""
		if err := r.cancel(doc, "x", "", deskNoon); err != nil {
			t.Fatal(err)
		}
		doc.Settled, doc.Final.Acked = true, true
		if byCallback {
			r.hear(doc, 0, twilio.PaymentStatus{SID: "PK9"}, deskNoon)
		} else if err := r.answered(doc, *doc.Create, reply{sid: "PK9"}, deskNoon); err != nil {
			t.Fatal(err)
		}
		if doc.SID != "PK9" || doc.Settled || doc.Final.Acked || doc.Stage != StageCancelled {
			t.Errorf("by callback %v: session %q, settled %v, %s", byCallback, doc.SID, doc.Settled, doc.Stage)
		}
	}
}

// heard is a callback and the ask in its address.
type heard struct {
	ask int
	st  twilio.PaymentStatus
}

// twilioTells is what Twilio tells of a random script of captures, by the rules of its documentation: a callback for
// every key, a last one for every entry, and in each everything that was captured before and what is still required.
func twilioTells(rng *rand.Rand, r *rules, doc *document, asks, keys int) (told []heard, required []string) {
	kept := map[string]string{}
	names := []string{fieldCard, fieldExpiry, fieldCode}
	full := map[string]string{fieldCard: "xxxxxxxxxxxx4242", fieldExpiry: "1230", fieldCode: "xxx"}
	tell := func(ask int, name, typed, wrong string, partial bool) {
		v := url.Values{"Sid": {"PK00000000000000000000000000000001"}, "CallSid": {"CA00000000000000000000000000000001"},
			"AccountSid": {"AC00000000000000000000000000000001"}, "Capture": {name}}
		params := map[string]string{fieldCard: "PaymentCardNumber", fieldExpiry: "ExpirationDate", fieldCode: "SecurityCode"}
		required = nil
		for _, n := range names {
			if kept[n] != "" {
				v.Set(params[n], kept[n])
			} else {
				required = append(required, n)
			}
		}
		if kept[fieldCard] != "" {
			v.Set("PaymentCardType", "visa")
		}
		if typed != "" {
			v.Set(params[name], typed)
		}
		if partial {
			v.Set("PartialResult", "true")
		}
		if wrong != "" {
			v.Set("ErrorType", wrong)
		}
		v.Set("Required", strings.Join(required, ","))
		form, err := twilio.ParseForm([]byte(v.Encode()))
		if err != nil {
			panic(err)
		}
		st, err := twilio.ParsePaymentStatus(form)
		if err != nil {
			panic(err)
		}
		told = append(told, heard{ask, st})
	}
	for i := range asks {
		name := names[rng.IntN(len(names))]
		if err := r.ask(doc, name, fmt.Sprint(i), deskNoon); err != nil {
			panic(err)
		}
		ask := doc.Asks
		delete(kept, name)
		if name == fieldCode && kept[fieldCard] == "" {
			tell(ask, name, "", "invalid-card-number-security-code-capture-sequence", false)
			continue
		}
		for k := range keys {
			tell(ask, name, strings.Repeat("x", k+1), "", true)
		}
		switch rng.IntN(4) {
		case 0:
			tell(ask, name, "", "invalid-"+name, false)
		case 1: // the agent goes on in the middle of it
		default:
			if kept[name] = full[name]; name == fieldCard && rng.IntN(2) == 0 {
				delete(kept, fieldCode) // of another length than the new card's
			}
			tell(ask, name, "", "", false)
		}
	}
	return told, required
}

// hearAll gives a copy of a document callbacks, and what is to be seen of it then.
func hearAll(t *testing.T, r *rules, doc *document, told []heard) string {
	t.Helper()
	c := *doc
	c.Fields = slices.Clone(doc.Fields)
	for _, h := range told {
		r.hear(&c, h.ask, h.st, deskNoon)
	}
	type end struct {
		Name, State, Value, Error string
		Closed                    bool
	}
	var ends []end
	for _, f := range c.Fields {
		if !f.Closed && f.State != FieldNotAsked {
			f.State = "open" // asking, waiting, typing, stopped: only our own view of an ask that has no end yet
		}
		ends = append(ends, end{f.Name, string(f.State), f.Value, f.Error, f.Closed})
	}
	raw, err := json.Marshal([]any{c.Stage, c.SID, c.Brand, c.Last4, c.Required, ends})
	if err != nil {
		t.Fatal(err)
	}
	if missing := c.missing(); !slices.Equal(missing, c.Required) {
		t.Fatalf("required are %v, the fields say %v", c.Required, missing)
	}
	return string(raw)
}

// permute calls fn with every order of told.
func permute(told []heard, fn func([]heard)) {
	var rec func(int)
	rec = func(k int) {
		if k == len(told) {
			fn(told)
			return
		}
		for i := k; i < len(told); i++ {
			told[k], told[i] = told[i], told[k]
			rec(k + 1)
			told[k], told[i] = told[i], told[k]
		}
	}
	rec(0)
}

// TestCallbackOrder delivers what Twilio tells in every order, and longer sessions shuffled and repeated: the end
// is the same. With callbacks lost, no field is right that Twilio wants.
func TestCallbackOrder(t *testing.T) {
	t.Parallel()
	r := deskRules(t)
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 1))
		doc := openDoc()
		doc.Fields = doc.Fields[:3]
		short := seed < 6
		asks, keys := 4+rng.IntN(5), rng.IntN(4)
		if short {
			asks, keys = 2+rng.IntN(4), 0
		}
		told, required := twilioTells(rng, r, doc, asks, keys)
		if len(told) == 0 {
			continue
		}
		doc.Required = doc.missing()
		want := hearAll(t, r, doc, told)
		differs := func(in []heard) {
			if got := hearAll(t, r, doc, in); got != want && !t.Failed() {
				for _, h := range in {
					t.Logf("ask %d %s %q %s required %v", h.ask, h.st.Capture, valueOf(h.st, h.st.Capture), h.st.ErrorType, h.st.Required)
				}
				t.Errorf("seed %d: in another order\n%s\nin order\n%s", seed, got, want)
			}
		}
		if short && len(told) <= 7 {
			permute(slices.Clone(told), differs)
			continue
		}
		for range 25 {
			in := append(slices.Clone(told), told[:rng.IntN(len(told))]...)
			rng.Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
			differs(in)
			lost := slices.DeleteFunc(slices.Clone(told[:len(told)-1]), func(heard) bool { return rng.IntN(3) == 0 })
			lost = append(lost, told[len(told)-1]) // the last word came
			rng.Shuffle(len(lost), func(i, j int) { lost[i], lost[j] = lost[j], lost[i] })
			c := *doc
			c.Fields = slices.Clone(doc.Fields)
			for _, h := range lost {
				r.hear(&c, h.ask, h.st, deskNoon)
			}
			for _, f := range c.Fields {
				if told[len(told)-1].ask == doc.Asks && f.State == FieldRight && slices.Contains(required, f.Name) {
					t.Fatalf("seed %d: %s is right, and Twilio wants %v", seed, f.Name, required)
				}
			}
		}
	}
}

// FuzzHear gives a payment callbacks with anything in them. Nothing holds more than the last four digits of a number,
// and what is required and the fields agree.
func FuzzHear(f *testing.F) {
	f.Add("payment-card-number", "4242424242424242", "visa", "", "", true, false, 1)
	f.Add("expiration-date", "4242424242424242", "4242424242424242", "4242424242424242", "ExpirationDate", false, true, 1)
	f.Add("security-code", "123", "amex", "input-timeout", "security-code-matcher", false, true, 0)
	f.Add("postal-code", "4242-4242-4242-4242", "", "", "", false, true, 2)
	r := deskRules(f)
	f.Fuzz(func(t *testing.T, capture, value, brand, wrong, required string, partial, has bool, ask int) {
		doc := openDoc()
		for _, name := range []string{fieldCard, fieldExpiry, fieldCode, fieldPostal} {
			_ = r.ask(doc, name, name, deskNoon)
		}
		st := twilio.PaymentStatus{SID: "PK1", Capture: capture, Partial: partial, ErrorType: wrong, HasRequired: has,
			Required: strings.Split(required, ","), PayResult: twilio.PayResult{PaymentCardNumber: value, PaymentCardType: brand,
				ExpirationDate: value, SecurityCode: value, PaymentCardPostalCode: value, BankAccountNumber: value, BankRoutingNumber: value}}
		for i := range 4 {
			st.Capture = doc.Fields[i].Name
			r.hear(doc, doc.Fields[i].Ask, st, deskNoon)
		}
		st.Capture = capture
		r.hear(doc, ask, st, deskNoon)
		if !slices.Equal(doc.missing(), doc.Required) {
			t.Errorf("required are %v, the fields say %v", doc.Required, doc.missing())
		}
		for _, field := range doc.Fields {
			digits := strings.Map(func(c rune) rune {
				if c >= '0' && c <= '9' {
					return c
				}
				return -1
			}, field.Value+field.Error)
			if most := map[string]int{fieldPostal: maxClear}[field.Name]; len(digits) > max(most, 4) || field.Name == fieldCode && digits != "" {
				t.Errorf("%s holds %q", field.Name, field.Value)
			}
		}
		if len(doc.Last4) > 16 || len([]rune(doc.Last4)) > 4 {
			t.Errorf("the last four digits are %q", doc.Last4)
		}
	})
}
