package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paydial/paydial/simulator"
	"github.com/paydial/paydial/simulator/connector"
)

// outcome is what a kind of connector gives, as patterns; "" is an empty parameter.
type outcome struct {
	charge        string
	token         string // of one-time and reusable
	bankToken     string // "-" where it takes no bank accounts
	profile       string
	paymentMethod string // the token where there are PaymentMethods
	status        string // PayConnector_payment_status of a charge
}

// outcomes is what Twilio documents of each kind, with the forms of ids that this sandbox has for them.
var outcomes = map[string]outcome{
	"generic":       {charge: `SIM-\w{6}`, token: `TOK-\w{6}`, bankToken: `TOK-\w{6}`},
	"stripe":        {charge: `ch_\w{24}`, token: `tok_\w{24}`, bankToken: `btok_\w{24}`, profile: `cus_\w{14}`, paymentMethod: `pm_\w{24}`},
	"braintree":     {charge: `\w{8}`, token: `\w{7}`, bankToken: `\w{7}`, profile: `[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`},
	"cardconnect":   {charge: `\d{12}`, token: `9\d{11}4242`, bankToken: `9\d{15}`, profile: `\d{20}`},
	"chase":         {charge: `[0-9A-F]{40}`, token: ``, bankToken: ``, profile: `[2-9A-Z]{10}`},
	"base-commerce": {charge: `\d{8}`, token: `[0-9a-f]{40}`, bankToken: `[0-9a-f]{40}`},
	"aci":           {charge: `[0-9a-f]{32}`, token: `[0-9a-f]{32}`, bankToken: "-"},
	"shuttle":       {charge: `\d{9}`, token: `\d{8}`, bankToken: "-", status: "SUCCESS"},
}

// named is the ready connector of a kind.
func named(kind string) string {
	if kind == "generic" {
		return "sandbox"
	}
	return kind
}

// wanted are the parameters that no kind misses in a document.
const wanted = `<Parameter name="AVSName" value="A. Payer"/><Parameter name="MerchantAccountId" value="acme"/>`

// booked is a line of the gateway's book.
type booked struct {
	ID, Method, Gateway string
	ProfileID           string `json:"profile_id"`
	TokenType           string `json:"token_type"`
}

// pay rings, fills in everything and gives what the action got, and the book.
func (w *world) pay(attrs, children string, f fields) (url.Values, []booked) {
	w.t.Helper()
	w.offer(attrs, children)
	sid := w.ring()
	w.fill(sid, f)
	w.ended(sid)
	var book []booked
	w.ctl("GET", "/charges", nil, &book)
	return w.paid(), book
}

func wantMatch(t *testing.T, form url.Values, name, pattern string) {
	t.Helper()
	if got := form.Get(name); !form.Has(name) || !regexp.MustCompile(`^(`+pattern+`)$`).MatchString(got) {
		t.Errorf("%s is %q, want %s", name, got, pattern)
	}
}

