package paysession

import (
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// desk is an agent and a caller: it drives a session the way a leg does.
type desk struct {
	t       testing.TB
	session *Agent
	answer  Answer

	all      []Output
	statuses []url.Values
	asked    []Request
	done     *Done
}

// opened parses a form ("Name=value" texts) and opens its session.
func opened(t testing.TB, params ...string) *desk {
	t.Helper()
	v := url.Values{}
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		v.Set(name, value)
	}
	cfg, no := ParseForm(v)
	if no != nil {
		t.Fatal(no)
	}
	return &desk{t: t, session: NewAgent(cfg, today()), answer: Answer{ID: "SIM-ABCDEF", ProfileID: "cus-1"}}
}

// put gives inputs to the session; a Process is answered at once.
func (d *desk) put(ins ...Input) {
	d.t.Helper()
	for _, in := range ins {
		outs := d.session.Handle(in)
		d.all = append(d.all, outs...)
		for _, out := range outs {
			if d.done != nil {
				d.t.Fatalf("%T after Done", out)
			}
			switch out := out.(type) {
			case Status:
				d.statuses = append(d.statuses, out.Values)
			case Process:
				d.asked = append(d.asked, out.Request)
				if out.Request.Number.Len()+out.Request.Account.Len() == 0 {
					d.t.Error("the connector is asked without a number")
				}
				defer d.put(d.answer)
			case Done:
				d.done = &out
			case Say, Wait:
			}
		}
	}
}

// ask captures a field, and types keys; "-" is silence, "!" a hang-up.
func (d *desk) ask(capture, keys string) {
	d.t.Helper()
	c, ok := ParseCapture(capture)
	if !ok {
		d.t.Fatalf("%s is no capture", capture)
	}
	if no := d.session.Check(c); no != nil {
		d.t.Fatal(no)
	}
	d.put(c)
	d.types(keys)
}

func (d *desk) types(keys string) {
	for i := range len(keys) {
		switch keys[i] {
		case '-':
			d.put(Silence{})
		case '!':
			d.put(HungUp{})
		case ' ':
		default:
			d.put(Key(keys[i]))
		}
	}
}

// last is the newest status callback, as far as it is named.
func (d *desk) last(names ...string) string {
	v := d.statuses[len(d.statuses)-1]
	var all []string
	for _, name := range names {
		all = append(all, v.Get(name))
	}
	return strings.Join(all, "|")
}

// step is one capture: what is typed, and what its last callback says of it.
type step struct{ capture, keys, failure, required string }

// play makes each capture and compares what is told of it.
func (d *desk) play(steps []step) {
	d.t.Helper()
	for i, s := range steps {
		d.ask(s.capture, s.keys)
		if got, want := d.last("Capture", "ErrorType", "PartialResult", "Required"), s.capture+"|"+s.failure+"||"+s.required; got != want {
			d.t.Errorf("step %d, %s %s: got %s, want %s", i, s.capture, s.keys, got, want)
		}
		if d.session.Listening() || d.session.Waiting() != "" {
			d.t.Errorf("step %d: it still waits for %q", i, d.session.Waiting())
		}
	}
}

const (
	num, exp, sec, zip = "payment-card-number", "expiration-date", "security-code", "postal-code"
	rout, acct         = "bank-routing-number", "bank-account-number"
	visa               = "4242424242424242"
)

