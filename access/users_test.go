package access_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/access"
)

// hashOf is a hash that is the same in every run of the tests, of "correct horse battery".
const hashOf = "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$zXWWUNxFCSQ7dVrBawnnax5e3t0/8LduYi2KAH2VCy8"

const someUsers = `# who works here
users:
  # the night shift
  kim: { name: Kim Lee, roles: [agent], password: "` + hashOf + `" } # since May
  sam:
    roles: supervisor
    disabled: yes
  ana: { roles: [auditor, ops], disabled: no }

oidc_roles:
  call-center: agent
  leads: [supervisor, auditor]
`

func usersFile(t *testing.T, text string) access.UsersFile {
	t.Helper()
	path := filepath.Join(t.TempDir(), "users.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return access.UsersFile{Path: path}
}

func read(t *testing.T, f access.UsersFile) string {
	t.Helper()
	text, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestReadUsers(t *testing.T) {
	t.Parallel()
	got, err := usersFile(t, someUsers).List()
	if err != nil {
		t.Fatal(err)
	}
	want := []access.User{
		{ID: "kim", Name: "Kim Lee", Roles: []access.Role{access.Agent}, Password: hashOf},
		{ID: "sam", Name: "sam", Roles: []access.Role{access.Supervisor}, Disabled: true},
		{ID: "ana", Name: "ana", Roles: []access.Role{access.Auditor, access.Ops}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
	for _, empty := range []string{"", "# nobody yet\n", "users:\n", "users: {}\n", "---\n"} {
		if got, err := usersFile(t, empty).List(); err != nil || len(got) != 0 {
			t.Errorf("%q: %v, %v", empty, got, err)
		}
	}
	if got, err := (access.UsersFile{Path: filepath.Join(t.TempDir(), "none.yaml")}).List(); err != nil || got != nil {
		t.Errorf("no file: %v, %v", got, err)
	}
}

// TestUsersErrors: an error names the file and the line, says what is meant, and repeats nothing of what is there.
func TestUsersErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"users:\n  kim: { roles: [boss-s3cr3t] }":                    "users.yaml:2: roles are words of agent, supervisor, auditor, ops",
		"users:\n  kim: {}":                                          "users.yaml:2: this user has no role",
		"users:\n  kim: { roles: [agent], pasword: s3cr3t }":         "users.yaml:2: a user has no field of this name",
		"users:\n  kim: { roles: [agent], password: s3cr3t }":        "users.yaml:2: password: not an argon2id hash; set it with: paydial user password",
		"users:\n  kim: { roles: [agent], disabled: s3cr3t }":        "users.yaml:2: disabled is yes or no",
		"users:\n  kim: { roles: [agent] }\n  kim: { roles: [ops] }": "users.yaml:3: users: this stands there twice",
		"users:\n  Kim: { roles: [agent] }":                          "users.yaml:2: a name has up to 64 lower-case letters",
		"users:\n  api: { roles: [agent] }":                          `users.yaml:2: the name "api" is taken`,
		"users:\n  kim: agent":                                       "users.yaml:2: a user has to be a list of name: value",
		"users: [kim]":                                               "users.yaml:1: users has to be",
		"user: {}":                                                   "users.yaml:1: the file has no field of this name",
		"users:\n  kim: { roles: [agent], password: [s3cr3t }":       "users.yaml:2: not valid YAML",
		"users:\n\tkim: s3cr3t":                                      "not valid YAML",
		"oidc_roles: { a: boss }":                                    "users.yaml:1: roles are words of",
		"users:\n  kim: { roles: [agent], name: [a] }":               "users.yaml:2: name has to be a text of one line",
		"users:\n  kim: { roles: [agent], ? [a] : b }":               "users.yaml:2: a user: a key has to be a word",
		"x: " + strings.Repeat("a", 1<<20):                           "users.yaml: larger than 1048576 bytes",
		"users:\n  kim: { roles: [agent], password: \"$argon2id$v=19$m=4194304,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$zXWWUNxFCSQ7dVrBawnnax5e3t0/8LduYi2KAH2VCy8\" }": "users.yaml:2: password: an argon2id hash whose cost is out of bounds",
	} {
		_, err := usersFile(t, text).List()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q: %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("the error tells what is there: %v", err)
		}
	}
	_, err := usersFile(t, "users:\n  A: {}\n  B: {}").List()
	if err == nil || !strings.Contains(err.Error(), ":2: ") || !strings.Contains(err.Error(), ":3: ") {
		t.Errorf("not every error is told: %v", err)
	}
}

// TestEditUsers changes one thing after another: what was not meant stays, comments included.
func TestEditUsers(t *testing.T) {
	t.Parallel()
	f := usersFile(t, someUsers)
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(f.Path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file is %v, %v", info.Mode(), err)
		}
	}
	other := strings.Replace(hashOf, "AAAA", "BBBB", 1)
	ok(f.Add(access.User{ID: "zoe", Name: "Zoë: #1", Roles: []access.Role{access.Agent, access.Auditor}, Password: hashOf}))
	ok(f.SetPassword("kim", other))
	ok(f.SetPassword("ana", hashOf))
	ok(f.SetDisabled("kim", true))
	ok(f.SetDisabled("sam", false))
	ok(f.SetDisabled("zoe", false)) // was not
	ok(f.Remove("ana"))
	want := []access.User{
		{ID: "kim", Name: "Kim Lee", Roles: []access.Role{access.Agent}, Password: other, Disabled: true},
		{ID: "sam", Name: "sam", Roles: []access.Role{access.Supervisor}},
		{ID: "zoe", Name: "Zoë: #1", Roles: []access.Role{access.Agent, access.Auditor}, Password: hashOf},
	}
	got, err := f.List()
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, users (-want +got):\n%s", err, diff)
	}
	text := read(t, f)
	for _, kept := range []string{"# who works here\n", "# the night shift\n", "# since May", "oidc_roles:\n", "leads: [supervisor, auditor]"} {
		if !strings.Contains(text, kept) {
			t.Errorf("%q is lost:\n%s", kept, text)
		}
	}
	for name, err := range map[string]error{
		"add again": f.Add(access.User{ID: "kim", Roles: []access.Role{access.Ops}}), "add a wrong name": f.Add(access.User{ID: "K"}),
		"no such user": f.SetDisabled("nobody", true), "remove nobody": f.Remove("nobody"),
		"no role": f.Add(access.User{ID: "new"}), "a wrong hash": f.SetPassword("kim", "x"),
	} {
		if err == nil {
			t.Errorf("%s: was done", name)
		}
	}
	if now := read(t, f); now != text {
		t.Errorf("a refused change changed the file:\n%s", now)
	}
	left, err := os.ReadDir(filepath.Dir(f.Path))
	if err != nil || len(left) != 1 {
		t.Errorf("files are left over: %v, %v", left, err)
	}
}

