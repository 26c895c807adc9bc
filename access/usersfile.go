package access

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxUsersFile is how large a users file may be, in bytes: some thousands of people.
const maxUsersFile = 1 << 20

// usersFile is what a users file says.
type usersFile struct {
	users     []User
	oidcRoles map[string][]Role // words of the provider's; nil: nothing is said
}

// readUsersFile reads a file. Errors name its line, and never repeat what stands there: it may be a password.
func readUsersFile(path string) (usersFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return usersFile{}, fmt.Errorf("read users: %w", err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxUsersFile+1))
	if err != nil {
		return usersFile{}, fmt.Errorf("read users: %w", err)
	}
	file, _, err := parseUsers(filepath.Base(path), text)
	return file, err
}

// parseUsers reads the text of a users file called name. The node is the document, for whoever changes it; nil for
// an empty one.
func parseUsers(name string, text []byte) (usersFile, *yaml.Node, error) {
	if len(text) > maxUsersFile {
		return usersFile{}, nil, fmt.Errorf("%s: larger than %d bytes", name, maxUsersFile)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return usersFile{}, nil, fmt.Errorf("%s:%d: not valid YAML", name, lineOf(err))
	}
	r := usersReader{name: name}
	if doc.Kind == 0 || len(doc.Content) == 0 || isNull(doc.Content[0]) {
		return r.out, nil, nil
	}
	r.fields(doc.Content[0], "the file", map[string]func(*yaml.Node){
		"users":      r.users,
		"oidc_roles": r.oidcRoles,
	})
	return r.out, &doc, errors.Join(r.errs...)
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// lineOf is the line that an error of the YAML parser names. Its own text is not passed on: it may quote the file.
func lineOf(err error) int {
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 1
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// usersReader reads the nodes of a users file and gathers what is wrong with them.
type usersReader struct {
	name string
	out  usersFile
	errs []error
}

func (r *usersReader) fail(n *yaml.Node, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("%s:%d: %s", r.name, n.Line, fmt.Sprintf(format, args...)))
}

// fields reads a mapping whose keys are known; nothing else may stand there, and nothing twice.
func (r *usersReader) fields(n *yaml.Node, what string, known map[string]func(*yaml.Node)) {
	r.each(n, what, func(key, value *yaml.Node) {
		read, ok := known[key.Value]
		if !ok {
			r.fail(key, "%s has no field of this name", what)
			return
		}
		read(value)
	})
}

// each calls fn with every key and value of a mapping.
func (r *usersReader) each(n *yaml.Node, what string, fn func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.fail(n, "%s has to be a list of name: value", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			r.fail(key, "%s: a key has to be a word", what)
		case seen[key.Value]:
			r.fail(key, "%s: this stands there twice", what)
		default:
			seen[key.Value] = true
			fn(key, value)
		}
	}
}

func (r *usersReader) users(n *yaml.Node) {
	if isNull(n) {
		return
	}
	r.each(n, "users", func(key, value *yaml.Node) {
		u := User{ID: key.Value, Name: key.Value}
		if err := CheckID(u.ID); err != nil {
			r.fail(key, "%v", err)
		}
		r.fields(value, "a user", map[string]func(*yaml.Node){
			"name":  func(n *yaml.Node) { u.Name = r.text(n, "name", u.ID) },
			"roles": func(n *yaml.Node) { u.Roles = r.roles(n) },
			"password": func(n *yaml.Node) {
				u.Password = r.text(n, "password", "")
				if _, err := parseHash(u.Password); err != nil {
					r.fail(n, "password: %v; set it with: paydial user password", err)
				}
			},
			"disabled": func(n *yaml.Node) { u.Disabled = r.flag(n, "disabled") },
		})
		if len(u.Roles) == 0 {
			r.fail(key, "this user has no role: there are %s", roleWords(Roles()))
		}
		r.out.users = append(r.out.users, u)
	})
}

func (r *usersReader) oidcRoles(n *yaml.Node) {
	r.out.oidcRoles = map[string][]Role{}
	r.each(n, "oidc_roles", func(key, value *yaml.Node) { r.out.oidcRoles[key.Value] = r.roles(value) })
}

// text is a text of one line that is not empty.
func (r *usersReader) text(n *yaml.Node, what, otherwise string) string {
	text := strings.TrimSpace(n.Value)
	if n.Kind != yaml.ScalarNode || text == "" || len(text) > 400 || strings.ContainsAny(text, "\n\r\x00") {
		r.fail(n, "%s has to be a text of one line", what)
		return otherwise
	}
	return text
}

// roles is one role or a list of them.
func (r *usersReader) roles(n *yaml.Node) []Role {
	words := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		words = n.Content
	}
	var out []Role
	for _, w := range words {
		if err := CheckRole(w.Value); w.Kind != yaml.ScalarNode || err != nil {
			r.fail(w, "roles are words of %s", roleWords(Roles()))
			continue
		}
		out = append(out, Role(w.Value))
	}
	return out
}

// flag is yes or no. YAML 1.2 takes these for texts; people write them.
func (r *usersReader) flag(n *yaml.Node, what string) bool {
	switch strings.ToLower(n.Value) {
	case "yes", "true":
		return true
	case "no", "false":
		return false
	}
	r.fail(n, "%s is yes or no", what)
	return true // whoever was meant to be kept out is
}
