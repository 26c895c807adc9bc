//go:build !nosimulator

package main

import (
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// saveSettles is how long dev waits after a file changed: editors write in several steps.
const saveSettles = 150 * time.Millisecond

// watchFiles sends a word for each burst of changes to the YAML files of dir and its folders; never for "".
func watchFiles(dir string) (saved <-chan struct{}, stop func(), err error) {
	if dir == "" {
		return nil, func() {}, nil
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, nil, err
	}
	if err := w.Add(dir); err != nil {
		_ = w.Close()
		return nil, nil, err
	}
	folder := filepath.Join(dir, "flows")
	_ = w.Add(folder) // may come later
	out := make(chan struct{}, 1)
	go func() {
		timer := time.NewTimer(time.Hour)
		timer.Stop()
		for {
			select {
			case e, ok := <-w.Events:
				if !ok {
					return
				}
				if e.Name == folder && e.Has(fsnotify.Create) {
					_ = w.Add(folder)
				}
				if e.Name == folder || isYAML(e.Name) {
					timer.Reset(saveSettles)
				}
			case _, ok := <-w.Errors:
				if !ok {
					return
				}
			case <-timer.C:
				select {
				case out <- struct{}{}:
				default:
				}
			}
		}
	}()
	return out, func() { _ = w.Close() }, nil
}

// isYAML tells whether a file can be part of a project.
func isYAML(name string) bool {
	ext := filepath.Ext(name)
	return ext == ".yaml" || ext == ".yml"
}

// homely is a path with ~ for the home directory.
func homely(path string) string {
	home, err := os.UserHomeDir()
	if err != nil || home == "" || home == "/" {
		return path
	}
	if rel, err := filepath.Rel(home, path); err == nil && filepath.IsLocal(rel) {
		return filepath.Join("~", rel)
	}
	return path
}