// The first user makes the file; a link to it stays a link; a file that cannot be read is not written over.
func TestEditUsersWhereItIsOdd(t *testing.T) {
	t.Parallel()
	kim := access.User{ID: "kim", Roles: []access.Role{access.Agent}, Password: hashOf}
	for _, text := range []string{"", "# later\n", "users:\n", "users: {}\n", "oidc_roles: { a: agent }\n"} {
		f := usersFile(t, text)
		if err := f.Add(kim); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if got, err := f.List(); err != nil || len(got) != 1 {
			t.Errorf("%q: %v, %v:\n%s", text, got, err, read(t, f))
		}
		if now := read(t, f); !strings.Contains(now, "kim") || strings.Contains(text, "later") && !strings.Contains(now, "# later") {
			t.Errorf("%q became\n%s", text, now)
		}
	}
	f := access.UsersFile{Path: filepath.Join(t.TempDir(), "new.yaml")}
	if err := f.Add(kim); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.yaml")
	if err := os.Symlink(f.Path, link); err != nil {
		t.Fatal(err)
	}
	if err := (access.UsersFile{Path: link}).SetDisabled("kim", true); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 || !strings.Contains(read(t, f), "disabled") {
		t.Errorf("the link is %v, %v, the file:\n%s", info.Mode(), err, read(t, f))
	}
	broken := usersFile(t, "users: [")
	if err := broken.Add(kim); err == nil || read(t, broken) != "users: [" {
		t.Errorf("%v:\n%s", err, read(t, broken))
	}
}

