package phone

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/paydial/paydial/internal/look"
)

//go:embed index.html assets
var files embed.FS

// contentPolicy lets the page load its own files and talk to its own origin; nothing else, nothing inline.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// AgentScript is the address of a script module that adds an agent's phone to a page of somebody else's on the same
// origin. It draws into the element softphone, and answers legs that ring for somebody who sits at a browser.
const AgentScript = "/phone/agent.js"

// Number is a line that the page offers to ring.
type Number struct {
	Number string `json:"number"` // E.164
	Name   string `json:"name"`   // for people, may be empty
}

// Options says what the page talks to. The zero value rings through /sim/v1 and knows no app.
type Options struct {
	SimBase string   // path of the simulator's control API; "" means /sim/v1
	AppAPI  string   // path of the app's JSON API on the same origin; "" when there is none
	Token   string   // sent to AppAPI as a bearer token. It is in the page: with it, the page is for this computer only
	Numbers []Number // offered in this order; any other number can be typed
}

// config is what the page reads from its own root element.
type config struct {
	SimBase string   `json:"simBase"`
	AppAPI  string   `json:"appApi"`
	Token   string   `json:"token"`
	Numbers []Number `json:"numbers"`
}

// Handler serves the page at /phone and its files below /phone/assets/. It panics when the embedded page cannot
// be rendered, which no option can cause.
func Handler(o Options) http.Handler {
	page, err := render(o)
	if err != nil {
		panic(fmt.Sprintf("phone: %v", err))
	}
	mux := http.NewServeMux()
	var index http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { look.Serve(w, r, "index.html", page) })
	if o.Token != "" {
		index = onlyHere(index)
	}
	mux.Handle("GET /phone", index)
	mux.Handle("GET /phone/{$}", http.RedirectHandler("/phone", http.StatusMovedPermanently))
	mux.HandleFunc("GET /phone/assets/{name...}", asset)
	mux.HandleFunc("GET "+AgentScript, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/phone/assets/js/agent.js", http.StatusFound)
	})
	return guard(mux)
}

// onlyHere refuses connections from other computers, and names that a foreign page could have pointed here.
func onlyHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		name := r.Host
		if host, _, err := net.SplitHostPort(name); err == nil {
			name = host
		}
		switch strings.ToLower(strings.Trim(name, "[]")) {
		case "localhost", "127.0.0.1", "::1":
		default:
			err = errNotHere
		}
		if err != nil || !from.Addr().Unmap().IsLoopback() {
			http.Error(w, "This phone is for the computer it runs on: open it as http://localhost.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

var errNotHere = errors.New("not a name of this computer")

// render fills the page's one placeholder: its configuration.
func render(o Options) ([]byte, error) {
	if o.SimBase == "" {
		o.SimBase = "/sim/v1"
	}
	if o.Numbers == nil {
		o.Numbers = []Number{}
	}
	blob, err := json.Marshal(config(o))
	if err != nil {
		return nil, fmt.Errorf("encode configuration: %w", err)
	}
	page, err := template.ParseFS(files, "index.html")
	if err != nil {
		return nil, fmt.Errorf("parse page: %w", err)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, map[string]any{"Config": string(blob), "App": o.AppAPI != ""}); err != nil {
		return nil, fmt.Errorf("render page: %w", err)
	}
	return out.Bytes(), nil
}

// asset serves one file.
func asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	body, err := look.Asset(files, name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	look.Serve(w, r, name, body)
}

// guard sets the headers that keep a page to itself.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
