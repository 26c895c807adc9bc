package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/paydial/paydial/flows"
)

// projectFile is the file that makes a directory a project.
const projectFile = "paydial.yaml"

// hasProject tells whether dir is a project.
func hasProject(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, projectFile))
	return err == nil
}

// readProject reads a project's files.
func readProject(dir string) (flows.Bundle, error) {
	if !hasProject(dir) {
		return flows.Bundle{}, fail(exitNotFound, "there is no %s in %s\nStart a project with: paydial new my-line", projectFile, dir)
	}
	b, err := flows.ReadBundle(os.DirFS(dir))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return b, fail(exitNotFound, "read project %s: %v", dir, err)
		}
		return b, fail(exitFailed, "read project %s: %v", dir, err)
	}
	return b, nil
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