// TestUsersFileIsWatched: what the file says counts at the next request, in a session that is open too.
func TestUsersFileIsWatched(t *testing.T) {
	t.Parallel()
	f := access.UsersFile{Path: filepath.Join(t.TempDir(), "users.yaml")}
	var log strings.Builder
	users, err := access.OpenUsers(f.Path, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	h := open(t, miniURL(t), func(cfg *access.Config) { cfg.Users = users })
	if h.On() {
		t.Error("somebody can sign in without a file")
	}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	hash := access.Hash(password, cheap())
	do(f.Add(access.User{ID: "kim", Name: "Kim", Roles: []access.Role{access.Agent}, Password: hash}))
	if !h.On() || !h.Passwords() {
		t.Error("the file that came is not seen")
	}
	in := h.signIn(t, "kim")
	write := func(text string) {
		t.Helper()
		tmp := f.Path + ".new"
		do(os.WriteFile(tmp, []byte(text), 0o600))
		do(os.Rename(tmp, f.Path))
	}
	write("users:\n  kim: { name: Kim Lee, roles: [supervisor], password: \"" + hash + "\" }\n")
	if p, err := h.Authenticate(t.Context(), in.Token, true); err != nil || p.Name != "Kim Lee" || !p.Can(access.TakeOver) {
		t.Errorf("another role is not seen: %+v, %v", p, err)
	}
	write("users: [oh no")
	for range 3 {
		if !h.alive(t, in.Token) {
			t.Error("a broken file signs everybody out")
		}
	}
	if strings.Count(log.String(), "not valid YAML") != 1 {
		t.Errorf("the log:\n%s", log.String())
	}
	write("users:\n  kim: { roles: [agent], password: \"" + hash + "\" }\n")
	do(f.SetDisabled("kim", true))
	if h.alive(t, in.Token) {
		t.Error("a disabled person's session goes on")
	}
	if _, err := h.SignIn(t.Context(), access.Attempt{Name: "kim", Password: password}); err != access.ErrRefused {
		t.Errorf("a disabled person: %v", err)
	}
	do(f.SetDisabled("kim", false))
	in = h.signIn(t, "kim")
	do(f.SetPassword("kim", access.Hash(password, cheap()))) // the same again is another hash
	if h.alive(t, in.Token) {
		t.Error("a session outlives the password")
	}
	in = h.signIn(t, "kim")
	do(os.Remove(f.Path))
	if h.alive(t, in.Token) || h.On() {
		t.Error("a session outlives the file")
	}
	if _, err := access.OpenUsers(t.TempDir(), nil); err == nil {
		t.Error("a directory was taken for a file")
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	for pass, ok := range map[string]bool{
		"": false, "short": false, "elevenchars": false, "twelve chars": true, "ééééééééééé": false, "éééééééééééé": true,
		strings.Repeat("a", 1001): false,
	} {
		if err := access.CheckPassword(pass); (err == nil) != ok {
			t.Errorf("%.20q: %v", pass, err)
		}
	}
	if a, b := access.Hash("x", cheap()), access.Hash("x", cheap()); a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("hashes %s and %s", a, b)
	}
	if !access.OldCost(hashOf, access.DefaultCost()) || access.OldCost(hashOf, cheap()) || access.OldCost("", cheap()) {
		t.Error("the cost of a hash is misjudged")
	}
	// One password, typed as one character and as a letter with an accent behind it.
	h := open(t, miniURL(t), func(cfg *access.Config) {
		cfg.Users = access.FixedUsers(access.User{ID: "zoe", Name: "Zoë", Roles: []access.Role{access.Agent}, Password: access.Hash("caf\u00e9 caf\u00e9 caf\u00e9", cheap())})
	})
	if _, err := h.SignIn(t.Context(), access.Attempt{Name: "zoe", Password: "cafe\u0301 cafe\u0301 cafe\u0301"}); err != nil {
		t.Error(err)
	}
}

func FuzzUsers(f *testing.F) {
	f.Add(someUsers)
	f.Add("users: { kim: { roles: agent } }")
	f.Add("users:\n  ? [a]\n  : b")
	f.Add("&a users: *a")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		file := access.UsersFile{Path: filepath.Join(dir, "users.yaml")}
		if err := os.WriteFile(file.Path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		before, err := file.List()
		if err != nil {
			return
		}
		if err := file.Add(access.User{ID: "new-one", Roles: []access.Role{access.Agent}, Password: hashOf}); err != nil {
			return
		}
		after, err := file.List()
		if err != nil || len(after) != len(before)+1 {
			t.Errorf("%q: %d users and one more are %d, %v", text, len(before), len(after), err)
		}
	})
}
