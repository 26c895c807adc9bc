package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"time"
)

// drainTime is how long a stopping server waits for answers under way: less than Twilio's 15 seconds.
const drainTime = 12 * time.Second

// Listener is an HTTP server that listens before it serves, so that a taken port is an error at start and the
// address is known before the handlers are put together.
type Listener struct {
	listener net.Listener
	server   *http.Server
	done     chan error
}

// Listen opens addr (host:port; port 0 takes a free one). Connections wait until Serve.
func Listen(addr string) (*Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return &Listener{listener: l, done: make(chan error, 1)}, nil
}

// Serve answers requests with handler in the background, with limits on slow and large requests.
func (l *Listener) Serve(handler http.Handler) {
	l.server = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second, // proxies open connections before they have a request for them
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
	go func() { l.done <- l.server.Serve(l.listener) }()
}

// URL is where the server is reached, without a slash at the end.
func (l *Listener) URL() string { return "http://" + l.listener.Addr().String() }

// Done tells when serving has ended by itself, which is an error.
func (l *Listener) Done() <-chan error { return l.done }

// Close lets answers under way finish and closes the rest.
func (l *Listener) Close() error {
	if l.server == nil {
		return l.listener.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	err := l.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) { // live feeds stay open until their reader leaves
		err = l.server.Close()
	}
	return err
}

// stack is the stack of the current goroutine.
func stack() string { return string(debug.Stack()) }
