package console_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/sessions"
)

// patience is how long a test waits for an event that it has caused.
const patience = 30 * time.Second

// listen opens a call's live feed over real HTTP and gives each event's id and kind as it comes.
func (h *house) listen(path, after string, header ...string) (<-chan [2]string, *http.Response) {
	h.t.Helper()
	server := httptest.NewServer(h.engine)
	h.t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	h.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if len(header) == 2 {
		r.Header.Del("Authorization")
		r.Header.Set(header[0], header[1])
	}
	if after != "" {
		r.Header.Set("Last-Event-ID", after)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = resp.Body.Close() })
	out := make(chan [2]string, 100)
	go func() {
		defer close(out)
		var id string
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			if text, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
				id = text
			}
			if text, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				out <- [2]string{id, text}
			}
		}
	}()
	return out, resp
}

func next(t *testing.T, events <-chan [2]string, want string) (id string) {
	t.Helper()
	select {
	case e, ok := <-events:
		if !ok || e[1] != want {
			t.Fatalf("got event %q (open: %t), want %q", e[1], ok, want)
		}
		return e[0]
	case <-time.After(patience):
		t.Fatalf("no event, want %q", want)
	}
	return ""
}

func TestLiveFeed(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.liveCall("CAlive")
	events, resp := h.listen("/api/v1/calls/CAlive/events", "")
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("content type %q", got)
	}
	first := next(t, events, "scene")
	if err := h.sessions.Publish(t.Context(), "CAlive", event("pay", "expiration-date", "")); err != nil {
		t.Fatal(err)
	}
	next(t, events, "pay")

	again, _ := h.listen("/api/v1/calls/CAlive/events", first)
	next(t, again, "pay")

	h.place("CAlive", sessions.Info{Flow: "pay-my-bill", Started: noon, Ended: noon}, event("call", "ended", "paid"))
	last := next(t, events, "call")
	if _, open := <-events; open { // the stream ends by itself, a moment after the call
		t.Error("an event after the end")
	}
	if _, resp := h.listen("/api/v1/calls/CAlive/events", last); resp.StatusCode != http.StatusNoContent {
		t.Errorf("everything was seen: got %d, want 204", resp.StatusCode)
	}
}

func TestLiveFeedRefusesOddPlaces(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.liveCall("CAlive")
	for _, id := range []string{"x", "-", "1-2-3", "$", "+"} {
		if got := h.api("/api/v1/calls/CAlive/events", "Last-Event-ID", id); got.StatusCode != http.StatusBadRequest {
			t.Errorf("Last-Event-ID %q: %d", id, got.StatusCode)
		}
	}
}

// TestPagesHaveTheirOwnFeed: a page has no bearer token, but may follow the call that it shows.
func TestPagesHaveTheirOwnFeed(t *testing.T) {
	t.Parallel()
	h := open(t, local)
	h.liveCall("CAlive")
	if got := h.ask("/calls/CAlive"); !got.holds(`data-events="/calls/CAlive/events"`) {
		t.Errorf("the page does not follow the call: %s", got.body)
	}
	events, _ := h.listen("/calls/CAlive/events", "")
	next(t, events, "scene")
}
