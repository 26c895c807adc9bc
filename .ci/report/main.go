// Command report reads the events of `go test -json` from standard input and prints a line for each package,
// the output of what failed, and the totals. It exits with 1 if a test failed or was skipped: in continuous
// integration everything the tests look for is installed. It must not know any package of the project.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of `go test -json` (see `go doc test2json`).
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

// optional names the one thing that tests may do without: a copy of Twilio's OpenAPI description, which is not
// ours to ship.
const optional = "TWILIO_OAI"

func main() { os.Exit(run(os.Stdin, os.Stdout)) }

// tally is what the events come to.
type tally struct {
	out                     io.Writer
	output                  map[string][]string // of tests that are not over
	failedIn                map[string]bool     // packages with a test that failed
	passed, failed, skipped int
}

func run(events io.Reader, out io.Writer) int {
	t := &tally{out: out, output: map[string][]string{}, failedIn: map[string]bool{}}
	in := bufio.NewScanner(events)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Fprintln(out, in.Text()) // something that is no event is shown as it is
			continue
		}
		t.take(e)
	}
	fmt.Fprintf(out, "\n%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
	if t.failed > 0 || t.skipped > 0 || t.passed == 0 {
		return 1
	}
	return 0
}

// take counts one event and shows what is worth showing.
func (t *tally) take(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		t.output[key] = append(t.output[key], e.Output)
		return
	case "build-output": // there is some only when something does not build
		fmt.Fprint(t.out, e.Output)
		return
	case "pass", "fail", "skip":
	default:
		return
	}
	text := strings.Join(t.output[key], "")
	delete(t.output, key)
	switch {
	case e.Test == "":
		fmt.Fprintf(t.out, "%-5s %-60s %6.1fs\n", e.Action, e.Package, e.Elapsed)
		if e.Action != "fail" {
			return
		}
		fmt.Fprint(t.out, text)
		if !t.failedIn[e.Package] { // it did not build, or ended in the middle of a test
			t.failed++
			t.unfinished(e.Package)
		}
	case e.Action == "pass":
		t.passed++
	case e.Action == "fail":
		t.failed++
		t.failedIn[e.Package] = true
		fmt.Fprintf(t.out, "FAIL  %s\n%s", key, text)
	case strings.Contains(text, optional):
		fmt.Fprintf(t.out, "left  %s: %s is not set\n", key, optional)
	default:
		t.skipped++
		fmt.Fprintf(t.out, "SKIP  %s\n%s", key, text)
	}
}

// unfinished shows what the tests of a package had printed that never came to an end: a panic is there.
func (t *tally) unfinished(pkg string) {
	for key, lines := range t.output {
		if strings.HasPrefix(key, pkg+" ") {
			fmt.Fprintf(t.out, "FAIL  %s (not finished)\n%s", key, strings.Join(lines, ""))
			delete(t.output, key)
		}
	}
}
