//go:build !nosimulator

package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paydial/paydial/simulator/connector"
	"github.com/paydial/paydial/simulator/connectorfile"
)

// listed is a connector as the control API of a running simulator shows it.
type listed struct {
	Name, Kind, Mode string
	Approved, Broken bool
	Can, Currencies  []string
}

func connectorsAt(t *testing.T, base string) (region string, all map[string]listed) {
	t.Helper()
	var doc struct {
		Region     string
		Connectors []listed
	}
	resp, err := http.Get(base + "/sim/v1/connectors")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	all = map[string]listed{}
	for _, c := range doc.Connectors {
		all[c.Name] = c
	}
	return doc.Region, all
}

// TestConnectorsFile gives simulator a file and flags.
func TestConnectorsFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "some.yaml")
	write(t, file, "connectors:\n- name: acme\n  kind: stripe\n  currencies: [eur]\n- {name: chase, kind: chase, broken: yes}\n")
	s := start(t, nil, "simulator", "--listen", "127.0.0.1:0", "--connectors", file, "--region", "ie1",
		"--connector", "mine,kind=braintree,mode=live,approved=yes,can=charge,currencies=usd+cad,methods=credit-card+ach-debit",
		"--connector", "odd,broken=yes,unauthorized=yes,mode=test")
	_, base, _ := strings.Cut(s.out.text(), "http://")
	region, all := connectorsAt(t, "http://"+strings.Fields(base)[0])
	if region != "ie1" || len(all) != 12 { // nine that are always there, of which one is replaced, and three
		t.Errorf("%s has %d connectors: %+v", region, len(all), all)
	}
	if c := all["acme"]; c.Kind != "stripe" || !slices.Equal(c.Currencies, []string{"eur"}) {
		t.Errorf("got %+v", c)
	}
	if c := all["mine"]; c.Kind != "braintree" || c.Mode != "LIVE" || !c.Approved || !slices.Equal(c.Can, []string{"charge"}) || len(c.Currencies) != 2 {
		t.Errorf("got %+v", c)
	}
	if !all["chase"].Broken || !all["odd"].Broken || all["aci"].Kind != "aci" {
		t.Errorf("got %+v", all)
	}
}

// TestConnectorsOfAProject are taken by dev without being asked, unless a flag names another file.
func TestConnectorsOfAProject(t *testing.T) {
	t.Parallel()
	dir := demoProject(t)
	write(t, filepath.Join(dir, connectorsName), "connectors:\n- {name: sandbox, kind: shuttle}\n- {name: acme, kind: aci}\n")
	d := startDev(t, nil, "--dir", dir, "--region", "au1")
	region, all := connectorsAt(t, d.sim)
	if region != "au1" || all["sandbox"].Kind != "shuttle" || all["acme"].Kind != "aci" || all["stripe"].Kind != "stripe" {
		t.Errorf("%s has %+v", region, all)
	}
	d.call(t, "--press", "1,12345678,1").want(t, 0, "paid 84.20 usd")
	from := len(d.out.text())
	edit(t, dir, connectorsName, "acme", "other")
	d.out.until(t, from, "start dev again to pay through the connectors as they are now")

	other := filepath.Join(t.TempDir(), "other.yaml")
	write(t, other, "connectors: []")
	edit(t, dir, "paydial.yaml", "connector: sandbox", "connector: braintree")
	d = startDev(t, nil, "--dir", dir, "--connectors", other)
	if _, all := connectorsAt(t, d.sim); all["sandbox"].Kind != "generic" || all["other"].Name != "" || all["braintree"].Kind != "braintree" {
		t.Errorf("got %+v", all)
	}
	edit(t, dir, "paydial.yaml", "connector: braintree", "connector: acme-pay")
	d = startDev(t, nil, "--dir", dir, "--connectors", other)
	if _, all := connectorsAt(t, d.sim); all["acme-pay"].Kind != "generic" {
		t.Errorf("the project's own connector is not there: %+v", all)
	}
}

func TestConnectorsRefused(t *testing.T) {
	t.Parallel()
	dir := demoProject(t)
	wrong := filepath.Join(dir, connectorsName)
	write(t, wrong, "connectors:\n- name: a\n  knd: stripe\n- nam: b\n")
	where := "connectors.yaml:3:3: there is no field \"knd\": did you mean kind?"
	paydial(t, nil, "dev", "--dir", dir, "--listen", "127.0.0.1:0", "--simulator-listen", "127.0.0.1:0").
		want(t, exitUsage, where, "connectors.yaml:4:3: ", "paydial help connectors")
	sim := func(args ...string) result {
		return paydial(t, nil, append([]string{"simulator", "--listen", "127.0.0.1:0"}, args...)...)
	}
	sim("--connectors", wrong).want(t, exitUsage, where)
	sim("--connectors", wrong+".gone").want(t, exitNotFound, "there is no file "+wrong+".gone")
	sim("--connectors", dir).want(t, exitUsage, "--connectors: ")
	sim("--region", "us2").want(t, exitUsage, `region "us2": us1, ie1, au1 is meant`)
	sim("--connector", "a,kind=paypal").want(t, exitUsage, `kind "paypal": one of generic, stripe,`)
	sim("--connector", "a,mode=soon").want(t, exitUsage, `"mode=soon" is not known`)
	sim("--connector", "a,can=refund").want(t, exitUsage, `can "refund": generic connectors have charge, tokenize`)
	sim("--connector", "a,can=").want(t, exitUsage, `can ""`)
	sim("--connector", "a,kind=aci,methods=ach-debit").want(t, exitUsage, "aci connectors have credit-card")
	sim("--connector", "a,currencies=dollars").want(t, exitUsage, "codes in lower case such as usd")
	sim("--connector", "a=http://127.0.0.1:1,kind=chase").want(t, exitUsage, "look-alikes of the sandbox gateway")
	write(t, wrong, "connectors:\n- name: a\n")
	sim("--connectors", wrong, "--connector", "a").want(t, exitUsage, `connector "a" is there twice`)
}

// TestConnectorsHelp keeps the help on connectors true: its example can be read, and has every field.
func TestConnectorsHelp(t *testing.T) {
	t.Parallel()
	r := paydial(t, nil, "help", "connectors")
	r.want(t, 0, "base-commerce", "payment-method", "AVSName")
	fits(t, "help connectors", r.out)
	_, example, found := strings.Cut(r.out, "\n  connectors:\n")
	example, _, _ = strings.Cut(example, "\n\nEverywhere")
	all, err := connectorfile.Parse("help", []byte("connectors:\n"+example+"\n"), func(string) ([]byte, error) { return []byte("word"), nil })
	if err != nil || !found || len(all) != 3 {
		t.Errorf("the example cannot be read: %v\n%s", err, example)
	}
	for _, field := range connectorfile.Fields() {
		if field != "password" && !strings.Contains(example, " "+field+":") {
			t.Errorf("the example does not have %s", field)
		}
	}
	for _, k := range connector.Kinds() {
		r.want(t, 0, "\n  "+string(k)+" ")
	}
	if _, err := os.Stat(connectorsName); err == nil {
		t.Error("the tests left a file")
	}
}
