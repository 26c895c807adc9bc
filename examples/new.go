package examples

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// Project is what a new project is made from.
type Project struct {
	Name     string // of the flow and its file: "pay-by-phone". Required.
	Line     string // what callers hear: "Acme Energy". "" is made from Name.
	Language string // en-US (the default) or es-US
	Timezone string // "" is America/New_York
}

// File is one file to write, its path relative to the project directory.
type File struct {
	Path string
	Data []byte
}

var (
	flowName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	// lineName keeps what goes into YAML unquoted, and into a sentence.
	lineName = regexp.MustCompile(`^[\pL\pN][\pL\pN '&.,-]*$`)
	zoneName = regexp.MustCompile(`^[A-Za-z]+(/[A-Za-z0-9_+-]+)*$`)
)

// New makes the files of a new project, in the order in which they are worth reading.
func New(p Project) ([]File, error) {
	if !flowName.MatchString(p.Name) {
		return nil, fmt.Errorf("name %q: use small letters, digits and single hyphens, and begin with a letter", p.Name)
	}
	p.Line = either(p.Line, title(p.Name))
	if !lineName.MatchString(p.Line) {
		return nil, fmt.Errorf("line %q: use letters, digits, spaces and ' & . , -", p.Line)
	}
	p.Timezone = either(p.Timezone, "America/New_York")
	if !zoneName.MatchString(p.Timezone) {
		return nil, fmt.Errorf("time zone %q: use a name such as America/New_York", p.Timezone)
	}
	p.Language = either(p.Language, "en-US")
	if p.Language != "en-US" && p.Language != "es-US" {
		return nil, fmt.Errorf("language %q: there are starting files for en-US and es-US", p.Language)
	}
	return p.render()
}

func (p Project) render() ([]File, error) {
	marks := strings.NewReplacer("__NAME__", p.Name, "__LINE__", p.Line, "__TIMEZONE__", p.Timezone)
	var made []File
	for _, f := range []struct{ from, to string }{
		{path.Join(p.Language, "paydial.yaml"), "paydial.yaml"},
		{path.Join(p.Language, "flows/flow.yaml"), "flows/" + p.Name + ".yaml"},
		{"common/gitignore", ".gitignore"}, // without a dot here, or git would obey it
		{"common/env.example", ".env.example"},
	} {
		data, err := files.ReadFile(path.Join("new", f.from))
		if err != nil {
			return nil, fmt.Errorf("read template: %w", err)
		}
		made = append(made, File{Path: f.to, Data: []byte(marks.Replace(string(data)))})
	}
	return made, nil
}

// title turns pay-by-phone into Pay by phone.
func title(name string) string {
	words := strings.ReplaceAll(name, "-", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

func either(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
