package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// colourful tells whether w is to be written in colour: a terminal that wants it. NO_COLOR, FORCE_COLOR and
// TERM=dumb are honoured (https://no-color.org).
func colourful(s streams, w io.Writer) bool {
	if v, ok := s.env("NO_COLOR"); ok && v != "" {
		return false
	}
	if v, ok := s.env("FORCE_COLOR"); ok && v != "" && v != "0" {
		return true
	}
	if v, _ := s.env("TERM"); v == "dumb" {
		return false
	}
	return isTerminal(w)
}

// isTerminal tells whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// palette writes text in colour, or plain.
type palette bool

func (p palette) paint(code, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p palette) bold(text string) string   { return p.paint("1", text) }
func (p palette) dim(text string) string    { return p.paint("2", text) }
func (p palette) red(text string) string    { return p.paint("31", text) }
func (p palette) green(text string) string  { return p.paint("32", text) }
func (p palette) yellow(text string) string { return p.paint("33", text) }
func (p palette) cyan(text string) string   { return p.paint("36", text) }

// hasPerson tells whether somebody is there to answer questions: a terminal, or whoever else was handed in.
func hasPerson(s streams) bool {
	if f, ok := s.in.(*os.File); ok {
		return term.IsTerminal(int(f.Fd()))
	}
	return s.in != nil
}