// TestConnectorOutcomes charges and tokenizes through each kind, and compares what is told with the published
// tables and with the gateway's book.
func TestConnectorOutcomes(t *testing.T) {
	t.Parallel()
	if len(outcomes) != len(connector.Kinds()) {
		t.Fatalf("%d kinds are tried, there are %v", len(outcomes), connector.Kinds())
	}
	visa := holder("4242424242424242", "123")
	for kind, want := range outcomes {
		base := `paymentConnector="` + named(kind) + `" `
		for attrs, token := range map[string]string{
			`chargeAmount="10.50"`: "", `paymentMethod="ach-debit" chargeAmount="10.50"`: "",
			``: want.token, `chargeAmount="0" tokenType="reusable"`: want.token, `tokenType="one-time"`: want.token,
			`tokenType="payment-method"`: want.paymentMethod,
			`paymentMethod="ach-debit"`:  want.bankToken, `paymentMethod="ach-debit" tokenType="one-time"`: want.bankToken,
			`paymentMethod="ach-debit" tokenType="payment-method"`: want.paymentMethod,
		} {
			t.Run(kind+" "+attrs, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				form, book := w.pay(base+attrs, wanted, visa)
				refused := ""
				if strings.Contains(attrs, "payment-method") && want.paymentMethod == "" {
					refused = "64006"
				}
				if strings.Contains(attrs, "ach-debit") && want.bankToken == "-" {
					refused = "64013"
				}
				if refused != "" {
					wantForm(t, form, map[string]string{"Result": "payment-connector-error", "PayErrorCode": refused, "PaymentToken": ""})
					if len(book) != 0 {
						t.Errorf("booked %+v", book)
					}
					return
				}
				if form.Get("Result") != "success" || len(book) != 1 {
					t.Fatalf("got %v, booked %+v", form, book)
				}
				line := book[0]
				if strings.Contains(attrs, "10.50") {
					wantMatch(t, form, "PaymentConfirmationCode", want.charge)
					wantForm(t, form, map[string]string{"PaymentToken": "", "ProfileId": "", "PayConnector_payment_status": want.status})
					if line.Method != "charge" || line.ID != form.Get("PaymentConfirmationCode") {
						t.Errorf("told %q, booked %+v", form.Get("PaymentConfirmationCode"), line)
					}
				} else {
					wantMatch(t, form, "PaymentToken", token)
					wantMatch(t, form, "ProfileId", want.profile)
					wantForm(t, form, map[string]string{"PaymentConfirmationCode": "", "PayConnector_payment_status": ""})
					told := form.Get("PaymentToken")
					if told == "" {
						told = form.Get("ProfileId")
					}
					if line.Method != "tokenize" || line.ID != told || told == "" || line.ProfileID != form.Get("ProfileId") {
						t.Errorf("told %v, booked %+v", form, line)
					}
				}
				if played := strings.ReplaceAll(kind, "generic", ""); line.Gateway != played {
					t.Errorf("booked at %q", line.Gateway)
				}
			})
		}
	}
}

// TestConnectorDeclines go through a look-alike as they do through the generic one.
func TestConnectorDeclines(t *testing.T) {
	t.Parallel()
	for kind := range outcomes {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			status := ""
			if kind == "shuttle" {
				status = "DECLINED"
			}
			form, book := newWorld(t).pay(`paymentConnector="`+named(kind)+`" chargeAmount="1"`, wanted, holder("4000000000009995", "123"))
			wantForm(t, form, map[string]string{
				"Result": "payment-connector-error", "PayErrorCode": "64012", "ConnectorError": "insufficient_funds", "PaymentConfirmationCode": "",
				"PayConnector_payment_status": status,
			})
			if len(book) != 0 {
				t.Errorf("booked %+v", book)
			}
		})
	}
}

// odd are connectors with something that they cannot do.
func odd(cfg *simulator.Config) {
	cfg.Connectors = []simulator.Connector{
		{Name: "charges", Can: []string{"charge"}},
		{Name: "tokens", Can: []string{"tokenize"}},
		{Name: "cards", Methods: []string{"credit-card"}},
		{Name: "banks", Kind: "chase", Methods: []string{"ach-debit"}},
		{Name: "euros", Kind: "stripe", Currencies: []string{"eur"}},
		{Name: "broken", Broken: true},
		{Name: "locked", Kind: "cardconnect", Unauthorized: true},
		{Name: "soon", Kind: "stripe", Mode: "LIVE"},
		{Name: "live", Kind: "stripe", Mode: "LIVE", Approved: true},
		{Name: "test", Kind: "chase"},
		{Name: "any", Kind: "chase", Cards: "any"},
		{Name: "abroad", Regions: []string{"ie1"}},
		{Name: "curt", Kind: "aci", Retries: -1},
	}
}