// TestAgentCaptures plays captures in every order, and everything that can go wrong with one.
func TestAgentCaptures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		params []string
		steps  []step
	}{
		{"in order", nil, []step{
			{num, visa, "", "expiration-date,security-code,postal-code"}, {exp, "1230", "", "security-code,postal-code"},
			{sec, "123", "", "postal-code"}, {zip, "94105#", "", ""}}},
		{"in another", nil, []step{
			{zip, "94105-", "", "payment-card-number,expiration-date,security-code"},
			{exp, "1230", "", "payment-card-number,security-code"}, {num, visa, "", "security-code"}, {sec, "#123", "", ""}}},
		{"not required", []string{"SecurityCode=false", "PostalCode=false"}, []step{
			{exp, "1230", "", num}, {zip, "94105#", "", num}, {num, visa, "", ""}}},
		{"silence and nonsense", nil, []step{
			{num, "-", "input-timeout", "payment-card-number,expiration-date,security-code,postal-code"},
			{num, "#", "input-timeout", "payment-card-number,expiration-date,security-code,postal-code"},
			{num, "4242-", "invalid-card-number", "payment-card-number,expiration-date,security-code,postal-code"},
			{num, "4242424242424241", "invalid-card-number", "payment-card-number,expiration-date,security-code,postal-code"},
			{num, "6011111111111117", "invalid-card-type", "payment-card-number,expiration-date,security-code,postal-code"},
			{num, visa, "", "expiration-date,security-code,postal-code"},
			{exp, "1225", "invalid-date", "expiration-date,security-code,postal-code"},
			{sec, "12#", "invalid-security-code", "expiration-date,security-code,postal-code"},
			{zip, visa + "#", "invalid-postal-code", "expiration-date,security-code,postal-code"}}},
		{"the code before the number", nil, []step{
			{sec, "", "invalid-card-number-security-code-capture-sequence", "payment-card-number,expiration-date,security-code,postal-code"}}},
		{"once more", []string{"PostalCode=false"}, []step{
			{num, visa, "", "expiration-date,security-code"}, {sec, "123", "", exp}, {exp, "1230", "", ""},
			{num, "-", "input-timeout", num},  // the old number is forgotten
			{num, "5555555555554444", "", ""}, // the code has the right length for it
			{num, "378282246310005", "", sec}, // and not for this one
			{sec, "1234", "", ""}, {exp, "13-", "invalid-date", exp}}},
		{"a postal code of so many digits", []string{"SecurityCode=false", "MinPostalCodeLength=5"}, []step{
			{zip, "9410#", "invalid-postal-code", "payment-card-number,expiration-date,postal-code"},
			{zip, "941051#", "invalid-postal-code", "payment-card-number,expiration-date,postal-code"},
			{zip, "94105#", "", "payment-card-number,expiration-date"}}},
		{"a postal code that turns out to be a piece of the number", nil, []step{
			{zip, "24242#", "", "payment-card-number,expiration-date,security-code"},
			{num, visa, "", "expiration-date,security-code,postal-code"}}},
		{"other cards", []string{"ValidCardTypes=discover", "SecurityCode=false", "PostalCode=false"}, []step{
			{num, visa, "invalid-card-type", "payment-card-number,expiration-date"}, {num, "6011111111111117", "", exp}}},
		{"a bank account", []string{"PaymentMethod=ach-debit"}, []step{
			{rout, "121181977", "invalid-bank-routing-number", "bank-routing-number,bank-account-number"},
			{acct, "123#", "invalid-bank-account-number", "bank-routing-number,bank-account-number"},
			{acct, "508862392#", "", rout}, {rout, "121181976", "", ""}}},
		{"typed twice", []string{"RequireMatchingInputs=payment-card-number,postal-code", "SecurityCode=false"}, []step{
			{num + "-matcher", "", "input-matching-failed", "payment-card-number,payment-card-number-matcher,expiration-date,postal-code,postal-code-matcher"},
			{num, visa, "", "payment-card-number-matcher,expiration-date,postal-code,postal-code-matcher"},
			{num + "-matcher", "-", "input-timeout", "payment-card-number-matcher,expiration-date,postal-code,postal-code-matcher"},
			{num + "-matcher", "5555555555554444", "input-matching-failed", "payment-card-number,payment-card-number-matcher,expiration-date,postal-code,postal-code-matcher"},
			{num, visa, "", "payment-card-number-matcher,expiration-date,postal-code,postal-code-matcher"},
			{num + "-matcher", visa, "", "expiration-date,postal-code,postal-code-matcher"},
			{zip, "94105#", "", "expiration-date,postal-code-matcher"},
			{zip + "-matcher", "94105#", "", exp},
			{num, visa, "", "payment-card-number-matcher,expiration-date"}}}, // a new entry has to be matched anew
		{"matched without need", nil, []step{
			{num, visa, "", "expiration-date,security-code,postal-code"}, {sec, "123", "", "expiration-date,postal-code"},
			{sec + "-matcher", "124", "input-matching-failed", "expiration-date,security-code,postal-code"},
			{sec, "123", "", "expiration-date,postal-code"}, {sec + "-matcher", "123", "", "expiration-date,postal-code"},
			{exp, "1230", "", zip}, {exp + "-matcher", "1230", "", zip}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			opened(t, c.params...).play(c.steps)
		})
	}
}

