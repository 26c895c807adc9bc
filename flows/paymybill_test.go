package flows

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// payMyBill is the flow that the whole design is written around, in a project with office hours.
func payMyBill(t testing.TB) *Flow {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "played", "pay-my-bill.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return loadProject(t, map[string]string{"flows/pay-my-bill.yaml": string(text)}).Flows["pay-my-bill"]
}

func billing(e *Effect) Input {
	switch {
	case e.Kind == EffectText:
		return Input{Ending: "sent"}
	case e.Path == "/accounts/12345678":
		return Input{Ending: "found", Answer: json.RawMessage(
			`{"name":"Dana","balance":84.20,"due_on":"2026-03-15","zip":"94109","autopay":false}`)}
	case e.Path == "/accounts/11111111":
		return Input{Ending: "found", Answer: json.RawMessage(`{"name":"Ed","balance":"0.00","due_on":"2026-03-15","zip":"94109","autopay":true}`)}
	case e.Path == "/accounts/55555555":
		return Input{Ending: "found", Answer: json.RawMessage(`{"name":"Ed","balance":"a lot","due_on":"2026-03-15"}`)}
	}
	return Input{Ending: "not_found"}
}

func caller(t testing.TB) *player {
	t.Helper()
	p := newPlayer(t, payMyBill(t))
	p.service = billing
	return p.send(Input{Kind: InputStart})
}

func TestPaysTheWholeBill(t *testing.T) {
	t.Parallel()
	p := caller(t)
	p.hears("For English, press 1.", "Para español, oprima 2.")
	p.presses("1").hears("Thanks for calling", "<record_start>", "key in your eight digit account number")
	if g := p.gather(); g.Digits != 8 || g.FinishOn != "#" || g.Wait != 7*time.Second {
		t.Errorf("gather %+v", g)
	}
	p.presses("12345678").hears("You owe 84 dollars and 20 cents, due on March 15", "To pay all of it now, press 1.")
	p.presses("1").hears("press star at any point")
	pay := p.pay()
	if want := (Money{8420, "usd"}); pay.Amount != want || pay.PostalCode != "94109" || pay.AskPostal || pay.Attempts != 3 {
		t.Errorf("pay %+v", pay)
	}
	if pay.Reference != "Energy bill 5678" || pay.TokenType != "" || pay.Method != "credit-card" || !pay.AskCode {
		t.Errorf("pay %+v", pay)
	}
	p.pays("paid").hears("We took 84 dollars and 20 cents", "Visa card ending 4 2 4 2", "A 1 B 2", "Goodbye")
	p.hangUp()
	p.outcome("paid").ended(true)
	scenes := []string{"welcome", "find-account", "balance", "pay-all", "pay", "receipt"}
	if diff := cmp.Diff(scenes, p.st.Scenes); diff != "" {
		t.Error(diff)
	}
	text := p.effects[len(p.effects)-1]
	if text.Kind != EffectText || text.To != "+15550123456" || text.From != "+15550100000" || !strings.Contains(text.Body, "received $84.20. Ref A1B2") {
		t.Errorf("text message %+v", text)
	}
	if strings.Contains(mustMarshal(t, p.facts), "tok_secret") {
		t.Error("the payment token is in a fact")
	}
}

func TestAfterCallSendsOnce(t *testing.T) {
	t.Parallel()
	p := caller(t).presses("1", "12345678", "1").pays("paid")
	st, sprint := p.flow.AfterCallRun(throughJSON(t, p.st), p.now)
	if len(sprint.Facts) == 0 || sprint.Effect != nil || !st.After || !st.Ended {
		t.Fatalf("after call: %+v %+v", sprint, st)
	}
	send := sprint.Facts[0]
	got := map[string]string{}
	for name, v := range send.Data {
		got[name] = v.String()
	}
	want := map[string]string{"account": "5678", "outcome": "paid", "paid": "84.20"}
	if diff := cmp.Diff(want, got); send.Kind != FactSend || send.Name != "call.finished" || diff != "" {
		t.Errorf("%+v\n%s", send, diff)
	}
	if send.Data["paid"].Type != TypeMoney {
		t.Errorf("paid is %s, want money", send.Data["paid"].Type)
	}
	if _, again := p.flow.AfterCallRun(st, p.now); len(again.Facts) != 0 {
		t.Error("after_call ran twice")
	}
	_, sprint = p.flow.AfterCallRun(caller(t).send(Input{Kind: InputHungUp}).st, p.now)
	if v := sprint.Facts[0].Data["account"]; !v.IsMissing() || string(v.Data) != "null" {
		t.Errorf("a missing value is %s, want null", v.Data)
	}
}

func TestPaymentEndings(t *testing.T) {
	t.Parallel()
	tests := []struct{ ending, scene, outcome, hears string }{
		{"declined", "declined", "declined", "did not approve"},
		{"cancelled", "stopped", "cancelled", "Would you like to try again"},
		{"gave_up", "to-agent", "", "connecting you"},
		{"unavailable", "to-agent", "connector_down", "cannot take card payments"},
		{"unknown", "to-agent", "unknown", "do not pay again"},
		{"no such ending", "to-agent", "unknown", "do not pay again"},
		{"hung_up", "pay", "hung_up", ""},
	}
	for _, tt := range tests {
		t.Run(tt.ending, func(t *testing.T) {
			t.Parallel()
			p := caller(t).presses("1", "12345678", "1").pays(tt.ending)
			p.at(tt.scene).outcome(tt.outcome).hears(tt.hears).hearsNot("We took").ended(tt.ending == "hung_up")
		})
	}
}

