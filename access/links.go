package access

import (
	"context"
	"crypto/rand"
	"strings"
	"sync"
)

// linkLength is how long the token of a link is: 50 random bits, few enough for one line of a terminal. A link works
// from this computer only and while its process runs, so nobody has long enough to find one.
const linkLength = 10

// links are the sign-in links of this process.
type links struct {
	mu   sync.Mutex
	made []link
}

type link struct{ token, user string }

func (l *links) any() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.made) > 0
}

// Link is somebody who can sign in by a link, for the page that offers it.
type Link struct {
	Path string // of the link
	User User
}

// linkPath is where links lead; the console serves it.
const linkPath = "/sign-in/link/"

// AddLink makes a link that signs somebody in without a password, and returns its path. It is for a developer's own
// computer: it can be used again until the process ends, so that a reload or a second click still works, and whoever
// serves it must let nobody but this computer use it.
func (a *Access) AddLink(user string) string {
	token := strings.ToLower(rand.Text()[:linkLength])
	a.links.mu.Lock()
	defer a.links.mu.Unlock()
	a.links.made = append(a.links.made, link{token: token, user: user})
	return linkPath + token
}

// Links are all links, in the order they were made. Show them to nobody but this computer.
func (a *Access) Links() []Link {
	a.links.mu.Lock()
	defer a.links.mu.Unlock()
	var out []Link
	for _, l := range a.links.made {
		if u, ok := a.cfg.Users.Lookup(l.user); ok && !u.Disabled {
			out = append(out, Link{Path: linkPath + l.token, User: u})
		}
	}
	return out
}

// UseLink signs in whoever a link was made for. The error is ErrRefused for a link that there is not, or whose person
// is gone.
func (a *Access) UseLink(ctx context.Context, token string) (SignedIn, error) {
	for _, l := range a.Links() {
		if same(l.Path, linkPath+token) {
			return a.open(ctx, session{User: l.User.ID, Name: l.User.Name, Roles: l.User.Roles, By: byLink, Stamp: a.stamp(l.User)})
		}
	}
	return SignedIn{}, ErrRefused
}
