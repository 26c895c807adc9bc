package simulator

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/paydial/paydial/simulator/connector"
	"github.com/paydial/paydial/simulator/gateway"
)

// What a connector and the sandbox gateway are when nothing else is said.
const (
	DefaultConnector = "Default"
	SandboxConnector = "sandbox"

	sandboxUser     = "paydial"
	sandboxPassword = "sandbox"
)

// connectors are the account's Pay Connectors, and the sandbox gateway that is served for them.
type connectors struct {
	list    []Connector
	region  string
	http    *http.Client
	sandbox *gateway.Gateway
	server  *http.Server
	url     string        // of the sandbox
	stopped chan struct{} // closed when it is no longer served
}

// openConnectors starts the sandbox gateway on a port of its own, so that even its own simulator speaks HTTP to
// it. Beside the connectors that are wanted there are always those of ReadyConnectors. Which of all these can be
// used depends on the region.
func (s *Simulator) openConnectors(cfg Config) error {
	regions := connector.Regions()
	if s.region = cmp.Or(cfg.Region, regions[0]); !slices.Contains(regions, s.region) {
		return fmt.Errorf("region %q: %s is meant", s.region, strings.Join(regions, ", "))
	}
	cs := &connectors{
		region: s.region,
		http: &http.Client{
			Transport:     s.transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		sandbox: &gateway.Gateway{Username: sandboxUser, Password: sandboxPassword, Slow: cfg.SlowCard, Now: s.clock.now},
	}
	for _, c := range cfg.Connectors {
		if err := cs.add(c); err != nil {
			return err
		}
	}
	for _, c := range ReadyConnectors() {
		if _, ok := cs.find(c.Name); !ok {
			cs.list = append(cs.list, c.withDefaults())
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("open the sandbox gateway: %w", err)
	}
	cs.url = "http://" + listener.Addr().String()
	cs.server = &http.Server{Handler: s.troubled(cs.sandbox), ReadHeaderTimeout: 10 * time.Second}
	cs.stopped = make(chan struct{})
	go func() {
		_ = cs.server.Serve(listener) // ends with close
		close(cs.stopped)
	}()
	s.connectors = cs
	return nil
}

func (cs *connectors) add(c Connector) error {
	c = c.withDefaults()
	if _, twice := cs.find(c.Name); twice {
		return fmt.Errorf("connector %q is there twice", c.Name)
	}
	if err := c.Validate(); err != nil {
		return err
	}
	cs.list = append(cs.list, c)
	return nil
}

func (cs *connectors) find(name string) (Connector, bool) {
	i := slices.IndexFunc(cs.list, func(c Connector) bool { return c.Name == name })
	if i < 0 {
		return Connector{}, false
	}
	return cs.list[i], true
}

// client is what speaks to the gateway of a connector. The sandbox plays the gateway of each kind at a path of its
// own.
func (cs *connectors) client(c Connector) *connector.Client {
	cl := &connector.Client{
		Kind: connector.Kind(c.Kind), Can: c.abilities(), Region: cs.region,
		Broken: c.Broken, Unapproved: c.Mode == "LIVE" && !c.Approved,
		URL: c.URL, Username: c.Username, Password: c.Password, Timeout: c.Timeout, Retries: c.Retries, HTTP: cs.http,
	}
	if c.URL != "" {
		return cl
	}
	cl.URL, cl.Username, cl.Password, cl.Header = cs.url, sandboxUser, sandboxPassword, http.Header{}
	if cl.Kind != connector.Generic {
		cl.URL += "/" + c.Kind
	}
	if c.Unauthorized {
		cl.Password = ""
	}
	return cl
}

// close stops the sandbox gateway; nobody speaks to it any more.
func (cs *connectors) close() {
	if cs == nil {
		return
	}
	_ = cs.server.Close()
	<-cs.stopped
}

// ConnectorFaults are troubles at the sandbox gateway.
type ConnectorFaults struct {
	Down      bool `json:"down"`      // connections break before there is an answer, and nothing is charged
	Malformed bool `json:"malformed"` // answers are no JSON, and nothing is charged
	DelayMS   int  `json:"delay_ms"`  // every request is looked at so much later
}

// troubled is a gateway with the faults that are switched on.
func (s *Simulator) troubled(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := s.faults.get().Connector
		if f.DelayMS > 0 {
			s.sleep(time.Duration(f.DelayMS) * time.Millisecond)
		}
		switch {
		case f.Down:
			panic(http.ErrAbortHandler) // the HTTP server's way to break a connection
		case f.Malformed:
			_, _ = w.Write([]byte("<h1>Bad Gateway</h1>"))
		default:
			next.ServeHTTP(w, r)
		}
	})
}