// TestAgentEndings are the ways in which a session ends.
func TestAgentEndings(t *testing.T) {
	t.Parallel()
	full := func(d *desk) {
		d.ask(num, visa)
		d.ask(exp, "1230")
		d.ask(sec, "123")
		d.ask(zip, "94105#")
	}
	const masked = "PaymentMethod=credit-card PaymentCardNumber=xxxxxxxxxxxx4242 PaymentCardType=visa ExpirationDate=1230 " +
		"SecurityCode=xxx PaymentCardPostalCode=94105 "
	const nothing = "PaymentConfirmationCode= PaymentToken= ProfileId="
	for _, c := range []struct {
		name, params string
		act          func(*desk)
		want         string
	}{
		{"charged", "ChargeAmount=9.99", func(d *desk) { full(d); d.put(Complete{}) },
			masked + "Result=success PaymentConfirmationCode=SIM-ABCDEF PaymentToken= ProfileId=cus-1"},
		{"kept", "", func(d *desk) { full(d); d.put(Complete{}) },
			masked + "Result=success PaymentConfirmationCode= PaymentToken=SIM-ABCDEF ProfileId=cus-1"},
		{"refused", "ChargeAmount=9.99", func(d *desk) {
			d.answer = Answer{Code: 64012, Text: "declined", ConnectorError: "card_declined", Parameters: map[string]string{"a": "b"}}
			full(d)
			d.put(Complete{})
		}, masked + "Result=payment-connector-error PayErrorCode=64012 PaymentError=declined ConnectorError=card_declined " + nothing},
		{"cancelled", "", func(d *desk) { full(d); d.put(Cancel{}) }, masked + "Result=transaction-cancelled " + nothing},
		{"cancelled at once", "", func(d *desk) { d.put(Cancel{}) }, "PaymentMethod=credit-card Result=transaction-cancelled " + nothing},
		{"star", "", func(d *desk) { d.ask(num, "42*") }, "PaymentMethod=credit-card Result=caller-interrupted-with-star " + nothing},
		{"hung up", "PaymentMethod=ach-debit", func(d *desk) { d.ask(rout, "121181976"); d.ask(acct, "12!") },
			"PaymentMethod=ach-debit BankAccountType=consumer-checking BankRoutingNumber=121181976 Result=caller-hung-up " + nothing},
		{"hung up between two captures", "", func(d *desk) { d.put(HungUp{}) }, "PaymentMethod=credit-card Result=caller-hung-up " + nothing},
		{"confirmed", "Confirmation=true", func(d *desk) { full(d); d.put(Complete{}); d.types("#31") },
			masked + "Result=success PaymentConfirmationCode= PaymentToken=SIM-ABCDEF ProfileId=cus-1"},
		{"not confirmed", "Confirmation=true", func(d *desk) { full(d); d.put(Complete{}); d.types("2") }, masked + "Result=transaction-cancelled " + nothing},
		{"confirmed on the second asking", "Confirmation=true", func(d *desk) { full(d); d.put(Complete{}, Silence{}, Complete{}); d.types("1") },
			masked + "Result=success PaymentConfirmationCode= PaymentToken=SIM-ABCDEF ProfileId=cus-1"},
		{"star at the confirmation", "Confirmation=true", func(d *desk) { full(d); d.put(Complete{}); d.types("*") }, masked + "Result=caller-interrupted-with-star " + nothing},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := opened(t, c.params)
			c.act(d)
			if d.done == nil {
				t.Fatal("it has not ended")
			}
			want := url.Values{}
			for _, pair := range strings.Fields(c.want) {
				name, value, _ := strings.Cut(pair, "=")
				want.Set(name, value)
			}
			if diff := cmp.Diff(want, d.done.Values); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !d.session.Over() || d.session.Handle(Key('1')) != nil || d.session.Handle(Complete{}) != nil {
				t.Error("it goes on after its end")
			}
			for _, r := range d.asked {
				if r.Number.Len()+r.Code.Len()+r.Account.Len() != 0 {
					t.Error("digits are left after the end")
				}
			}
		})
	}
}

