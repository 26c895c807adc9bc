package connectorfile

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/paydial/paydial/simulator"
)

// Fields are the fields of a connector, in the order in which they are explained.
func Fields() []string {
	return []string{"name", "kind", "url", "username", "password", "password_file", "mode", "approved", "cards", "timeout", "retries",
		"can", "methods", "currencies", "regions", "broken", "unauthorized"}
}

// connector reads one of the list. It returns the node of its name, or nil when it cannot be used.
func (r *reader) connector(n *yaml.Node) (simulator.Connector, *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		r.wrong(n, "write its fields: - name: acme", "this is no connector")
		return simulator.Connector{}, nil
	}
	before := len(r.errs)
	f := fields{r, r.pairs(n, Fields())}
	c := simulator.Connector{
		Name: f.text("name"), Kind: f.text("kind"), URL: f.text("url"), Username: f.text("username"), Password: f.password(),
		Mode: strings.ToUpper(f.text("mode")), Approved: f.yes("approved"), Cards: f.text("cards"),
		Timeout: f.duration("timeout"), Retries: f.retries(),
		Can: f.list("can"), Methods: f.list("methods"), Currencies: f.list("currencies"), Regions: f.list("regions"),
		Broken: f.yes("broken"), Unauthorized: f.yes("unauthorized"),
	}
	if c.Name == "" && len(r.errs) == before {
		r.wrong(n, "give it the name that paymentConnector says: name: acme", "this connector has no name")
	}
	f.credentials(n, c)
	if len(r.errs) > before {
		return c, nil
	}
	var wrong *simulator.ConnectorError
	if errors.As(c.Validate(), &wrong) {
		at := f.all[wrong.Field]
		if at == nil {
			at = n
		}
		r.wrong(at, "", "%s", wrong.Why)
		return c, nil
	}
	return c, f.all["name"]
}

// credentials are for a gateway of the user's own: the sandbox has its own.
func (f fields) credentials(n *yaml.Node, c simulator.Connector) {
	for _, name := range []string{"username", "password", "password_file"} {
		if at := f.all[name]; at != nil && f.all["url"] == nil {
			f.wrong(at, "add the url of the gateway, or leave it out", "%s is for a gateway of your own", name)
		}
	}
	if f.all["password"] != nil && f.all["password_file"] != nil {
		f.wrong(f.all["password_file"], "leave one of them out", "there are both password and password_file")
	}
	if c.Approved && c.Mode != "LIVE" {
		f.wrong(f.all["approved"], "add mode: LIVE, or leave it out", "only LIVE connectors are approved")
	}
}

// fields are the fields of one connector.
type fields struct {
	*reader
	all map[string]*yaml.Node
}

// text is a field with one value; "" when it is not there.
func (f fields) text(name string) string {
	n := f.all[name]
	switch {
	case n == nil, n.Kind == yaml.DocumentNode:
		return ""
	case n.Kind != yaml.ScalarNode:
		f.wrong(n, "write one word", "%s has more than one value", name)
		return ""
	case n.Value == "" || n.Tag == "!!null":
		f.wrong(n, "write one, or leave the field out", "%s has no value", name)
		return ""
	}
	return n.Value
}

func (f fields) yes(name string) bool {
	switch v := f.text(name); strings.ToLower(v) {
	case "yes", "true":
		return true
	case "", "no", "false":
		return false
	default:
		f.wrong(f.all[name], "write yes or no", "%s is %q", name, v)
		return false
	}
}

// list is a field with several values; nil when it is not there. A single one may stand without brackets.
func (f fields) list(name string) []string {
	n := f.all[name]
	if n == nil || n.Kind == yaml.DocumentNode {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		if v := f.text(name); v != "" {
			return []string{strings.ToLower(v)}
		}
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		f.wrong(n, "write it as [one, two]", "%s is not a list", name)
		return nil
	}
	out := []string{}
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode || item.Tag == "!!null" {
			f.wrong(item, "write words: [one, two]", "%s has something in it that is no word", name)
			continue
		}
		out = append(out, strings.ToLower(item.Value))
	}
	return out
}

func (f fields) duration(name string) time.Duration {
	v := f.text(name)
	if v == "" {
		return 0
	}
	d, err := time.ParseDuration(v)
	if err != nil || d <= 0 {
		f.wrong(f.all[name], "write a time such as 10s", "%s is %q", name, v)
		return 0
	}
	return d
}

// retries are those of simulator.Connector, where none at all is a negative number.
func (f fields) retries() int {
	v := f.text("retries")
	if v == "" {
		return 0
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		f.wrong(f.all["retries"], "write a number from 0", "retries is %q", v)
		return 0
	}
	if n == 0 {
		return -1
	}
	return n
}

// password is the word itself, or what is in a file, without the line's end.
func (f fields) password() string {
	file := f.text("password_file")
	if file == "" {
		return f.text("password")
	}
	text, err := f.open(file)
	if err != nil {
		f.wrong(f.all["password_file"], "put the password there", "password_file cannot be read: %v", err)
		return ""
	}
	word := strings.TrimRight(string(text), "\r\n")
	if word == "" || len(text) > maxSize {
		f.wrong(f.all["password_file"], "put the password there", "password_file is empty, or no password")
	}
	return word
}