// TestConnectorRefusals reaches every code. What Twilio knows without the gateway is refused before the caller is
// asked for anything.
func TestConnectorRefusals(t *testing.T) {
	t.Parallel()
	visa := holder("4242424242424242", "123")
	nobody := holder("4000001234567899", "123")
	const items = `<Parameter name="MerchantAccountId" value="a"/><Parameter name="name" value="a"/><Parameter name="kind" value="debit"/>` +
		`<Parameter name="quantity" value="1"/><Parameter name="totalAmount" value="1"/>`
	const all = items + `<Parameter name="unitAmount" value="1"/>`
	for _, c := range []struct {
		name, attrs, children string
		f                     fields
		code                  string // "": it succeeds
		asked                 bool
	}{
		{"broken", `paymentConnector="broken" chargeAmount="1"`, "", visa, "64001", false},
		{"down", `paymentConnector="curt" chargeAmount="1"`, "", visa, "64002", true},
		{"unknown", `paymentConnector="acme" chargeAmount="1"`, "", visa, "64004", false},
		{"elsewhere", `paymentConnector="abroad" chargeAmount="1"`, "", visa, "64004", false},
		{"no tokens", `paymentConnector="charges"`, "", visa, "64005", false},
		{"charges", `paymentConnector="charges" chargeAmount="1"`, "", visa, "", true},
		{"token type", `paymentConnector="chase" tokenType="payment-method"`, "", visa, "64006", false},
		{"no charges", `paymentConnector="tokens" chargeAmount="1"`, "", visa, "64007", false},
		{"tokens", `paymentConnector="tokens" chargeAmount="0.00"`, "", visa, "", true},
		{"nonsense for a charge", `paymentConnector="stripe" chargeAmount="1"`, "", holder("4000000000030009", "123"), "64008", true},
		{"not let in", `paymentConnector="locked" chargeAmount="1"`, "", visa, "64009", true},
		{"nonsense for a token", `paymentConnector="stripe"`, "", holder("4000000000030009", "123"), "64010", true},
		{"currency", `paymentConnector="euros" chargeAmount="1" currency="usd"`, "", visa, "64011", false},
		{"no currency", `paymentConnector="stripe" chargeAmount="1" currency="dollars"`, "", visa, "64011", false},
		{"its currency", `paymentConnector="euros" chargeAmount="1" currency="EUR"`, "", visa, "", true},
		{"a token has no currency", `paymentConnector="euros"`, "", visa, "", true},
		{"card", `paymentConnector="braintree" chargeAmount="1"`, all, holder("4000000000000002", "123"), "64012", true},
		{"no bank accounts", `paymentConnector="cards" paymentMethod="ach-debit" chargeAmount="1"`, "", visa, "64013", false},
		{"no cards", `paymentConnector="banks" chargeAmount="1"`, "", visa, "64013", false},
		{"no name", `paymentConnector="stripe" paymentMethod="ach-debit" chargeAmount="1"`, "", visa, "64014", false},
		{"empty name", `paymentConnector="banks" paymentMethod="ach-debit"`, `<Parameter name="AVSName" value=""/>`, visa, "64014", false},
		{"generic needs no name", `paymentConnector="sandbox" paymentMethod="ach-debit"`, "", visa, "", true},
		{"no merchant", `paymentConnector="braintree" chargeAmount="1"`, "", visa, "64015", false},
		{"no merchant for a token", `paymentConnector="braintree"`, "", visa, "64015", false},
		{"no items", `paymentConnector="braintree" chargeAmount="1" description="bill"`, `<Parameter name="MerchantAccountId" value="a"/>`, visa, "64015", false},
		{"one item less", `paymentConnector="braintree" chargeAmount="1" description="bill"`, items, visa, "64015", false},
		{"description as a parameter", `paymentConnector="braintree" chargeAmount="1"`, items + `<Parameter name="description" value="a"/>`, visa, "64015", false},
		{"all items", `paymentConnector="braintree" chargeAmount="1" description="bill"`, all, visa, "", true},
		{"not a test card", `paymentConnector="test" chargeAmount="1"`, "", nobody, "64022", true},
		{"any card", `paymentConnector="any" chargeAmount="1"`, "", nobody, "", true},
		{"not a test account", `paymentConnector="test" paymentMethod="ach-debit"`, wanted, visa.with("bank-account-number", "508862392#"), "64023", true},
		{"not approved", `paymentConnector="soon" chargeAmount="1"`, "", visa, "64024", false},
		{"live", `paymentConnector="live" chargeAmount="1"`, "", nobody, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, odd)
			if c.code == "64002" {
				w.ctl("PUT", "/faults", map[string]any{"connector": map[string]any{"down": true}}, nil)
			}
			w.offer(c.attrs, c.children)
			sid := w.ring()
			w.fill(sid, c.f)
			s := w.ended(sid)
			result := "payment-connector-error"
			if c.code == "" {
				result = "success"
			}
			wantForm(t, w.paid(), map[string]string{"Result": result, "PayErrorCode": c.code})
			if asked := strings.Contains(s.said(), "enter"); asked != c.asked {
				t.Errorf("heard %s", s.said())
			}
			if n := len(w.book()); n > 1 || n == 1 != (c.code == "") {
				t.Errorf("%d lines in the book", n)
			}
			if !c.asked {
				if w.logged(sid, int(c.code[3]-'0')*10+int(c.code[4]-'0')+64000); w.paid().Get("PaymentError") == "" {
					t.Error("nothing says why")
				}
			}
		})
	}
}