// TestAgentTestCards asks no connector in test mode for any other card.
func TestAgentTestCards(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ params, field, keys, field2, keys2, code string }{
		{"PaymentMethod=credit-card", num, "4000001234567899", exp, "1230", "64022"},
		{"PaymentMethod=ach-debit", rout, "121181976", acct, "508862392#", "64023"},
	} {
		d := opened(t, c.params, "SecurityCode=false", "PostalCode=false")
		d.session.cfg.TestCardsOnly = true
		d.ask(c.field, c.keys)
		d.ask(c.field2, c.keys2)
		d.put(Complete{})
		if d.done == nil || d.done.Values.Get("PayErrorCode") != c.code || len(d.asked) != 0 {
			t.Errorf("%s: %+v", c.code, d.done)
		}
	}
}

// TestAgentReplaced lets one capture take the place of another, and of a confirmation.
func TestAgentReplaced(t *testing.T) {
	t.Parallel()
	d := opened(t, "Confirmation=true", "SecurityCode=false", "PostalCode=false", "Timeout=7")
	d.ask(num, "4242")
	d.ask(exp, "1")
	if got := d.last("Capture", "ExpirationDate", "PaymentCardNumber", "PartialResult"); got != "expiration-date|x||true" {
		t.Error(got)
	}
	d.types("230")
	d.ask(num, visa)
	d.put(Complete{})
	if d.session.Waiting() != string(Confirmation) || !d.session.Takes('5') {
		t.Fatalf("it waits for %q", d.session.Waiting())
	}
	d.ask(num, "") // the agent heard that the number was wrong
	if d.session.Waiting() != num || d.last("PaymentCardNumber", "Required") != "|"+num {
		t.Errorf("waits for %q, %s", d.session.Waiting(), d.last("PaymentCardNumber", "Required"))
	}
	if _, attempt, _ := d.session.Progress(); attempt != 3 {
		t.Errorf("attempt %d", attempt)
	}
	for _, out := range d.all {
		if w, ok := out.(Wait); ok && w.For != 7*time.Second {
			t.Errorf("it waits for %s", w.For)
		}
	}
	var said []string
	for _, out := range d.all {
		if s, ok := out.(Say); ok {
			said = append(said, s.Text)
		}
	}
	if want := []string{"You entered the card ending in 4 2 4 2. To confirm, press 1. To cancel, press 2."}; !slices.Equal(said, want) {
		t.Errorf("said %q", said)
	}
}

// TestAgentCheck are the requests that are refused while a session is open.
func TestAgentCheck(t *testing.T) {
	t.Parallel()
	d := opened(t, "SecurityCode=false", "PostalCode=false")
	for _, c := range []struct {
		in   Input
		code int
	}{
		{Complete{}, CodeIncomplete}, {Capture{Field: RoutingNumber}, CodeParameter}, {Cancel{}, 0}, {Capture{Field: PostalCode}, 0},
	} {
		no := d.session.Check(c.in)
		if got := 0; no != nil && no.Code != c.code || no == nil && c.code != got {
			t.Errorf("%+v: %v, want %d", c.in, no, c.code)
		}
	}
	if outs := d.session.Handle(Capture{Field: AccountNumber}); outs != nil {
		t.Errorf("a capture that is refused does %v", outs)
	}
	d.ask(num, visa)
	d.ask(exp, "1230")
	if outs := d.session.Handle(Complete{}); len(outs) != 1 {
		t.Fatalf("%v", outs)
	}
	for _, in := range []Input{Complete{}, Cancel{}, Capture{Field: CardNumber}} {
		if no := d.session.Check(in); no == nil || no.Code != CodeInvalidOperation {
			t.Errorf("%T while the connector works: %v", in, no)
		}
		if outs := d.session.Handle(in); outs != nil {
			t.Errorf("%T while the connector works: %v", in, outs)
		}
	}
	for _, in := range []Input{Key('*'), HungUp{}, Silence{}} {
		if outs := d.session.Handle(in); outs != nil {
			t.Errorf("%T takes the charge back: %v", in, outs)
		}
	}
}

// TestAgentLateHash: a # behind an entry that ended by itself is its own, even when the next was asked meanwhile.
func TestAgentLateHash(t *testing.T) {
	t.Parallel()
	d := opened(t)
	d.ask(num, visa)
	if !d.session.Takes('#') || d.session.Takes('1') {
		t.Error("after the number # is taken, and no digit")
	}
	d.ask(exp, "#")
	if d.session.Waiting() != exp {
		t.Error("the late # ended the next entry")
	}
	d.types("#")
	if d.last("ErrorType") != "input-timeout" {
		t.Error("a second # is one too many")
	}
	if d.session.Takes('#') {
		t.Error("it still waits for a #")
	}
}

