package flows

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// Load reads, checks and lints a project. It always answers a Project, as complete as the files allow, and
// everything there is to say about it at once, sorted. A Project with an error among its findings must not
// be used for calls.
func Load(b Bundle) (*Project, Findings) {
	l := &loader{
		project: &Project{
			Hash:      b.Hash(),
			Timezone:  time.UTC,
			PCIMode:   true,
			Languages: []string{defaultLanguage},
			Payments:  PaymentRules{Connector: "Default", Currency: "usd"},
			Outbound:  OutboundLimits{CallsPerSecond: 1, AtOnce: 100},
			Flows:     map[string]*Flow{},
			sources:   map[string]*source{},
		},
		unread: map[string]bool{},
		notes:  map[*Flow]*notes{},
		verbs:  allVerbs(),
	}
	l.project.unread = l.unread
	l.readFiles(b)
	l.lint()
	found := make(Findings, 0, len(l.found))
	for _, f := range l.found {
		found = append(found, *f)
	}
	found = append(found, l.project.check()...)
	return l.project, l.settle(found)
}

// loader reads one bundle and collects what is found on the way.
type loader struct {
	project   *Project
	found     []*Finding
	noProject bool            // paydial.yaml could not be read: what it names is not known
	unread    map[string]bool // flows whose files could not be read
	notes     map[*Flow]*notes
	verbs     map[string]verbSpec
}

// notes is what the lint needs to know of a flow beyond its tree. From the absence of something that could not be
// read it must not draw conclusions.
type notes struct {
	broken  map[string]bool // scenes that lack a step
	words   map[string]bool // texts of the steps left out: some of them name scenes
	returns []*Target       // scenes named by come_back_to and may_return_to
}

func (l *loader) readFiles(b Bundle) {
	files := slices.Clone(b.Files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	l.noProject = true
	at := slices.IndexFunc(files, func(f File) bool { return f.Path == ProjectFile })
	if at < 0 {
		f := l.add("F005", Span{File: ProjectFile, Line: 1, Col: 1, EndCol: 2}, "there is no "+ProjectFile+" here")
		f.Label, f.Help = "write one, next to the directory flows", `"paydial new" makes a project to begin with`
	} else if src, top := l.readYAML(files[at]); top != nil {
		l.noProject = false
		l.readProject(src, top)
	}
	for _, f := range files {
		if !isFlowFile(f.Path) {
			continue
		}
		name := strings.TrimSuffix(path.Base(f.Path), path.Ext(f.Path))
		twice := l.unread[name] || l.project.Flows[name] != nil
		src, top := l.readYAML(f)
		if twice {
			l.add("F015", src.span(1, 1, 1), "there are two files for the flow "+quoteWord(name)).Label = "delete one of them"
			continue
		}
		if top == nil {
			l.unread[name] = true
			continue
		}
		l.readFlow(src, top, name)
	}
}

// flows are the flows of the project by name, so that every run finds the same in the same order.
func (l *loader) flows() []*Flow {
	var out []*Flow
	for _, name := range slices.Sorted(maps.Keys(l.project.Flows)) {
		out = append(out, l.project.Flows[name])
	}
	return out
}

// add notes a finding; the caller may set Label, Help and Fix of the answer.
func (l *loader) add(code string, at Span, message string) *Finding {
	f := l.project.finding(code, at, message)
	l.found = append(l.found, &f)
	return &f
}

// fewWords is how many legal words fit behind a caret; more go into a line of their own.
const fewWords = 8

// addUnknown notes a word that is not one of the legal ones.
func (l *loader) addUnknown(code string, at Span, message, word string, legal []string) *Finding {
	f := l.add(code, at, message)
	if f.Label, f.Fix = didYouMean(word, legal); f.Label != "" || len(legal) == 0 || len(legal) > mostWords {
		return f
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(legal)))
	list := "one of: " + strings.Join(sorted, ", ")
	if f.Label = list; len(sorted) > fewWords {
		f.Label, f.Help = "write another word, or leave it out", list
	}
	return f
}

// finding makes a finding of a code of the catalogue, with its severity and the line it lies in.
func (p *Project) finding(code string, at Span, message string) Finding {
	return Finding{
		Code:     code,
		Severity: severityOf(code),
		Span:     at,
		Message:  message,
		Source:   p.sources[at.File].excerpt(at.Line),
	}
}

// settle sorts the findings, drops what is there twice, and takes away what a comment in the file asks to ignore.
func (l *loader) settle(found Findings) Findings {
	found = l.ignore(found)
	slices.SortStableFunc(found, compareFindings)
	return slices.CompactFunc(found, func(a, b Finding) bool {
		return a.Span == b.Span && a.Code == b.Code && a.Message == b.Message
	})
}

func compareFindings(a, b Finding) int {
	if c := strings.Compare(a.File, b.File); c != 0 {
		return c
	}
	if a.Line != b.Line {
		return a.Line - b.Line
	}
	if a.Col != b.Col {
		return a.Col - b.Col
	}
	return strings.Compare(a.Code+a.Message, b.Code+b.Message)
}

// counted writes a number with its noun: "1 error", "2 errors".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
