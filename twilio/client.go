package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"
)

const (
	apiHost        = "api.twilio.com"
	apiVersion     = "2010-04-01"
	defaultTimeout = 10 * time.Second
	// userAgent is put behind twilio-go's own.
	userAgent = "paydial"
)

// Config is what a Client needs to know.
type Config struct {
	AccountSID string // required: AC...
	AuthToken  string // required, unless an API key is given
	APIKey     string // SK...; used in place of the account and token to sign in
	APISecret  string
	BaseURL    string            // where the REST API is; "" is Twilio's own, in Region and through Edge
	Region     string            // us1, ie1, au1; "" is us1. Not used with BaseURL
	Edge       string            // ashburn, dublin, sydney ...; not used with BaseURL
	Timeout    time.Duration     // of one request; 0 is 10 s
	Transport  http.RoundTripper // nil: a pool of its own
}

// Client speaks to the REST API. It is safe for concurrent use. It never sends a request twice: only the caller
// knows what is safe to repeat. Every failure is an *Error when Twilio answered, else it wraps its cause.
type Client struct {
	account string
	user    string
	secret  string
	base    *url.URL
	timeout time.Duration
	next    http.RoundTripper
}

// NewClient checks cfg and makes a client. Nothing is sent yet.
func NewClient(cfg Config) (*Client, error) {
	c := &Client{account: cfg.AccountSID, user: cfg.AccountSID, secret: cfg.AuthToken, timeout: cfg.Timeout, next: cfg.Transport}
	if !isSID(cfg.AccountSID, "AC") {
		return nil, fmt.Errorf("twilio: %.40q is not an account SID", cfg.AccountSID)
	}
	if cfg.APIKey != "" {
		c.user, c.secret = cfg.APIKey, cfg.APISecret
	}
	if strings.TrimSpace(c.secret) == "" {
		return nil, errors.New("twilio: the auth token (or the secret of the API key) is empty")
	}
	var err error
	if c.base, err = baseURL(cfg); err != nil {
		return nil, err
	}
	if c.timeout <= 0 {
		c.timeout = defaultTimeout
	}
	if c.next == nil {
		pool := http.DefaultTransport.(*http.Transport).Clone()
		pool.MaxIdleConnsPerHost = 32
		c.next = pool
	}
	return c, nil
}

// baseURL is where the API is. TWILIO_REGION and TWILIO_EDGE, which twilio-go reads by itself, play no part: they
// come in by Config.
func baseURL(cfg Config) (*url.URL, error) {
	if cfg.BaseURL == "" {
		host, err := regionalHost(cfg.Region, cfg.Edge)
		return &url.URL{Scheme: "https", Host: host}, err
	}
	u, err := url.Parse(cfg.BaseURL)
	if err != nil {
		return nil, errors.New("twilio: the base URL cannot be read")
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("twilio: the base URL %q must be http or https with a host, and no user or query", u.Redacted())
	}
	return u, nil
}

// regionalHost is Twilio's host for a region and edge: api.dublin.ie1.twilio.com. An edge alone leads to us1.
func regionalHost(region, edge string) (string, error) {
	for _, label := range []string{region, edge} {
		if !onlyOf(label, "abcdefghijklmnopqrstuvwxyz0123456789-") {
			return "", fmt.Errorf("twilio: %.40q is not a region or edge", label)
		}
	}
	product, domain, _ := strings.Cut(apiHost, ".")
	if edge != "" {
		if region == "" {
			region = "us1"
		}
		product += "." + edge
	}
	if region != "" {
		product += "." + region
	}
	return product + "." + domain, nil
}

// AccountSID is the account that the client works for.
func (c *Client) AccountSID() string { return c.account }

// CloseIdleConnections lets go of connections that are not in use.
func (c *Client) CloseIdleConnections() {
	if t, ok := c.next.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// handler makes twilio-go's request handler for one call under ctx. It is made anew each time, because twilio-go
// knows no context; that costs a few allocations beside a request over the network. The credentials are put on by
// wire; twilio-go is given a stand-in that its check for letters and digits lets pass.
func (c *Client) handler(ctx context.Context) *client.RequestHandler {
	cl := &client.Client{
		Credentials: client.NewCredentials(c.account, "x"),
		HTTPClient: &http.Client{
			Timeout:       c.timeout,
			Transport:     &wire{ctx: ctx, c: c, next: c.next},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		UserAgentExtensions: []string{userAgent},
	}
	cl.SetAccountSid(c.account)
	return &client.RequestHandler{Client: cl}
}

func (c *Client) api(ctx context.Context) *api.ApiService { return api.NewApiService(c.handler(ctx)) }

// path is the address of something of the account's, as twilio-go writes it; wire replaces the host.
func (c *Client) path(format string, ids ...any) string {
	return "https://" + apiHost + "/" + apiVersion + "/Accounts/" + c.account + fmt.Sprintf(format, ids...)
}

// checkSID keeps anything but an id out of a URL.
func checkSID(op, v, prefix string) error {
	if !isSID(v, prefix) {
		return fmt.Errorf("twilio: %s: %.40q is not a %s id", op, v, prefix)
	}
	return nil
}
