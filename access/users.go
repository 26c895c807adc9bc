package access

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// User is somebody who may sign in.
type User struct {
	ID       string // what they sign in with, in lower case
	Name     string // for people to read
	Roles    []Role
	Password string // as Hash wrote it; "" where there is none: then no password is right
	Disabled bool
}

// userID is the form of a name to sign in with.
var userID = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{0,63}$`)

// CheckID says why id cannot be the name of a user.
func CheckID(id string) error {
	if !userID.MatchString(id) {
		return errors.New("a name has up to 64 lower-case letters, digits, dots, dashes, underscores and @, and begins with a letter or digit")
	}
	if id == string(roleAPI) || id == string(roleLocal) {
		return fmt.Errorf("the name %q is taken by the server itself", id)
	}
	return nil
}

// CheckRole says why a word cannot be a role.
func CheckRole(word string) error {
	if !slices.Contains(Roles(), Role(word)) {
		return fmt.Errorf("there is no role %q: there are %s", word, roleWords(Roles()))
	}
	return nil
}

// Users are the people who may sign in: of a file, which is read again when it changes, or handed in. It is safe
// for concurrent use.
type Users struct {
	path string
	log  *slog.Logger

	mu   sync.Mutex
	seen fs.FileInfo // of what was read last; nil: there was no file
	now  usersFile
}

// OpenUsers reads the users of a file. One that is not there has nobody in it, and may come later. The error is a
// file that cannot be read, with its line.
func OpenUsers(path string, log *slog.Logger) (*Users, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	u := &Users{path: path, log: log}
	if err := u.read(); err != nil {
		return nil, err
	}
	return u, nil
}

// FixedUsers are users that no file has.
func FixedUsers(users ...User) *Users {
	return &Users{now: usersFile{users: users}}
}

// Lookup finds a user by the name they sign in with.
func (u *Users) Lookup(id string) (User, bool) {
	for _, user := range u.current().users {
		if user.ID == id {
			return user, true
		}
	}
	return User{}, false
}

// Any tells whether anybody has a password.
func (u *Users) Any() bool {
	return slices.ContainsFunc(u.current().users, func(user User) bool { return user.Password != "" })
}

// roleOf are the roles that a word of the provider's stands for: what the file says, and where it says nothing about
// any word, the word itself.
func (u *Users) roleOf(word string) []Role {
	now := u.current()
	if now.oidcRoles != nil {
		return now.oidcRoles[word]
	}
	if CheckRole(word) == nil {
		return []Role{Role(word)}
	}
	return nil
}

// current is what the file says now. While it cannot be read, what it said before counts, and the log says why: a
// slip of the pen must not keep everybody out. A file that was taken away has nobody in it.
func (u *Users) current() usersFile {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.path == "" {
		return u.now
	}
	info, err := os.Stat(u.path)
	if errors.Is(err, fs.ErrNotExist) {
		u.seen, u.now = nil, usersFile{}
		return u.now
	}
	if err == nil && unchanged(u.seen, info) {
		return u.now
	}
	if err == nil {
		err = u.read()
	}
	if err != nil {
		u.log.Error("the users file cannot be used; what it said before still counts", "error", err)
		u.seen = info // said once for each change
	}
	return u.now
}

// unchanged tells whether a file is the one that was read.
func unchanged(seen, now fs.FileInfo) bool {
	return seen != nil && os.SameFile(seen, now) && seen.ModTime().Equal(now.ModTime()) && seen.Size() == now.Size()
}

// read reads the file. It is looked at before, so that a change while reading is seen the next time.
func (u *Users) read() error {
	info, err := os.Stat(u.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	file, err := readUsersFile(u.path)
	if err != nil {
		return err
	}
	u.seen, u.now = info, file
	return nil
}

// CleanID is a name as somebody typed it, as it is kept.
func CleanID(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }
