package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/audit"
)

// How somebody signed in, as the session and the audit log have it.
const (
	byPassword = "password"
	byLink     = "link"
	byOIDC     = "oidc"
)

// session is what Redis keeps of one. Roles are kept only of people who are not in the users file.
type session struct {
	User    string `json:"user"`
	Name    string `json:"name"`
	Roles   []Role `json:"roles,omitempty"`
	By      string `json:"by"`
	Stamp   string `json:"stamp,omitempty"` // of the password it was opened under
	Seen    int64  `json:"seen"`            // milliseconds since 1970
	Ends    int64  `json:"ends"`
	Started int64  `json:"started"`
}

// kept is a session as Redis keeps it.
func (s session) kept() ([]byte, error) {
	if s.By != byOIDC {
		s.Roles = nil // the users file has them, and may change
	}
	return json.Marshal(s)
}

// SignedIn is a new session: the token for its cookie, and whose it is.
type SignedIn struct {
	Token     string
	Principal Principal
}

// open makes a session and writes its line.
func (a *Access) open(ctx context.Context, s session) (SignedIn, error) {
	now := a.cfg.Now()
	s.Started, s.Seen, s.Ends = now.UnixMilli(), now.UnixMilli(), now.Add(a.cfg.Absolute).UnixMilli()
	token := newToken()
	p := a.principal(s, token)
	key, person := a.sum("session", token), personKey(a.sum("person", s.User))
	body, err := s.kept()
	if err != nil {
		return SignedIn{}, fmt.Errorf("sign in: %w", err)
	}
	// The line comes first: there may be one of a session that could not be made, but no session without a line.
	if err := a.write(ctx, audit.Entry{
		Who: s.User, Role: roleWords(s.Roles), Action: "sign_in", Result: "ok", Detail: "by " + s.By + ": " + s.Name,
	}); err != nil {
		return SignedIn{}, fmt.Errorf("sign in: %w", err)
	}
	_, err = a.cfg.Redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Set(ctx, sessionKey(key), body, a.cfg.Idle)
		p.ZRemRangeByScore(ctx, person, "-inf", strconv.FormatInt(now.UnixMilli(), 10))
		p.ZAdd(ctx, person, redis.Z{Score: float64(s.Ends), Member: key})
		p.PExpire(ctx, person, a.cfg.Absolute)
		return nil
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("sign in: %w", err)
	}
	return SignedIn{Token: token, Principal: p}, nil
}

func (a *Access) principal(s session, token string) Principal {
	return Principal{ID: s.User, Name: s.Name, Roles: s.Roles, Via: ViaPage, Session: a.sum("session id", token)[:16]}
}

// stamp tells two passwords of one person apart without telling anything of either.
func (a *Access) stamp(u User) string { return a.sum("stamp", u.Password)[:16] }

// Authenticate tells whose session a token is, as they are now: roles come from the users file each time, and
// somebody who was disabled, removed or given another password has no session any more. touch is for requests that
// a person made: they keep a session from ending idle. The errors are ErrNoSession and failures of Redis.
func (a *Access) Authenticate(ctx context.Context, token string, touch bool) (Principal, error) {
	if len(token) != len(newToken()) {
		return Principal{}, ErrNoSession
	}
	key := sessionKey(a.sum("session", token))
	raw, err := a.cfg.Redis.Get(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) {
		return Principal{}, ErrNoSession
	}
	if err != nil {
		return Principal{}, fmt.Errorf("find session: %w", err)
	}
	var s session
	if err := json.Unmarshal(raw, &s); err != nil {
		return Principal{}, ErrNoSession
	}
	now := a.cfg.Now()
	if !a.alive(&s, now) {
		if err := a.cfg.Redis.Del(ctx, key).Err(); err != nil {
			return Principal{}, fmt.Errorf("end session: %w", err)
		}
		return Principal{}, ErrNoSession
	}
	if touch && now.Sub(time.UnixMilli(s.Seen)) > a.cfg.Idle/30 { // one write a minute is enough
		if err := a.touch(ctx, key, s, now); err != nil {
			return Principal{}, err
		}
	}
	return a.principal(s, token), nil
}

// alive tells whether a session still counts, and brings name and roles up to date.
func (a *Access) alive(s *session, now time.Time) bool {
	if !now.Before(time.UnixMilli(s.Ends)) || now.Sub(time.UnixMilli(s.Seen)) >= a.cfg.Idle {
		return false
	}
	if s.By == byOIDC {
		return a.HasOIDC() && len(s.Roles) > 0
	}
	u, ok := a.cfg.Users.Lookup(s.User)
	if !ok || u.Disabled || !same(a.stamp(u), s.Stamp) {
		return false
	}
	s.Name, s.Roles = u.Name, u.Roles
	return true
}

// touch notes that a person did something. A session that was ended meanwhile is not brought back.
func (a *Access) touch(ctx context.Context, key string, s session, now time.Time) error {
	s.Seen = now.UnixMilli()
	body, err := s.kept()
	if err != nil {
		return fmt.Errorf("keep session: %w", err)
	}
	life := min(a.cfg.Idle, time.UnixMilli(s.Ends).Sub(now))
	err = a.cfg.Redis.SetArgs(ctx, key, body, redis.SetArgs{Mode: "XX", TTL: life}).Err()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("keep session: %w", err)
	}
	return nil
}

// SignOut ends the session of a token. One that has ended already is no error.
func (a *Access) SignOut(ctx context.Context, token string) error {
	p, err := a.Authenticate(ctx, token, false)
	if errors.Is(err, ErrNoSession) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	key := a.sum("session", token)
	if err := a.cfg.Redis.Del(ctx, sessionKey(key)).Err(); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	if err := a.cfg.Redis.ZRem(ctx, personKey(a.sum("person", p.ID)), key).Err(); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return a.write(ctx, audit.Entry{Who: p.ID, Role: p.RoleWords(), Action: "sign_out", Result: "ok"})
}

// SignOutEverywhere ends every session of by's own person, on every computer.
func (a *Access) SignOutEverywhere(ctx context.Context, by Principal) error {
	person := personKey(a.sum("person", by.ID))
	sums, err := a.cfg.Redis.ZRange(ctx, person, 0, -1).Result()
	if err != nil {
		return fmt.Errorf("sign out everywhere: %w", err)
	}
	for _, key := range sums { // one by one: on a cluster they lie in different slots
		if err := a.cfg.Redis.Del(ctx, sessionKey(key)).Err(); err != nil {
			return fmt.Errorf("sign out everywhere: %w", err)
		}
	}
	if err := a.cfg.Redis.Del(ctx, person).Err(); err != nil {
		return fmt.Errorf("sign out everywhere: %w", err)
	}
	return a.write(ctx, audit.Entry{
		Who: by.ID, Role: by.RoleWords(), Action: "sign_out", Result: "ok", Detail: "everywhere, sessions: " + strconv.Itoa(len(sums)),
	})
}