// TestConnectorRegions are the kinds that each region has, and the region that requests carry.
func TestConnectorRegions(t *testing.T) {
	t.Parallel()
	for region, missing := range map[string][]string{"": nil, "us1": nil, "ie1": {"aci", "stripe"}, "au1": {"aci", "stripe"}} {
		for kind := range outcomes {
			t.Run(region+" "+kind, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, func(cfg *simulator.Config) { cfg.Region = region })
				form, _ := w.pay(`paymentConnector="`+named(kind)+`" chargeAmount="1"`, wanted, holder("4242424242424242", "123"))
				if slices.Contains(missing, kind) {
					wantForm(t, form, map[string]string{"Result": "payment-connector-error", "PayErrorCode": "64004"})
				} else {
					wantForm(t, form, map[string]string{"Result": "success", "PayErrorCode": ""})
				}
				here := region
				if here == "" {
					here = "us1"
				}
				if got := w.app.await(t, "/voice", 1).header.Get("X-Home-Region"); got != here {
					t.Errorf("a webhook is from %q", got)
				}
				res, err := http.Get(w.srv.URL + "/2010-04-01/Accounts/" + simulator.DefaultAccountSID + ".json")
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				if got := res.Header.Get("X-Home-Region"); got != here {
					t.Errorf("REST is from %q", got)
				}
			})
		}
	}
	if sim, err := simulator.New(simulator.Config{Region: "us2"}); err == nil || !strings.Contains(err.Error(), "us1, ie1, au1 is meant") {
		_ = sim.Close(t.Context())
		t.Errorf("got %v", err)
	}
}

// TestConnectorList is what the control API says of connectors: all that can be known but passwords.
func TestConnectorList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(cfg *simulator.Config) {
		cfg.Region = "ie1"
		cfg.Connectors = []simulator.Connector{
			{Name: "stripe", Kind: "braintree", Can: []string{"charge"}, Currencies: []string{"usd"}},
			{Name: "own", URL: "https://pay.example.com", Username: "me", Password: "hush", Mode: "LIVE"},
		}
	})
	var out struct {
		Region     string
		Connectors []json.RawMessage
	}
	w.ctl("GET", "/connectors", nil, &out)
	names := map[string]string{}
	for _, raw := range out.Connectors {
		var c struct{ Name string }
		_ = json.Unmarshal(raw, &c)
		names[c.Name] = string(raw)
		if strings.Contains(string(raw), "hush") || strings.Contains(string(raw), "sandbox\",\"password") {
			t.Errorf("a password is shown: %s", raw)
		}
	}
	if out.Region != "ie1" || len(names) != 10 || len(out.Connectors) != 10 {
		t.Errorf("%s has %v", out.Region, names)
	}
	for name, want := range map[string]string{
		"stripe": `{"name":"stripe","kind":"braintree","gateway":"sandbox","mode":"TEST","approved":false,"any_card":false,"can":["charge"],` +
			`"methods":["credit-card","ach-debit"],"token_types":["one-time","reusable"],"currencies":["usd"],"regions":["us1","ie1","au1"],` +
			`"available":true,"broken":false,"unauthorized":false}`,
		"own": `{"name":"own","kind":"generic","gateway":"https://pay.example.com","mode":"LIVE","approved":false,"any_card":true,"can":["charge","tokenize"],` +
			`"methods":["credit-card","ach-debit"],"token_types":["one-time","reusable"],"currencies":null,"regions":["us1","ie1","au1"],` +
			`"available":true,"broken":false,"unauthorized":false}`,
		"aci": `{"name":"aci","kind":"aci","gateway":"sandbox","mode":"TEST","approved":false,"any_card":false,"can":["charge","tokenize"],` +
			`"methods":["credit-card"],"token_types":["one-time","reusable"],"currencies":null,"regions":["us1"],` +
			`"available":false,"broken":false,"unauthorized":false}`,
	} {
		if names[name] != want {
			t.Errorf("got\n%s\nwant\n%s", names[name], want)
		}
	}
}
