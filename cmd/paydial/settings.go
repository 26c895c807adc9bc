package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// setting is one thing to configure: a flag, an environment variable, a default. The flag wins over the
// environment, the environment over the default.
type setting struct {
	key    string // the flag's name, and the name in `config show`
	env    string
	preset string
	secret bool // has no flag, is never shown
	help   string
}

// The settings of `serve`, in the order they are shown.
var serveSettings = []setting{
	{key: "listen", env: "PAYDIAL_LISTEN", preset: "127.0.0.1:8080", help: "address to listen on"},
	{key: "public-url", env: "PAYDIAL_PUBLIC_URL", help: "what Twilio calls us by; signatures are checked against it"},
	{key: "account-sid", env: "TWILIO_ACCOUNT_SID", help: "Twilio account"},
	{key: "auth-token", env: "TWILIO_AUTH_TOKEN", secret: true, help: "Twilio auth token"},
	{key: "auth-token-next", env: "TWILIO_AUTH_TOKEN_NEXT", secret: true, help: "second auth token, taken too while the first is rotated out"},
	{key: "twilio-api-url", env: "PAYDIAL_TWILIO_API_URL", help: "base URL of Twilio's REST API; empty for Twilio's own"},
	{key: "twilio-region", env: "TWILIO_REGION", help: "Twilio region, such as ie1"},
	{key: "twilio-edge", env: "TWILIO_EDGE", help: "Twilio edge, such as dublin"},
	{key: "redis-url", env: "PAYDIAL_REDIS_URL", help: "where a call's place is kept: redis://, rediss://, redis-sentinel://, redis-cluster://"},
	{key: "database-url", env: "PAYDIAL_DATABASE_URL", preset: "sqlite:paydial.db", help: "where payments are kept: sqlite:FILE or postgres://"},
	{key: "archive-url", env: "PAYDIAL_ARCHIVE_URL", preset: "file:recordings-archive", help: "where copies of recordings are kept: file:FOLDER or s3://BUCKET/PREFIX"},
	{key: "spool", env: "PAYDIAL_SPOOL", preset: "recordings-spool", help: "folder for copies of recordings that are not finished yet"},
	{key: "api-token", env: "PAYDIAL_API_TOKEN", secret: true, help: "bearer token of the JSON API and the pages; without one, and without users, both are off"},
	{key: "users", env: "PAYDIAL_USERS", help: "file of the people who may sign in; when not set, users.yaml in the project directory"},
	{key: "session-secret", env: "PAYDIAL_SESSION_SECRET", secret: true, help: "at least 32 random bytes, the same on every server; without it a restart signs people out"},
	{key: "oidc-issuer", env: "PAYDIAL_OIDC_ISSUER", help: "URL of an OpenID Connect provider to sign in at"},
	{key: "oidc-client-id", env: "PAYDIAL_OIDC_CLIENT_ID", help: "what the provider knows us as"},
	{key: "oidc-client-secret", env: "PAYDIAL_OIDC_CLIENT_SECRET", secret: true, help: "our secret at the provider"},
	{key: "oidc-roles-claim", env: "PAYDIAL_OIDC_ROLES_CLAIM", preset: "roles", help: "claim of the ID token that holds a person's roles"},
	{key: "trusted-proxies", env: "PAYDIAL_TRUSTED_PROXIES", help: "addresses or networks, parted by commas, of proxies whose X-Forwarded-For is believed"},
}

// value is a setting with what it came to and where from.
type value struct {
	setting
	text   string
	origin string // flag, environment, file FILE, default, not set
}

// values are settings by key.
type values map[string]value

func (v values) get(key string) string { return v[key].text }

// addFlags gives cmd a flag for every setting that is not a secret: secrets on a command line end up in logs.
func addFlags(cmd *cobra.Command, settings []setting) {
	for _, s := range settings {
		if !s.secret {
			cmd.Flags().String(s.key, "", s.help+" ("+s.env+present(s.preset)+")")
		}
	}
}

