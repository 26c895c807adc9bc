package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/audit"
	"github.com/paydial/paydial/recordings"
	"github.com/paydial/paydial/recordings/redact"
	"github.com/paydial/paydial/twilio"
)

// says lets a caller say something on a call.
func (h *house) says(call string, seq int, text string) {
	h.t.Helper()
	_, err := h.words.Hear(h.t.Context(), twilio.TranscriptionEvent{
		SID: "GT" + call, CallSID: call, Event: "transcription-content", SequenceID: seq, Timestamp: noon.Add(-time.Hour + time.Duration(seq)*time.Second),
		Track: "inbound_track", LanguageCode: "en-US", Transcript: text, Confidence: 0.9, Final: true,
	}, recordings.CallFacts{Flow: "pay-my-bill"})
	if err != nil {
		h.t.Fatal(err)
	}
}

func TestTranscripts(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.says("CA1", 1, "Hello there")
	h.says("CA1", 2, "It is four two four two four two four two four two four two four two four two")
	h.says("CA2", 9, "Good morning")
	list := h.api("/api/v1/transcripts?limit=1").read(t)
	first := list["items"].([]any)[0].(map[string]any)
	if first["call_sid"] != "CA2" || list["next"] == nil {
		t.Errorf("%v", list)
	}
	if more := h.api("/api/v1/transcripts?limit=1&after=" + list["next"].(string)).read(t); more["items"].([]any)[0].(map[string]any)["call_sid"] != "CA1" {
		t.Errorf("%v", more)
	}
	if got := h.api("/api/v1/transcripts?cards=true&since=2h").read(t)["items"].([]any); len(got) != 1 || got[0].(map[string]any)["cards_masked"] != 1.0 {
		t.Errorf("%v", got)
	}
	one := h.api("/api/v1/transcripts/CA1").read(t)
	lines := one["lines"].([]any)
	if len(lines) != 2 || lines[1].(map[string]any)["text"] != "It is [card number]" {
		t.Errorf("%v", one)
	}
	doc := readDocument(t, h)
	for name, object := range map[string]map[string]any{
		"TranscriptSummary": first, "Transcript": one, "TranscriptLine": lines[1].(map[string]any), "TranscriptPart": one["parts"].([]any)[0].(map[string]any),
	} {
		for field := range object {
			if doc.Components.Schemas[name].Properties[field] == nil {
				t.Errorf("%s.%s is answered and not described", name, field)
			}
		}
		for _, field := range doc.Components.Schemas[name].Required {
			if _, ok := object[field]; !ok {
				t.Errorf("%s.%s is required and was not answered", name, field)
			}
		}
	}
	for format, want := range map[string]string{"text": "caller: It is [card number]", "vtt": "WEBVTT"} {
		got := h.api("/api/v1/transcripts/CA1?format=" + format)
		if got.StatusCode != http.StatusOK || !strings.Contains(got.body, want) || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v %s", format, got.StatusCode, got.Header, got.body)
		}
	}
	for path, code := range map[string]string{
		"/api/v1/transcripts/CA9": "no_such_transcript", "/api/v1/transcripts/CA1?format=pdf": "bad_query",
		"/api/v1/transcripts?after=x": "bad_query", "/api/v1/transcripts?since=x": "bad_query", "/api/v1/transcripts?limit=x": "bad_query",
	} {
		if got := h.api(path).read(t); got["code"] != code {
			t.Errorf("%s: %v", path, got)
		}
	}
	if len(redact.Kinds()) != 7 {
		t.Error("a kind was added: describe it in openapi.json")
	}
}

func TestDeleteTranscript(t *testing.T) {
	t.Parallel()
	h := openInhabited(t, nil, nil)
	h.says("CA1", 1, "Hello there")
	b := h.browser(t)
	remove := func(path string) answer { return b.send(http.MethodPost, path, nil, "Authorization", "Bearer "+token) }
	if got := remove("/api/v1/transcripts/CA1/delete"); got.StatusCode != http.StatusBadRequest {
		t.Errorf("without a reason: %d %s", got.StatusCode, got.body)
	}
	if got := remove("/api/v1/transcripts/CA1/delete?reason=asked+for"); got.StatusCode != http.StatusOK {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	for _, code := range []string{remove("/api/v1/transcripts/CA1/delete?reason=again").read(t)["code"].(string), h.api("/api/v1/transcripts/CA1").read(t)["code"].(string)} {
		if code != "no_such_transcript" {
			t.Error(code)
		}
	}
	page, err := h.audit.List(t.Context(), audit.Query{Action: "transcript.delete"})
	if err != nil || len(page.Entries) != 1 || page.Entries[0].Detail != "asked for" || page.Entries[0].Via != audit.ViaAPI {
		t.Errorf("%+v %v", page, err)
	}
}
