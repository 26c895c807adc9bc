//go:build !nosimulator

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// dotEnv is the file of a project whose lines dev takes as settings.
const dotEnv = ".env"

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// withDotEnv lets a command find in its environment what the .env file of dir says, except where the environment
// has its own word. It returns how many settings the file has.
func withDotEnv(s streams, dir string) (streams, int, error) {
	path := filepath.Join(dir, dotEnv)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, 0, nil
	}
	if err != nil {
		return s, 0, fail(exitFailed, "read %s: %v", path, err)
	}
	settings, err := parseDotEnv(string(raw))
	if err != nil {
		return s, 0, fail(exitUsage, "%s:%v", path, err)
	}
	outside := s.env
	s.env = func(name string) (string, bool) {
		if v, ok := outside(name); ok {
			return v, true
		}
		v, ok := settings[name]
		return v, ok
	}
	return s, len(settings), nil
}

// parseDotEnv reads KEY=VALUE lines. A value may be in single or double quotes, in which # and spaces stand for
// themselves; nothing is expanded. Errors name the line and never repeat it: it may hold a secret.
func parseDotEnv(text string) (map[string]string, error) {
	out := map[string]string{}
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		if name = strings.TrimSpace(name); !ok || !envName.MatchString(name) {
			return nil, fmt.Errorf("%d: write KEY=VALUE", i+1)
		}
		value, err := dotEnvValue(strings.TrimSpace(value))
		if err != nil {
			return nil, fmt.Errorf("%d: %s: %w", i+1, name, err)
		}
		out[name] = value
	}
	return out, nil
}

// dotEnvValue is a value without its quotes, or without the comment behind it.
func dotEnvValue(text string) (string, error) {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		text, _, _ = strings.Cut(" "+text, " #")
		return strings.TrimSpace(text), nil
	}
	value, rest, closed := strings.Cut(text[1:], text[:1])
	if !closed {
		return "", errors.New("the quote is not closed")
	}
	if rest = strings.TrimSpace(rest); rest != "" && rest[0] != '#' {
		return "", errors.New("there is something behind the closing quote")
	}
	return value, nil
}
