// Command report reads the events of `go test -json` from standard input and prints a line for each package,
// the output of what failed, and the totals. It exits with 1 if a test failed or was skipped: in continuous
// integration everything the tests look for is installed. It must not know any package of the project.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
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

func main() { os.Exit(run()) }

func run() int {
	output := map[string][]string{}
	var passed, failed, skipped int
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Println(in.Text()) // a build error comes as plain text
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			output[key] = append(output[key], e.Output)
		case "pass", "fail", "skip":
			if e.Test == "" {
				fmt.Printf("%-5s %-60s %6.1fs\n", e.Action, e.Package, e.Elapsed)
				if e.Action == "fail" {
					fmt.Print(strings.Join(output[key], ""))
				}
				continue
			}
			switch e.Action {
			case "pass":
				passed++
			case "fail":
				failed++
				fmt.Printf("FAIL  %s\n%s", key, strings.Join(output[key], ""))
			case "skip":
				if text := strings.Join(output[key], ""); strings.Contains(text, optional) {
					fmt.Printf("left  %s: %s is not set\n", key, optional)
				} else {
					skipped++
					fmt.Printf("SKIP  %s\n%s", key, text)
				}
			}
			delete(output, key)
		}
	}
	fmt.Printf("\n%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	if failed > 0 || skipped > 0 || passed == 0 {
		return 1
	}
	return 0
}
