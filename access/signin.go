package access

import (
	"context"
	"fmt"
	"time"

	"github.com/paydial/paydial/audit"
)

// Attempt is somebody who wants to sign in with a password.
type Attempt struct {
	Name     string
	Password string
	Address  string // where they come from; "" when that is not known
}

// Throttled says that there were too many failed attempts of late, by this name or from this address.
type Throttled struct {
	After time.Duration // how long to wait, in whole seconds
}

func (t *Throttled) Error() string {
	return fmt.Sprintf("too many attempts: wait %s", t.After)
}

// SignIn opens a session for who gives the right password. The errors are ErrRefused, *Throttled, and failures of
// Redis and of the database. An answer takes the same time whether or not there is somebody of this name.
func (a *Access) SignIn(ctx context.Context, at Attempt) (SignedIn, error) {
	at.Name = CleanID(at.Name)
	wait, err := a.admit(ctx, at)
	if err != nil {
		return SignedIn{}, err
	}
	u, known := a.cfg.Users.Lookup(at.Name)
	right, err := a.check(ctx, u, at.Password)
	if err != nil {
		return SignedIn{}, err
	}
	if !right || u.Disabled {
		return SignedIn{}, a.refuse(ctx, refusal{user: u, known: known, right: right, wait: wait})
	}
	if err := a.forgive(ctx, at); err != nil {
		return SignedIn{}, err
	}
	return a.open(ctx, session{User: u.ID, Name: u.Name, Roles: u.Roles, By: byPassword, Stamp: a.stamp(u)})
}

// check tells whether a password is a user's. For somebody without one, or nobody, it takes as long.
func (a *Access) check(ctx context.Context, u User, password string) (bool, error) {
	select { // a flood waits here, rather than taking all memory
	case a.checking <- struct{}{}:
		defer func() { <-a.checking }()
	case <-ctx.Done():
		return false, fmt.Errorf("check password: %w", ctx.Err())
	}
	if len(password) > maxPassword {
		password = ""
	}
	h, err := parseHash(u.Password)
	if err != nil {
		h = a.cfg.Users.decoy()
	}
	return h.right(password), nil
}

// refusal is why somebody was not let in. It is told to the audit log, not to them.
type refusal struct {
	user         User
	known, right bool
	wait         time.Duration
}

// refuse writes the line and returns ErrRefused. A name that nobody has is not written down: people type their
// password into the wrong field.
func (a *Access) refuse(ctx context.Context, r refusal) error {
	e := audit.Entry{Who: r.user.ID, Role: roleWords(r.user.Roles), Action: "sign_in_refused", Result: "refused", Detail: "wrong password"}
	switch {
	case !r.known:
		e.Detail = "nobody has this name"
	case r.right:
		e.Detail = "disabled"
	}
	if r.wait > 0 {
		e.Detail += ", next try in " + r.wait.String()
	}
	if err := a.write(ctx, e); err != nil {
		return err
	}
	return ErrRefused
}
