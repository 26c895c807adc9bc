package ivr

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/paydial/paydial/flows"
)

// Limits of a service's answer.
const (
	maxAnswer     = 64 << 10
	maxCached     = 1000
	serviceBudget = 3 * time.Second // when neither the step nor the service says otherwise
)

// services reaches the outside systems of a project. It follows no redirects: a flow reaches what the project
// file names and nothing else.
type services struct {
	http   *http.Client
	secret func(string) string
	moved  map[string]string
	now    func() time.Time

	mu    sync.Mutex
	cache map[string]cached
}

// cached is an answer that a lookup's cache: keeps in this process.
type cached struct {
	res   effectResult
	until time.Time
}

func newServices(cfg Config) *services {
	client := &http.Client{}
	if cfg.HTTP != nil {
		*client = *cfg.HTTP
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &services{http: client, secret: cfg.Secret, moved: cfg.Services, now: cfg.Now, cache: map[string]cached{}}
}

// call asks a service, as often as the effect allows, and names the ending: found, not_found or failed for a
// lookup; done, refused or failed for a submit.
func (v *services) call(ctx context.Context, p *flows.Project, e flows.Effect) effectResult {
	svc := p.Services[e.Service]
	if svc == nil {
		return effectResult{Ending: "failed", Err: fmt.Sprintf("service %q is not in this project", e.Service)}
	}
	key := p.Hash + "\n" + e.Service + "\n" + e.Path
	if e.Cache > 0 {
		if res, ok := v.remembered(key); ok {
			return res
		}
	}
	res := effectResult{Ending: "failed"}
	for range max(e.Tries, 1) {
		var again bool
		if res, again = v.once(ctx, svc, e); !again {
			break
		}
	}
	if e.Cache > 0 && res.Ending == "found" {
		v.remember(key, res, e.Cache)
	}
	return res
}

// once makes one request; again tells whether another try could help.
func (v *services) once(ctx context.Context, svc *flows.Service, e flows.Effect) (res effectResult, again bool) {
	limit := e.Timeout
	if limit == 0 {
		limit = svc.Timeout
	}
	if limit == 0 {
		limit = serviceBudget
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := v.request(ctx, svc, e)
	if err != nil {
		return effectResult{Ending: "failed", Err: err.Error()}, false
	}
	resp, err := v.http.Do(req)
	if err != nil {
		return effectResult{Ending: "failed", Err: plainError(err, svc.Name)}, true
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil || len(body) > maxAnswer {
		return effectResult{Ending: "failed", Err: fmt.Sprintf("service %s: answer could not be read or is over 64 kB", svc.Name)}, false
	}
	return endingOfStatus(e.Kind, resp.StatusCode, body, svc.Name)
}

// plainError says what went wrong without the URL, which holds what the caller keyed.
func plainError(err error, service string) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("service %s: no answer in time", service)
	}
	return fmt.Sprintf("service %s: could not be reached", service)
}

// request builds the HTTP request of an effect.
func (v *services) request(ctx context.Context, svc *flows.Service, e flows.Effect) (*http.Request, error) {
	base := svc.URL
	if moved := v.moved[svc.Name]; moved != "" {
		base = moved
	}
	url := strings.TrimSuffix(base, "/") + "/" + strings.TrimPrefix(e.Path, "/")
	method := e.Method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader([]byte(e.Body)))
	if err != nil {
		return nil, fmt.Errorf("service %s: path is not a valid URL", svc.Name)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "paydial")
	if e.ContentType != "" {
		req.Header.Set("Content-Type", e.ContentType)
	}
	if e.Key != "" {
		req.Header.Set("Idempotency-Key", e.Key)
	}
	for name, value := range svc.Headers {
		req.Header.Set(name, value)
	}
	for name, value := range e.Headers {
		req.Header.Set(name, value)
	}
	if svc.Bearer != "" {
		req.Header.Set("Authorization", "Bearer "+v.secret(svc.Bearer))
	}
	if user, pass, ok := strings.Cut(v.secret(svc.Basic), ":"); svc.Basic != "" && ok {
		req.SetBasicAuth(user, pass)
	}
	return req, nil
}

// endingOfStatus maps an HTTP answer to an ending.
func endingOfStatus(kind flows.EffectKind, status int, body []byte, service string) (res effectResult, again bool) {
	ok := status >= 200 && status < 300
	if kind == flows.EffectSubmit {
		switch {
		case ok:
			return effectResult{Ending: "done", Answer: jsonOrNil(body)}, false
		case status >= 400 && status < 500 && status != http.StatusTooManyRequests && status != http.StatusRequestTimeout:
			return effectResult{Ending: "refused", Err: fmt.Sprintf("service %s: refused with %d", service, status)}, false
		}
		return effectResult{Ending: "failed", Err: fmt.Sprintf("service %s: answered %d", service, status)}, true
	}
	switch {
	case status == http.StatusNotFound || ok && len(bytes.TrimSpace(body)) == 0:
		return effectResult{Ending: "not_found"}, false
	case ok && json.Valid(body):
		return effectResult{Ending: "found", Answer: body}, false
	case ok:
		return effectResult{Ending: "failed", Err: fmt.Sprintf("service %s: answer is not JSON", service)}, false
	}
	return effectResult{Ending: "failed", Err: fmt.Sprintf("service %s: answered %d", service, status)}, status >= 500
}

func jsonOrNil(body []byte) json.RawMessage {
	if json.Valid(body) {
		return body
	}
	return nil
}

func (v *services) remembered(key string) (effectResult, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	c, ok := v.cache[key]
	if !ok || v.now().After(c.until) {
		delete(v.cache, key)
		return effectResult{}, false
	}
	return c.res, true
}

func (v *services) remember(key string, res effectResult, life time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.cache) >= maxCached {
		clear(v.cache)
	}
	v.cache[key] = cached{res: res, until: v.now().Add(life)}
}