// TestParseForm is every parameter, right and wrong.
func TestParseForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		params string
		code   int
		text   string
	}{
		{"", 0, ""},
		{"ChargeAmount=9.999", 64003, "PaymentAmount='9.999' (more than 2 decimals for usd)"},
		{"ChargeAmount=-1", 64003, "PaymentAmount='-1' (not a number between 0.00 - 1,000,000.00)"},
		{"ChargeAmount=1000000.01", 64003, ""}, {"ChargeAmount=1000000", 0, ""}, {"ChargeAmount=0", 0, ""},
		{"ChargeAmount=1.5&Currency=JPY", 64003, ""}, {"ChargeAmount=1.234&Currency=kwd", 0, ""},
		{"BankAccountType=consumer-savings", 64017, ""}, {"BankAccountType=consumer-savings&PaymentMethod=ach-debit", 0, ""},
		{"BankAccountType=commercial-savings&PaymentMethod=ach-debit", 64020, ""},
		{"PaymentMethod=cash", 64020, "PaymentMethod='cash' (not one of credit-card, ach-debit)"},
		{"Input=speech", 64020, ""}, {"Input=dtmf", 0, ""},
		{"MinPostalCodeLength=0", 64020, ""}, {"MinPostalCodeLength=11", 64020, ""}, {"MinPostalCodeLength=x", 64020, ""},
		{"PostalCode=94105", 64020, "PostalCode='94105' (not true or false)"}, {"SecurityCode=maybe", 64020, ""},
		{"Timeout=0", 64020, ""}, {"Timeout=601", 64020, "Timeout='601' (not a number between 1 - 600)"}, {"Timeout=600", 0, ""},
		{"TokenType=forever", 64020, ""}, {"TokenType=one-time", 0, ""}, {"TokenType=one-time&ChargeAmount=0.00", 0, ""},
		{"TokenType=reusable&ChargeAmount=1", 64020, "TokenType='reusable' (not beside a ChargeAmount)"},
		{"ValidCardTypes=visa master-card", 64020, "ValidCardTypes='master-card' (not a card type)"},
		{"RequireMatchingInputs=payment-card-number, postal-code", 0, ""}, {"RequireMatchingInputs=bank-account-number", 64020, ""},
		{"RequireMatchingInputs=payment-card-number&PaymentMethod=ach-debit", 64020, ""},
		{"Confirmation=yes", 64020, "Confirmation='yes' (not true or false)"}, {"Confirmation=true", 0, ""},
		{`Parameter={"a":{"b":1}}`, 64020, ""}, {`Parameter=["a"]`, 64020, ""}, {`Parameter={"a":"b"`, 64020, ""}, {`Parameter={"a":"b"} x`, 64020, ""},
		{`Parameter={'a':{'b':1}}`, 64020, ""}, {"Parameter=name", 64020, ""}, {`Parameter={"a":[1]}`, 64020, ""}, {`Parameter={"a"}`, 64020, ""},
	} {
		v, err := url.ParseQuery(c.params)
		if err != nil {
			t.Fatal(err)
		}
		_, no := ParseForm(v)
		if (no == nil) != (c.code == 0) || no != nil && (no.Code != c.code || c.text != "" && no.Text != c.text) {
			t.Errorf("%s: %v, want %d %s", c.params, no, c.code, c.text)
		}
	}
	for text, want := range map[string][]Parameter{
		`{"b":"x","a":1.50,"c":true,"d":null}`: {{"b", "x"}, {"a", "1.50"}, {"c", "true"}, {"d", ""}},
		` {'name':'foobar'} `:                  {{"name", "foobar"}},
		`{'say':'it\'s "so"\n'}`:               {{"say", "it's \"so\"\n"}},
		`{"its":"o'clock"}`:                    {{"its", "o'clock"}},
		`{}`:                                   nil,
	} {
		cfg, no := ParseForm(url.Values{"Parameter": {text}})
		if diff := cmp.Diff(want, cfg.Parameters); no != nil || diff != "" {
			t.Errorf("%s: %v %s", text, no, diff)
		}
	}
}

// FuzzAgent lets an agent ask for anything and a caller type anything: no output shows more than the last four digits
// of the card number that is known by then.
func FuzzAgent(f *testing.F) {
	f.Add("n4242424242424242e1230p94105#s123c1", uint8(0))
	f.Add("p42424#n4242424242424242N4242424242424242c", uint8(3))
	f.Add("n378282246310005s1234n5555555555554444-c2", uint8(1))
	f.Add("r121181976a508862392#c1", uint8(4))
	f.Fuzz(func(t *testing.T, script string, options uint8) { playAgent(t, script, options) })
}

