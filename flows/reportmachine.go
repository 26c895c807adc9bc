package flows

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"
)

// In answers the findings with dir before the path of every file: for readers that know the files by a longer
// path than the project does.
func (fs Findings) In(dir string) Findings {
	out := make(Findings, len(fs))
	for i, f := range fs {
		f.File = path.Join(dir, f.File)
		out[i] = f
	}
	return out
}

// WriteJSON writes the findings as one JSON document, with the counts of errors and warnings.
func (fs Findings) WriteJSON(w io.Writer) error {
	errs := fs.count(SeverityError)
	doc := struct {
		Findings Findings `json:"findings"`
		Errors   int      `json:"errors"`
		Warnings int      `json:"warnings"`
	}{append(Findings{}, fs...), errs, len(fs) - errs}
	return writeIndented(w, doc)
}

func writeIndented(w io.Writer, doc any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

// WriteGitHub writes the findings as commands that GitHub Actions shows beside the lines of a change.
func (fs Findings) WriteGitHub(w io.Writer) error {
	var out strings.Builder
	for _, f := range fs {
		fmt.Fprintf(&out, "::%s file=%s,line=%d,endLine=%d,col=%d,endColumn=%d,title=%s::%s\n", f.Severity,
			githubProperty.Replace(f.File), f.Line, f.Line, f.Col, f.EndCol, f.Code, githubText.Replace(f.sentence()))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// sentence is the whole finding in one text.
func (f Finding) sentence() string {
	text := f.Message
	if f.Label != "" {
		text += " (" + f.Label + ")"
	}
	if f.Help != "" {
		text += ". " + strings.ToUpper(f.Help[:1]) + f.Help[1:]
	}
	return text
}

type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string       `json:"id"`
		Short   sarifMessage `json:"shortDescription"`
		Full    sarifMessage `json:"fullDescription"`
		Help    sarifHelp    `json:"help"`
		Default sarifLevel   `json:"defaultConfiguration"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifLevel struct {
		Level Severity `json:"level"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     Severity        `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndColumn   int `json:"endColumn"`
	}
)

// WriteSARIF writes the findings as SARIF 2.1.0, for code scanning.
func (fs Findings) WriteSARIF(w io.Writer) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "paydial", InformationURI: "https://github.com/paydial/paydial", Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	index := map[string]int{}
	for _, f := range fs {
		at, ok := index[f.Code]
		if !ok {
			at = len(run.Tool.Driver.Rules)
			index[f.Code] = at
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleOf(f))
		}
		run.Results = append(run.Results, sarifResult{
			RuleID: f.Code, RuleIndex: at, Level: f.Severity, Message: sarifMessage{f.sentence()},
			Locations: []sarifLocation{{sarifPhysical{sarifArtifact{uriOf(f.File)}, sarifRegion{f.Line, f.Col, f.EndCol}}}},
		})
	}
	return writeIndented(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// ruleOf describes the code of a finding.
func ruleOf(f Finding) sarifRule {
	c, ok := catalogue()[f.Code]
	if !ok {
		c = Code{Code: f.Code, Severity: f.Severity, Title: f.Message, Text: f.Message}
	}
	return sarifRule{
		ID: c.Code, Short: sarifMessage{c.Title}, Full: sarifMessage{c.Title},
		Help: sarifHelp{c.Text, c.Text}, Default: sarifLevel{c.Severity},
	}
}

// uriOf writes a path as the relative reference that SARIF wants.
func uriOf(file string) string { return (&url.URL{Path: file}).EscapedPath() }
