package twiml

import "strings"

// address writes a URL attribute: http or https, or relative to the document.
func (w *writer) address(name, v string) {
	w.checkAddress(name, v, true, "https", "http")
	w.str(name, v)
}

// absolute is address where Twilio takes no relative URL.
func (w *writer) absolute(name, v string) {
	w.checkAddress(name, v, false, "https", "http")
	w.str(name, v)
}

// secure is address where Twilio insists on https; loopback addresses may be http, for a simulator.
func (w *writer) secure(name, v string) {
	w.checkAddress(name, v, true, "https")
	w.str(name, v)
}

// socket writes a WebSocket URL: wss, or ws to a loopback address.
func (w *writer) socket(name, v string) {
	w.checkAddress(name, v, false, "wss")
	w.str(name, v)
}

// url writes the one required text of an element, a URL, and ends it.
func (w *writer) url(name, v string) {
	w.checkAddress("", v, true, "https", "http")
	w.content(name, v)
}

func (w *writer) checkAddress(name, v string, relative bool, schemes ...string) {
	if v == "" || v == Empty {
		return
	}
	if problem := addressProblem(v, relative, schemes); problem != "" {
		w.failf(w.name, name, "%s %s", quote(v), problem)
	}
}

func addressProblem(v string, relative bool, schemes []string) string {
	for i := 0; i < len(v); i++ {
		if v[i] <= ' ' || v[i] == 0x7F {
			return "is not a URL: it holds spaces or control characters"
		}
	}
	scheme, rest, ok := strings.Cut(v, ":")
	if !ok || strings.ContainsAny(scheme, "/?#") {
		if relative {
			return ""
		}
		return "is not allowed; allowed: an absolute " + strings.Join(schemes, " or ") + " URL"
	}
	host, slashes := strings.CutPrefix(rest, "//")
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		host = host[:i]
	}
	if !slashes || host == "" {
		return "is not allowed; allowed: a URL with a host"
	}
	for _, s := range schemes {
		if strings.EqualFold(scheme, s) {
			return ""
		}
		if strings.EqualFold(scheme, s[:len(s)-1]) && s[len(s)-1] == 's' && isLoopback(host) {
			return ""
		}
	}
	return "is not allowed; allowed: " + strings.Join(schemes, " or ")
}

// isLoopback tells whether host, with or without a port, is this machine. A user before the host is never let
// through: in http://localhost:80@example.com the host is example.com.
func isLoopback(host string) bool {
	if strings.ContainsAny(host, `@\`) {
		return false
	}
	if strings.HasPrefix(host, "[::1]") {
		return len(host) == 5 || host[5] == ':'
	}
	host, _, _ = strings.Cut(host, ":")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	octets := strings.Split(host, ".")
	if len(octets) != 4 || octets[0] != "127" {
		return false
	}
	for _, o := range octets[1:] {
		if o == "" || len(o) > 3 || strings.Trim(o, "0123456789") != "" {
			return false
		}
	}
	return true
}
