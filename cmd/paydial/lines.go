package main

import (
	"bufio"
	"context"
	"strings"
)

// readLines reads what is typed, a line at a time, and closes when there is no more.
func readLines(ctx context.Context, s streams) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		in := bufio.NewScanner(s.in)
		for in.Scan() {
			select {
			case lines <- strings.TrimSpace(in.Text()):
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}
