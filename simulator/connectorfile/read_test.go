package connectorfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/simulator"
)

func none(string) ([]byte, error) { return nil, os.ErrNotExist }

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "secret"), "wÖrd with # and :\n")
	file := filepath.Join(dir, "connectors.yaml")
	write(t, file, `
# what is there
connectors:
  - name: acme-stripe
    kind: stripe
    currencies: [USD, eur]
    regions: us1
  - name: live
    mode: live
    approved: yes
    can: charge
  - {name: "own", url: "http://127.0.0.1:9/pay", username: me, password_file: secret, cards: any, timeout: 2s, retries: 0}
  - {name: other, url: https://pay.example.com, username: 7, password: 007, retries: 3, methods: [credit-card], broken: true, approved: no}
  - {name: shut, kind: chase, unauthorized: yes, mode: TEST}
`)
	got, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	want := []simulator.Connector{
		{Name: "acme-stripe", Kind: "stripe", Currencies: []string{"usd", "eur"}, Regions: []string{"us1"}},
		{Name: "live", Mode: "LIVE", Approved: true, Can: []string{"charge"}},
		{Name: "own", URL: "http://127.0.0.1:9/pay", Username: "me", Password: "wÖrd with # and :", Cards: "any", Timeout: 2 * time.Second, Retries: -1},
		{Name: "other", URL: "https://pay.example.com", Username: "7", Password: "007", Retries: 3, Methods: []string{"credit-card"}, Broken: true},
		{Name: "shut", Kind: "chase", Mode: "TEST", Unauthorized: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, empty := range []string{"connectors: []", "connectors: [\n]\n# none"} {
		if got, err := Parse("f", []byte(empty), none); err != nil || len(got) != 0 {
			t.Errorf("%q: %v, %v", empty, got, err)
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestErrors has every way in which a file can be wrong, with its place and what is said.
func TestErrors(t *testing.T) {
	t.Parallel()
	const head = "connectors:\n"
	for text, want := range map[string]string{
		"":                               "f:1:1: there are no connectors: write",
		"# nothing":                      "f:1:1: there are no connectors: write",
		"- name: a":                      "f:1:1: there are no connectors: write",
		"conectors: []":                  `f:1:1: there is no field "conectors": did you mean connectors?`,
		"format: 1":                      `f:1:1: there is no field "format": there are connectors`,
		"connectors:":                    "f:1:12: connectors is not a list: begin each with a dash",
		"connectors: {a: b}":             "f:1:13: connectors is not a list",
		"connectors: []\nconnectors: []": "f:2:1: connectors is there twice: leave one of them out",
		"connectors: !x []":              "f:1:13: connectors has an alias or a tag: write the value itself",
		"[a]: b":                         "f:1:1: a field's name is a word: there are connectors",
		head + "- a\n":                   "f:2:3: this is no connector: write its fields",
		head + "- {}\n":                  "f:2:3: this connector has no name: give it the name",
		head + "- kind: stripe\n":        "f:2:3: this connector has no name",
		head + "- name:\n":               "f:2:8: name has no value",
		head + "- name: \"\"\n":          "f:2:9: name has no value",
		head + "- name: [a]\n":           "f:2:9: name has more than one value: write one word",
		head + "- name: a\n- name: b\n- name: a\n":                                     `f:4:9: the name "a" is taken: the connector in line 2 has it`,
		head + "- name: a\n  knd: stripe\n":                                            `f:3:3: there is no field "knd": did you mean kind?`,
		head + "- name: a\n  colour: red\n":                                            `f:3:3: there is no field "colour": there are name, kind, url,`,
		head + "- name: a\n  kind: paypal\n":                                           `f:3:9: kind "paypal": one of generic, stripe, braintree, cardconnect, chase, base-commerce, aci, shuttle is meant`,
		head + "- name: a\n  mode: sandbox\n":                                          `f:3:9: mode "SANDBOX": TEST or LIVE is meant`,
		head + "- name: a\n  cards: all\n":                                             `f:3:10: cards "all": any, or nothing, is meant`,
		head + "- name: a\n  approved: maybe\n":                                        `f:3:13: approved is "maybe": write yes or no`,
		head + "- name: a\n  approved: yes\n":                                          "f:3:13: only LIVE connectors are approved: add mode: LIVE",
		head + "- name: a\n  timeout: 10\n":                                            `f:3:12: timeout is "10": write a time such as 10s`,
		head + "- name: a\n  timeout: -1s\n":                                           `f:3:12: timeout is "-1s"`,
		head + "- name: a\n  retries: some\n":                                          `f:3:12: retries is "some": write a number from 0`,
		head + "- name: a\n  retries: -1\n":                                            `f:3:12: retries is "-1"`,
		head + "- name: a\n  can: refund\n":                                            `f:3:8: can "refund": generic connectors have charge, tokenize`,
		head + "- name: a\n  can: []\n":                                                "f:3:8: can is empty: leave it out for all of charge, tokenize",
		head + "- name: a\n  can: {charge: yes}\n":                                     "f:3:8: can is not a list: write it as [one, two]",
		head + "- name: a\n  can: [charge, [x]]\n":                                     "f:3:17: can has something in it that is no word",
		head + "- name: a\n  can:\n":                                                   "f:3:7: can has no value",
		head + "- {name: a, kind: aci, methods: ach-debit}":                            `f:2:33: methods "ach-debit": aci connectors have credit-card`,
		head + "- {name: a, kind: aci, regions: [ie1]}":                                `regions "ie1": aci connectors have us1`,
		head + "- name: a\n  currencies: [dollars]\n":                                  `f:3:15: currencies "dollars": codes in lower case such as usd`,
		head + "- name: a\n  currencies: []\n":                                         "f:3:15: currencies is empty",
		head + "- name: a\n  url: http://example.com\n":                                "f:3:8: card numbers go to https or loopback addresses only",
		head + "- name: a\n  url: nowhere\n":                                           `f:3:8: "nowhere" is not an absolute http or https URL`,
		head + "- {name: a, kind: chase, url: https://x.example}":                      "f:2:31: chase connectors are look-alikes of the sandbox gateway",
		head + "- {name: a, unauthorized: yes, url: https://x.example}":                "f:2:27: unauthorized is for the sandbox gateway: give a wrong password instead",
		head + "- {name: a, username: me}":                                             "f:2:23: username is for a gateway of your own: add the url",
		head + "- {name: a, password: me}":                                             "f:2:23: password is for a gateway of your own",
		head + "- {name: a, password_file: me, url: https://x.example}":                "f:2:28: password_file cannot be read: file does not exist: put the password there",
		head + "- {name: a, password: b, password_file: good, url: https://x.example}": "there are both password and password_file: leave one of them out",
		head + "- {name: a, password_file: empty, url: https://x.example}":             "f:2:28: password_file is empty, or no password",
		head + "- &a {name: a}\n- *a\n":                                                "f:3:3: this is no connector",
		head + "- name: &n a\n  kind: *n\n":                                            "f:3:9: kind has an alias or a tag: write the value itself",
		head + "- name: a\n   kind: b\n":                                               "f:3:8: this is not YAML",
		head + "\t- name: a":                                                           "f:2:1: this is not YAML",
		head + "- name: a\n---\nb: c":                                                  "a second document begins here: leave out the ---",
		strings.Repeat("#", maxSize+1):                                                 "f:1:1: the file is larger than 64 KB: keep what is used",
		"connectors: " + string([]byte{0xff}):                                          "this is not YAML",
	} {
		got, err := Parse("f", []byte(text), func(name string) ([]byte, error) {
			switch name {
			case "empty":
				return []byte("\n"), nil
			case "good":
				return []byte("word"), nil
			}
			return nil, os.ErrNotExist
		})
		var errs Errors
		if !errors.As(err, &errs) || len(errs) == 0 || got != nil {
			t.Errorf("%.80q: got %v, %v", text, got, err)
			continue
		}
		if len(errs) != 1 {
			t.Errorf("%.80q: more than one thing is wrong:\n%v", text, err)
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q: got\n%v\nwant\n%s", text, err, want)
		}
	}
}

// TestAllErrors are told at once, in their order.
func TestAllErrors(t *testing.T) {
	t.Parallel()
	_, err := Parse("f", []byte("connectors:\n- name: a\n  mode: x\n- nam: b\n- name: c\n  retries: -3\n  aproved: yes\n"), none)
	want := `f:3:9: mode "X": TEST or LIVE is meant
f:4:3: there is no field "nam": did you mean name?
f:6:12: retries is "-3": write a number from 0
f:7:3: there is no field "aproved": did you mean approved?`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// TestPasswordsAreNotRepeated gives passwords that are wrong in themselves or stand beside what is wrong.
func TestPasswordsAreNotRepeated(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"password: hunter2\n  mode: x", "password: [hunter2]", "password: *hunter2", "password: &hunter2 [a]", "password: !hunter2 x",
		"password: 'hunter2", "password: hunter2: b", "password: @hunter2", "password: {hunter2: hunter2}", "pasword: hunter2",
		"password: \"hunter2\\q\"", "password: %hunter2", "password: |hunter2", "password: hunter2\n  password: hunter2",
	} {
		_, err := Parse("f", []byte("connectors:\n- name: a\n  url: https://x.example\n  "+text+"\n"), none)
		if err == nil || strings.Contains(err.Error(), "hunter") {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestReadFails(t *testing.T) {
	t.Parallel()
	var errs Errors
	if _, err := Read(filepath.Join(t.TempDir(), "none.yaml")); !errors.Is(err, os.ErrNotExist) || errors.As(err, &errs) {
		t.Errorf("got %v", err)
	}
	if _, err := Read(t.TempDir()); err == nil {
		t.Error("a folder was read")
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"connectors:\n- {name: a, kind: stripe, currencies: [usd], can: charge}", "connectors: [{name: a}, *a]", "connectors:\n- name: &a [*a]",
		"? [a]\n: b", "connectors: !!set {a}", "connectors:\n- <<: {name: a}", "connectors:\n- name: a\n  password_file: b\n  url: https://x.example",
		"--- a\n--- b", "\ufeffconnectors: []", "connectors:\n- name: a\n  timeout: 9999999999999h",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := Parse("f", text, func(string) ([]byte, error) { return []byte("word"), nil })
		if err == nil { // what was read is good, and every name is its own
			names := map[string]bool{}
			for _, c := range got {
				if c.Name == "" || names[c.Name] || c.Validate() != nil {
					t.Errorf("read %+v: %v", c, c.Validate())
				}
				names[c.Name] = true
			}
			return
		}
		var errs Errors
		if !errors.As(err, &errs) || len(errs) == 0 || got != nil {
			t.Fatalf("got %v, %v", got, err)
		}
		for _, e := range errs {
			if e.Line < 1 || e.Column < 1 || e.Problem == "" {
				t.Errorf("%+v has no place, or says nothing", e)
			}
		}
	})
}
