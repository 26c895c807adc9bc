package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/paydial/paydial/flows"
)

// hasProject tells whether dir is a project.
func hasProject(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, flows.ProjectFile))
	return err == nil
}

// readProject reads a project's files.
func readProject(s streams, dir string) (flows.Bundle, error) {
	if !hasProject(dir) {
		return flows.Bundle{}, fail(exitNotFound, "there is no %s in %s\nStart a project with: %s new my-line",
			flows.ProjectFile, dir, s.self)
	}
	b, err := flows.ReadBundle(os.DirFS(dir))
	if err != nil {
		return b, fail(exitFailed, "%v in %s", err, dir)
	}
	return b, nil
}

// fromHere is a path as it is shortest to write in the current directory: one that is not below it stays as it is.
func fromHere(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(here, abs)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return path
	}
	return rel
}

// tellFindings prints a project's findings and returns the error that ends a command which needs it sound.
func tellFindings(s streams, findings flows.Findings) error {
	if len(findings) == 0 {
		return nil
	}
	if err := findings.WriteText(s.err, colourful(s, s.err)); err != nil {
		return fail(exitFailed, "print findings: %v", err)
	}
	if findings.Errors() {
		return &exitError{code: exitFindings, err: fmt.Errorf("the project has errors"), silent: true}
	}
	return nil
}
