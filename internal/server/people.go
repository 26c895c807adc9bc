package server

import "github.com/paydial/paydial/access"

// People says who may sign in, and how.
type People struct {
	File    string        // users file; it may be missing and come later. "": Users
	Users   []access.User // where there is no file
	Links   []string      // ids of users who get a sign-in link; for a developer's own computer only
	Secret  []byte        // of sessions; nil: a random one, so that a restart signs everybody out
	OIDC    access.OIDC
	Proxies []string // addresses or networks of proxies before us, whose X-Forwarded-For is believed
}

// openAccess puts together what lets people in.
func (a *App) openAccess() error {
	p := a.cfg.People
	users := access.FixedUsers(p.Users...)
	if p.File != "" {
		var err error
		if users, err = access.OpenUsers(p.File, a.cfg.Log); err != nil {
			return err
		}
	}
	random := p.Secret == nil
	if random {
		p.Secret = access.NewSecret()
	}
	var err error
	a.Access, err = access.New(access.Config{
		Redis: a.Sessions.Redis(), Audit: a.Audit, Users: users, Secret: p.Secret, PublicURL: a.cfg.PublicURL,
		OIDC: p.OIDC, Log: a.cfg.Log, Now: a.cfg.Now,
	})
	if err != nil {
		return err
	}
	if random && a.Access.On() {
		a.cfg.Log.Warn("no PAYDIAL_SESSION_SECRET is set: a restart signs everybody out, and several servers do not know each other's sessions")
	}
	for _, id := range p.Links {
		a.Access.AddLink(id)
	}
	return nil
}