func TestDeclinedThenAnotherCard(t *testing.T) {
	t.Parallel()
	p := caller(t).presses("1", "12345678", "1").pays("declined").presses("1")
	p.pay()
	p.pays("declined").presses("1").pays("declined").presses("1")
	p.dial() // at_most: 2, then gave_up leads to the agent
	p.at("to-agent")
}

func TestPaysAnotherAmount(t *testing.T) {
	t.Parallel()
	p := caller(t).presses("1", "12345678", "2").hears("Key in the amount")
	p.presses("499").hears("between five dollars and 84 dollars and 20 cents")
	p.presses("8421").hears("between five dollars")
	p.presses("2500").hears("You chose 25 dollars. Is that right?", "For yes, press 1.")
	p.presses("2").hears("Key in the amount").presses("8420", "1")
	if got := p.pay().Amount; got != (Money{8420, "usd"}) {
		t.Errorf("amount %v", got)
	}
}

func TestWrongAccountsThenAPerson(t *testing.T) {
	t.Parallel()
	p := caller(t).presses("1", "99999999").hears("I could not find account 9 9 9 9 9 9 9 9", "eight digit account number")
	p.presses("88888888", "77777777").at("to-agent").hears("connecting you")
	dial := p.dial()
	want := []NameValue{{"account", "77777777"}, {"reached", "to-agent"}}
	if diff := cmp.Diff(want, dial.AgentSees); dial.Queue != "billing" || !dial.AgentMayTake || dial.RingFor != 45*time.Second || diff != "" {
		t.Errorf("dial %+v\n%s", dial, diff)
	}
	p.send(Input{Kind: InputDial, Ending: "no_answer"}).at("leave-word").outcome("voicemail")
	p.record()
	p.send(Input{Kind: InputRecord, Seconds: 12, Recording: "https://api.example/RE1"}).hears("Goodbye").ended(true)
	p.hangUp()
}

func TestSilenceReachesAPerson(t *testing.T) {
	t.Parallel()
	p := caller(t).silent(2).hears("For English").silent(1)
	p.hears("Thanks for calling", "eight digit account number") // in the flow's own language
	p.silent(1).hears("I did not hear any keys. Your account number", "Please key in your eight digit")
	p.silent(1).hears("top right of your bill")
	p.silent(1).at("to-agent")
	p.dial()
}

func TestWrongAnswersTaper(t *testing.T) {
	t.Parallel()
	p := caller(t).presses("1", "123").hears("That was not eight digits")
	p.presses("123456789").hears("Let us try once more")
	p.presses("?").at("to-agent")
}

func TestKeysThatWorkAnywhere(t *testing.T) {
	t.Parallel()
	caller(t).presses("1", "0").at("to-agent")
	caller(t).presses("0").at("to-agent")
	p := caller(t).presses("1", "*").hears("eight digit account number").hearsNot("Sorry")
	if p.st.Wrong != 0 || p.st.Silent != 0 {
		t.Errorf("asking again was counted: %d wrong, %d silent", p.st.Wrong, p.st.Silent)
	}
	p.presses("00000000").hears("could not find account 0 0 0 0") // 0 inside an answer is a digit
}

func TestOutsideOfficeHours(t *testing.T) {
	t.Parallel()
	p := newPlayer(t, payMyBill(t))
	p.now = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC) // Sunday, 3 in the morning in New York
	p.send(Input{Kind: InputStart}).presses("1", "0").hears("leave your name").outcome("voicemail")
	p.now = time.Date(2026, 12, 25, 17, 0, 0, 0, time.UTC) // a holiday does what closed does
	p = newPlayer(t, p.flow)
	p.now = time.Date(2026, 12, 25, 17, 0, 0, 0, time.UTC)
	p.send(Input{Kind: InputStart}).presses("1", "0").hears("leave your name")
}

func TestNothingDue(t *testing.T) {
	t.Parallel()
	caller(t).presses("1", "11111111").hears("You do not owe anything today", "Thanks for calling Acme Energy. Goodbye.").
		outcome("nothing_due").ended(true)
}

func TestAnswerOfTheWrongType(t *testing.T) {
	t.Parallel()
	p := caller(t).presses("1", "55555555").hears("something went wrong on our side").at("to-agent").outcome("error")
	if got := p.errors(); len(got) != 1 || !strings.Contains(got[0], "field balance") {
		t.Errorf("errors %q", got)
	}
	if p.st.InError {
		t.Error("failed is an ending and not an error of the flow")
	}
}

func TestHangsUp(t *testing.T) {
	t.Parallel()
	p := caller(t).presses("1").send(Input{Kind: InputHungUp}).outcome("hung_up").ended(true)
	p.hangUp()
	p.send(Input{Kind: InputHungUp}).outcome("hung_up")
	caller(t).presses("1", "12345678", "1").pays("declined").send(Input{Kind: InputHungUp}).outcome("declined")
}

func TestSpanish(t *testing.T) {
	t.Parallel()
	p := caller(t).presses("2")
	if p.st.Language != "es-US" {
		t.Fatalf("language %q", p.st.Language)
	}
	p.hears("Gracias por llamar", "ocho dígitos").presses("12345678").hears("84 dólares con 20 centavos", "oprima 1")
	pay := p.presses("1").pay()
	if pay.Language != "es-US" || pay.Voice != "Polly.Lupe-Neural" {
		t.Errorf("pay language %s voice %s", pay.Language, pay.Voice)
	}
	for _, prompt := range pay.Prompts {
		if prompt.Speech.Language != "es-US" || prompt.Speech.Voice != "Polly.Lupe-Neural" {
			t.Errorf("prompt %+v", prompt)
		}
	}
	p.pays("paid").hears("84 dólares con 20 centavos", "4 2 4 2")
}
