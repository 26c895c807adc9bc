package access

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// What can keep a users file from being changed.
var (
	ErrNoUser     = errors.New("there is no such user")
	ErrUserExists = errors.New("there is a user of this name already")
)

// newUsersFile is the beginning of a users file.
const newUsersFile = "# Who may sign in. Change it with: paydial user. Passwords are argon2id hashes.\nusers: {}\n"

// UsersFile is a users file to change. What it does not change stays as it is, comments and order included.
type UsersFile struct{ Path string }

// List returns the users, in the order of the file; none where there is no file.
func (f UsersFile) List() ([]User, error) {
	file, err := readUsersFile(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return file.users, err
}

// Add adds a user. The errors are ErrUserExists, what CheckID says, and what keeps the file from being read or written.
func (f UsersFile) Add(u User) error {
	if err := CheckID(u.ID); err != nil {
		return err
	}
	return f.edit(func(users *yaml.Node) error {
		if find(users, u.ID) != nil {
			return ErrUserExists
		}
		roles := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, r := range u.Roles {
			roles.Content = append(roles.Content, word(string(r)))
		}
		user := &yaml.Node{Kind: yaml.MappingNode}
		if u.Name != "" {
			user.Content = append(user.Content, word("name"), word(u.Name))
		}
		user.Content = append(user.Content, word("roles"), roles)
		if u.Password != "" {
			user.Content = append(user.Content, word("password"), quoted(u.Password))
		}
		users.Content = append(users.Content, word(u.ID), user)
		return nil
	})
}

// SetPassword gives a user another password, as Hash wrote it. Their sessions end.
func (f UsersFile) SetPassword(id, hash string) error {
	return f.change(id, func(user *yaml.Node) { set(user, "password", quoted(hash)) })
}

// SetDisabled keeps a user out, or lets them in again. Nothing else of them is lost.
func (f UsersFile) SetDisabled(id string, disabled bool) error {
	return f.change(id, func(user *yaml.Node) {
		if !disabled {
			drop(user, "disabled")
			return
		}
		set(user, "disabled", word("yes"))
	})
}

// Remove takes a user out of the file.
func (f UsersFile) Remove(id string) error {
	return f.edit(func(users *yaml.Node) error {
		if !drop(users, id) {
			return ErrNoUser
		}
		return nil
	})
}

// change changes one user.
func (f UsersFile) change(id string, fn func(user *yaml.Node)) error {
	return f.edit(func(users *yaml.Node) error {
		user := find(users, id)
		if user == nil {
			return ErrNoUser
		}
		fn(user)
		return nil
	})
}

// edit reads the file, changes its users and writes it, all or nothing.
func (f UsersFile) edit(fn func(users *yaml.Node) error) error {
	path := f.Path
	if to, err := filepath.EvalSymlinks(path); err == nil {
		path = to // the file is replaced, and the link stays
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = []byte(newUsersFile), nil
	}
	if err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	name := filepath.Base(path)
	_, doc, err := parseUsers(name, text)
	if err == nil && doc == nil {
		_, doc, err = parseUsers(name, append(text, newUsersFile...))
	}
	if err != nil {
		return err
	}
	if err := fn(usersOf(doc.Content[0])); err != nil {
		return err
	}
	text, err = yaml.Dump(doc, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	if err != nil {
		return fmt.Errorf("write users: %w", err)
	}
	if _, _, err := parseUsers(name, text); err != nil { // what cannot be read again is not written
		return fmt.Errorf("write users: %w", err)
	}
	return replaceFile(path, text)
}

// usersOf is the mapping of users in a document, made where there is none.
func usersOf(top *yaml.Node) *yaml.Node {
	users := find(top, "users")
	if users == nil || isNull(users) {
		users = &yaml.Node{Kind: yaml.MappingNode}
		set(top, "users", users)
	}
	users.Style &^= yaml.FlowStyle // {} grows into lines
	return users
}

// replaceFile writes a file that only its owner can read: whole, or not at all.
func replaceFile(path string, text []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // 0600
	if err != nil {
		return fmt.Errorf("write users: %w", err)
	}
	defer func() {
		if err != nil {
			_ = tmp.Close()
			_ = os.Remove(tmp.Name())
			err = fmt.Errorf("write users: %w", err)
		}
	}()
	if _, err = tmp.Write(text); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

func word(text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if strings.ContainsAny(text, ":#{}[]&*!|>'\"%@`,") {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func quoted(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle}
}

// at is where a key of a mapping stands; -1 where it does not.
func at(mapping *yaml.Node, key string) int {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return i
		}
	}
	return -1
}

func find(mapping *yaml.Node, key string) *yaml.Node {
	if i := at(mapping, key); i >= 0 {
		return mapping.Content[i+1]
	}
	return nil
}

func set(mapping *yaml.Node, key string, value *yaml.Node) {
	if i := at(mapping, key); i >= 0 {
		mapping.Content[i+1] = value
		return
	}
	mapping.Content = append(mapping.Content, word(key), value)
}

func drop(mapping *yaml.Node, key string) bool {
	i := at(mapping, key)
	if i < 0 {
		return false
	}
	mapping.Content = slices.Delete(mapping.Content, i, i+2)
	return true
}