func present(preset string) string {
	if preset == "" {
		return ""
	}
	return "; default " + preset
}

// resolve finds every setting's value. A secret may also be in a file named by ENV_FILE.
func resolve(cmd *cobra.Command, s streams, settings []setting) (values, error) {
	out := values{}
	for _, st := range settings {
		v := value{setting: st, text: st.preset, origin: "default"}
		if st.preset == "" {
			v.origin = "not set"
		}
		if text, ok := s.env(st.env); ok && strings.TrimSpace(text) != "" {
			v.text, v.origin = strings.TrimSpace(text), "environment "+st.env
		} else if file, ok := s.env(st.env + "_FILE"); ok && file != "" {
			raw, err := os.ReadFile(file)
			if err != nil {
				return nil, fail(exitUsage, "%s_FILE: %v", st.env, err)
			}
			v.text, v.origin = strings.TrimSpace(string(raw)), "file "+file
		}
		if f := cmd.Flags().Lookup(st.key); f != nil && f.Changed {
			v.text, v.origin = f.Value.String(), "flag --"+st.key
		}
		out[st.key] = v
	}
	return out, nil
}

// namedDir is the project directory that somebody named, by --dir or PAYDIAL_DIR; "" when nobody did.
func namedDir(cmd *cobra.Command, s streams) string {
	if dir, _ := cmd.Flags().GetString("dir"); dir != "" {
		return dir
	}
	dir, _ := s.env("PAYDIAL_DIR")
	return dir
}

// projectDir is the project's directory: the named one, or the current one.
func projectDir(cmd *cobra.Command, s streams) (string, error) {
	dir := namedDir(cmd, s)
	if dir == "" {
		dir = "."
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fail(exitUsage, "project directory %s: %v", dir, err)
	}
	return abs, nil
}

// secretFrom finds secret.NAME of a project's services in the environment: PAYDIAL_SECRET_NAME.
func secretFrom(s streams) func(string) string {
	return func(name string) string {
		v, _ := s.env("PAYDIAL_SECRET_" + strings.ToUpper(name))
		return v
	}
}

// servicesFrom reads --service NAME=URL flags.
func servicesFrom(flags []string) (map[string]string, error) {
	out := map[string]string{}
	for _, f := range flags {
		name, at, ok := strings.Cut(f, "=")
		if !ok || name == "" || at == "" {
			return nil, fail(exitUsage, "--service %q: write NAME=URL", f)
		}
		out[name] = at
	}
	return out, nil
}

// need says which settings are missing.
func (v values) need(s streams, keys ...string) error {
	missing := ""
	for _, k := range keys {
		if v.get(k) == "" {
			missing += fmt.Sprintf("\n  %-20s %s", v[k].env, v[k].help)
		}
	}
	if missing == "" {
		return nil
	}
	return fail(exitUsage, "not set:%s\nEvery setting: %s config show. To try everything without an account: %s dev",
		missing, s.self, s.self)
}

// checkURL refuses a setting that is no http or https URL.
func (v values) checkURL(key string) error {
	u, err := url.Parse(v.get(key))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fail(exitUsage, "%s is not a URL such as https://pay.example.com: %s", v[key].env, redacted(v.get(key)))
	}
	return nil
}

// redacted is a URL without its password: some settings have one in them.
func redacted(text string) string {
	if !strings.ContainsAny(text, "@?") {
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		return "(set, but not a URL)"
	}
	if _, secret := u.User.Password(); secret {
		u.User = url.UserPassword(u.User.Username(), "***")
	}
	q := u.Query()
	for name := range q {
		if low := strings.ToLower(name); strings.Contains(low, "pass") || strings.Contains(low, "secret") || strings.Contains(low, "token") {
			q.Set(name, "***")
			u.RawQuery = q.Encode()
		}
	}
	return strings.ReplaceAll(u.String(), "%2A%2A%2A", "***")
}
