package console

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/netip"
	"strings"

	"github.com/gin-gonic/gin"
)

// contentPolicy lets a page load its own files and nothing else: no inline script, no inline style.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
	"media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// guard sets the headers that keep an answer to itself, and refuses names and places it is not reached by.
func (c *Console) guard(g *gin.Context) {
	h := g.Writer.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	switch {
	case len(c.hosts) > 0 && !c.hosts[hostName(g.Request.Host)]:
		c.fail(g, problemHost)
	case c.LoopbackOnly && !fromHere(g.Request.RemoteAddr):
		c.fail(g, problemElsewhere)
	}
}

// hostName is a Host header without its port, in lower case.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// fromHere tells whether an address of a connection is this computer's own. Headers are not asked.
func fromHere(remote string) bool {
	at, err := netip.ParseAddrPort(remote)
	return err == nil && at.Addr().Unmap().IsLoopback()
}

// refusePage says in plain text why there is no page.
func (c *Console) refusePage(g *gin.Context, status int, why string) {
	g.Data(status, "text/plain; charset=utf-8", []byte(why))
	g.Abort()
}

// known compares a token with every one that is taken, in the same time for all.
func (c *Console) known(token string) bool {
	sum := sha256.Sum256([]byte(token))
	found := 0
	for _, t := range c.tokens {
		found |= subtle.ConstantTimeCompare(sum[:], t[:])
	}
	return found == 1
}
