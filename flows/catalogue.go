package flows

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// The catalogue has one file for each code: the first line is "# CODE severity: title", the rest explains it
// with a bad and a good example.
//
//go:embed catalogue/*.md
var catalogueFiles embed.FS

// Code is one entry of the catalogue of findings. A code never changes its meaning once published.
type Code struct {
	Code     string
	Severity Severity
	Title    string
	Text     string // Markdown
}

var catalogueTitle = regexp.MustCompile(`^# ([A-Z]\d{3}) (error|warning): (.+)$`)

// catalogue is every code by its name, read once.
var catalogue = sync.OnceValue(func() map[string]Code {
	codes := map[string]Code{}
	names, err := fs.Glob(catalogueFiles, "catalogue/*.md")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for _, name := range names {
		text, err := catalogueFiles.ReadFile(name)
		if err != nil {
			panic(err) // the files are part of the program
		}
		title, _, _ := strings.Cut(string(text), "\n")
		m := catalogueTitle.FindStringSubmatch(title)
		if m == nil || m[1]+".md" != path.Base(name) {
			panic(fmt.Sprintf("%s: the first line must be \"# CODE severity: title\"", name))
		}
		codes[m[1]] = Code{Code: m[1], Severity: Severity(m[2]), Title: m[3], Text: string(text)}
	}
	return codes
})

// Codes is the whole catalogue, sorted.
func Codes() []Code {
	var out []Code
	all := catalogue()
	for _, code := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[code])
	}
	return out
}

// Explain answers the long text about a code, with a bad and a good example, and whether there is such a code.
func Explain(code string) (string, bool) {
	c, ok := catalogue()[strings.ToUpper(strings.TrimSpace(code))]
	return c.Text, ok
}

func severityOf(code string) Severity {
	if c, ok := catalogue()[code]; ok {
		return c.Severity
	}
	return SeverityError
}
