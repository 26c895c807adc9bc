package main

import (
	"strings"
	"testing"
	"time"
)

// TestMeter draws a bar on a terminal, and a line now and then elsewhere.
func TestMeter(t *testing.T) {
	t.Parallel()
	var errs screen
	s := streams{err: &errs, env: env{}.lookup}
	m := newMeter(s)
	m.at("copies", 1, 3, false)
	if text := errs.text(); text != "" {
		t.Errorf("it says %q at once", text)
	}
	m.last = time.Now().Add(-2 * sayEvery)
	m.at("copies", 2, 3, false)
	m.at("copies", 3, 3, false)
	if text := errs.text(); text != "copies: 2 of 3\n" {
		t.Errorf("without a terminal it says %q", text)
	}
	m.last = time.Time{}
	m.at("export", 1500, 0, true)
	if text := errs.text(); !strings.HasSuffix(text, "export: 1.5 kB\n") {
		t.Errorf("without a total it says %q", text)
	}
	var screen2 screen
	m = newMeter(streams{err: &screen2, env: env{"NO_COLOR": "1"}.lookup})
	m.draws = true
	m.at("copies", 1, 3, false)
	m.end()
	if text := screen2.text(); !strings.Contains(text, "copies") || strings.Contains(text, "\x1b[3") {
		t.Errorf("on a terminal it draws %q", text)
	}
}