// TestRandomAgents are agents and callers who mostly do the right thing: they get to the end far more often than bytes
// from a fuzzer do.
func TestRandomAgents(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 3))
	ended := map[Result]int{}
	for range randomAgents {
		number := randomNumber(rnd)
		parts := []string{"n" + number, "e1230", "p94105#", "n" + number + "s123", "N" + number, "P94105#", "n-", "p" + number[3:9] + "#",
			"s" + number[:3], "n" + number[:9] + "#", "e", "#", "c2", "p" + number + "#"}
		var script strings.Builder
		script.WriteString("n" + number + "s123e1230p94105#")
		for range rnd.IntN(12) {
			script.WriteString(parts[rnd.IntN(len(parts))])
		}
		script.WriteString("n" + number + "N" + number + "p94105#P94105#s123e1230")
		script.WriteString([]string{"c1", "c-c1", "x", "n4*", "!"}[rnd.IntN(5)])
		if d := playAgent(t, script.String(), uint8(rnd.IntN(4))); d.done != nil {
			ended[d.done.Result]++
		}
	}
	for _, r := range []Result{Success, Cancelled, Starred, CallerHungUp} {
		if ended[r] < 5 {
			t.Errorf("%d sessions ended with %s: %v", ended[r], r, ended)
		}
	}
}

// playAgent plays a script: letters are captures, c completes, x cancels, the rest is the caller's.
func playAgent(t *testing.T, script string, options uint8) *desk {
	t.Helper()
	params := []string{"ValidCardTypes=visa mastercard amex maestro discover optima jcb diners-club enroute"}
	if options&1 != 0 {
		params = append(params, "Confirmation=true")
	}
	if options&2 != 0 {
		params = append(params, "RequireMatchingInputs=payment-card-number,postal-code", "ChargeAmount=1.00")
	}
	if options&4 != 0 {
		params = []string{"PaymentMethod=ach-debit", "Confirmation=true"}
	}
	d, allowed := opened(t, params...), shapes()
	captures := map[rune]string{'n': num, 'e': exp, 's': sec, 'p': zip, 'r': rout, 'a': acct,
		'N': num + matcherSuffix, 'E': exp + matcherSuffix, 'S': sec + matcherSuffix, 'P': zip + matcherSuffix}
	for _, c := range script[:min(len(script), 600)] {
		known := string(d.session.number.AppendTo(nil))
		seen := len(d.all)
		switch name := captures[c]; {
		case name != "":
			capture, _ := ParseCapture(name)
			d.put(capture)
		case c == 'c':
			d.put(Complete{})
		case c == 'x':
			d.put(Cancel{})
		case strings.ContainsRune("0123456789*#-!", c):
			d.types(string(c))
		}
		if n := d.session.number; n.Len() > 0 {
			known = string(n.AppendTo(nil))
		}
		d.inspect(d.all[seen:], known, allowed)
	}
	return d
}

// inspect looks for the number, and for anything in a form that it may not have.
func (d *desk) inspect(outs []Output, number string, allowed map[string]*regexp.Regexp) {
	d.t.Helper()
	for _, out := range outs {
		var values url.Values
		switch out := out.(type) {
		case Wait:
			continue
		case Status:
			values = out.Values
		case Done:
			values = out.Values
		case Say, Process:
		}
		if text := printed(out); leaks(text, number) {
			d.t.Errorf("%T shows more than four digits of %s: %s", out, number, text)
		}
		partial := values.Get("PartialResult") == "true"
		for name := range values {
			value := values.Get(name)
			switch re := allowed[name]; {
			case strings.Trim(value, "x") == "" && partial:
			case name == "Required" || name == "Capture" || name == "PaymentConnector" || name == "TokenType":
				if strings.ContainsAny(value, "0123456789") {
					d.t.Errorf("%s=%q", name, value)
				}
			case name == "ChargeAmount" || name == "PartialResult" || name == "PayErrorCode" || name == "PaymentToken" || name == "ProfileId":
			case re == nil || !re.MatchString(value):
				d.t.Errorf("%s=%q", name, value)
			}
		}
	}
}
