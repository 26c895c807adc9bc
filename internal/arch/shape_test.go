package arch

import (
	"go/ast"
	"strings"
	"testing"
)

// Sizes that keep a file on a few screens and a function on one.
const (
	maxFileLines     = 400
	maxFunctionLines = 60
	maxParameters    = 5 // ctx and four more; beyond that a struct reads better
)

func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if !s.test && s.lines > maxFileLines {
			t.Errorf("%s has %d lines, more than %d", s.path, s.lines, maxFileLines)
		}
	}
}

func TestFunctionsAreShort(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, decl := range s.file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			from, to := s.fset.Position(fn.Pos()), s.fset.Position(fn.End())
			if n := to.Line - from.Line + 1; n > maxFunctionLines {
				t.Errorf("%s: %s has %d lines, more than %d", from, fn.Name.Name, n, maxFunctionLines)
			}
			if n := fn.Type.Params.NumFields(); n > maxParameters {
				t.Errorf("%s: %s takes %d parameters, more than %d: use a struct", from, fn.Name.Name, n, maxParameters)
			}
		}
	}
}

func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	comments := map[string][]string{}
	seen := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		seen[s.dir] = true
		if s.file.Doc != nil {
			comments[s.dir] = append(comments[s.dir], s.file.Doc.Text())
		}
	}
	for dir := range seen {
		switch docs := comments[dir]; {
		case len(docs) == 0:
			t.Errorf("package in %s has no package comment", dir)
		case len(docs) > 1:
			t.Errorf("package in %s has %d package comments", dir, len(docs))
		case strings.Count(docs[0], ".") < 3:
			t.Errorf("package comment of %s is under three sentences: say what it is for, its main type, what it must not know", dir)
		}
	}
}

func TestExportedNamesAreExplained(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, decl := range s.file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) && !trivial(d) {
					t.Errorf("%s: %s has no doc comment", s.fset.Position(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.IsExported() && d.Doc == nil && ts.Doc == nil && ts.Comment == nil {
						t.Errorf("%s: type %s has no doc comment", s.fset.Position(ts.Pos()), ts.Name.Name)
					}
				}
			}
		}
	}
}

// exportedReceiver tells whether a function is one, or a method of an exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && id.IsExported()
}

// trivial is a method whose interface explains it: one line that returns a constant, or a standard method.
func trivial(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return false
	}
	switch d.Name.Name {
	case "Error", "String", "GoString", "LogValue", "MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText",
		"Unwrap", "Is", "Len", "Less", "Swap", "ServeHTTP", "RoundTrip", "Word", "Scan", "Value":
		return true
	}
	return false
}

// forbiddenNames are folder names that say nothing.
var forbiddenNames = map[string]bool{
	"util": true, "utils": true, "common": true, "models": true, "types": true, "helpers": true, "pkg": true, "src": true, "misc": true,
}

func TestFoldersHaveNames(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, part := range strings.Split(s.dir, "/") {
			if forbiddenNames[part] {
				t.Errorf("%s: a folder called %q says nothing about what is in it", s.path, part)
			}
		}
		for _, decl := range s.file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: init hides what the program does: call it by name", s.fset.Position(fn.Pos()))
			}
		}
	}
}

func TestTestsDoNotSleep(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if !s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == "time" && sel.Sel.Name == "Sleep" {
				t.Errorf("%s: tests wait for an event or move a clock, they do not sleep", s.fset.Position(n.Pos()))
			}
			return true
		})
	}
}
