package flows

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

var (
	unknownName   = regexp.MustCompile(`^unknown name (.+)$`)
	unknownField  = regexp.MustCompile(`^(?:unknown field (.+)|type (.+) has no field (.+))$`)
	mismatch      = regexp.MustCompile(`^invalid operation: (\S+) \(mismatched types (.+) and (.+)\)$`)
	wrongOperand  = regexp.MustCompile(`^invalid operation: (\S+) \(mismatched type (.+)\)$`)
	wrongArgument = regexp.MustCompile(`^cannot use (.+) as argument \(type (.+)\) to call (.+)$`)
	expected      = regexp.MustCompile(`^(.*): expected (.+), got (.+)$`)
)

// syntaxProblem says in words what expr's parser did not like.
func syntaxProblem(text string, err error) *problem {
	p := &problem{code: "F202", to: len([]rune(text)), message: "this expression cannot be read"}
	fe := asFileError(err)
	if fe == nil {
		return p
	}
	p.from, p.to = fe.From, max(fe.To, fe.From+1)
	word := strings.TrimSpace(string([]rune(text)[min(p.from, p.to-1, len([]rune(text))):min(p.to, len([]rune(text)))]))
	switch {
	case strings.Contains(fe.Message, "unexpected token EOF"), strings.Contains(fe.Message, "unexpected end"):
		p.message, p.label = "this expression stops too early", "something is missing behind this"
	case strings.Contains(fe.Message, "Operator(\"=\")") || strings.Contains(fe.Message, "unexpected token Operator(\"=\""):
		p.message, p.label = "one = sets nothing here", "to compare, write =="
	case strings.Contains(fe.Message, "literal not terminated"):
		p.message, p.label = "a text is not closed", "the closing quote is missing"
	case strings.Contains(fe.Message, "exceeds maximum allowed nodes"):
		p.message, p.label = "this expression is too long", "split it with set"
	case word != "":
		p.label = "this was not expected here"
	}
	return p
}

// typeProblem turns what expr's checker says into the words of the language.
func (s *scope) typeProblem(text string, tree ast.Node, err error) *problem {
	fe := asFileError(err)
	if fe == nil {
		return &problem{code: "F205", to: len([]rune(text)), message: plainTypes(err.Error())}
	}
	p := &problem{code: "F205", from: fe.From, to: max(fe.To, fe.From+1), message: plainTypes(fe.Message)}
	if m := unknownName.FindStringSubmatch(fe.Message); m != nil {
		return s.unknownNameProblem(p, tree, m[1])
	}
	if m := unknownField.FindStringSubmatch(fe.Message); m != nil {
		return s.unknownFieldProblem(p, tree, m[1]+m[3])
	}
	if m := mismatch.FindStringSubmatch(fe.Message); m != nil {
		return mismatchProblem(p, tree, m[1:])
	}
	if m := wrongOperand.FindStringSubmatch(fe.Message); m != nil {
		p.message = fmt.Sprintf("%q does not work with %s", m[1], typeWord(m[2]))
	}
	if m := wrongArgument.FindStringSubmatch(fe.Message); m != nil {
		p.message = fmt.Sprintf("%s takes %s, and this is %s", strings.TrimSpace(m[3]), typeWord(m[2]), typeWord(m[1]))
	}
	return p
}

func (s *scope) unknownNameProblem(p *problem, tree ast.Node, name string) *problem {
	p.code, p.to = "F203", p.from+len([]rune(name))
	legal := known(s.names)
	p.message = quoteWord(name) + " is not known here"
	if calledAt(tree, p.from) {
		legal = slices.Concat(languageFunctions, castFunctions)
		p.message = fmt.Sprintf("there is no function %s", quoteWord(name))
	}
	p.label, p.fix = didYouMean(name, legal)
	if p.label == "" {
		p.label = "save it first with as: or set:"
		if calledAt(tree, p.from) {
			p.label = "functions: " + strings.Join(slices.Sorted(slices.Values(legal)), ", ")
		} else if _, isWord := yesNo(name); !isWord {
			p.help = "a text stands in quotes: \"" + name + "\""
		}
	}
	return p
}

func (s *scope) unknownFieldProblem(p *problem, tree ast.Node, name string) *problem {
	p.code = "F204"
	v := &memberVisitor{at: p.from, name: name}
	ast.Walk(&tree, v)
	if v.found == nil {
		p.message = "there is no field " + quoteWord(name)
		return p
	}
	at := v.found.Property.Location()
	if at.To > at.From {
		p.from = at.From
	}
	p.to = p.from + len([]rune(name))
	w := &rewriter{scope: s}
	path, _, ok := w.pathOf(v.found.Node)
	if !ok {
		p.message = "there is no field " + quoteWord(name)
		return p
	}
	base := s.kindOf(path)
	p.message = fmt.Sprintf("%s has no field %s", strings.Join(path, "."), quoteWord(name))
	if base.t != TypeRecord {
		p.message = fmt.Sprintf("%s is %s and has no fields", strings.Join(path, "."), base.t)
		return p
	}
	legal := slices.Sorted(maps.Keys(base.fields))
	if p.label, p.fix = didYouMean(name, legal); p.label == "" && len(legal) > 0 {
		p.label = "it has: " + strings.Join(legal, ", ")
	}
	return p
}

// mismatchProblem explains an operator between types that do not go together.
func mismatchProblem(p *problem, tree ast.Node, m []string) *problem {
	op, left, right := m[0], typeWord(m[1]), typeWord(m[2])
	if v := (&binaryVisitor{at: p.from, op: op}); true {
		ast.Walk(&tree, v)
		if v.found != nil {
			p.from, p.to = wholeSpan(v.found, [2]int{p.from, p.to})[0], wholeSpan(v.found, [2]int{p.from, p.to})[1]
		}
	}
	verb := "combined with " + op
	if strings.ContainsAny(op, "<>=!") {
		verb = "compared"
	}
	p.message = fmt.Sprintf("%s and %s cannot be %s", left, right, verb)
	pair := left + " " + right
	switch {
	case strings.Contains(pair, "unknown"):
		p.label = "say what it is: text(...), number(...), money(...), date(...)"
		p.help = "or give the lookup an expect: with the types of its answer"
	case pair == "text number" || pair == "number text":
		p.label = "a number in quotes is text; text becomes a number with number(...)"
	case pair == "text money" || pair == "money text":
		p.label = "text becomes money with money(...)"
	case pair == "money money" && op == "*", pair == "money money" && op == "/":
		p.label = "money can be multiplied with a number only"
	case pair == "text date" || pair == "date text":
		p.label = "text becomes a date with date(...)"
	case pair == "date time" || pair == "time date":
		p.label = "compare a date with today, a time with now"
	case strings.Contains(pair, "yes_no"):
		p.label = "a yes_no stands alone, or with not before it"
	}
	return p
}

// plainTypes replaces Go's names of types in a message of expr.
func plainTypes(message string) string {
	message = expected.ReplaceAllString(message, "$1: expected $2, got $3")
	for _, name := range []string{"flows.Money", "flows.civilDate", "flows.untyped", "map[string]interface {}", "time.Time", "float64"} {
		message = strings.ReplaceAll(message, name, typeWord(name))
	}
	message = strings.ReplaceAll(message, "[]interface {}", "list")
	return regexp.MustCompile(`\bstring\b`).ReplaceAllString(message, "text")
}

// calledAt tells whether the name at a place is called as a function.
func calledAt(tree ast.Node, at int) bool {
	v := &callVisitor{at: at}
	ast.Walk(&tree, v)
	return v.found
}

type callVisitor struct {
	at    int
	found bool
}

func (v *callVisitor) Visit(node *ast.Node) {
	if call, ok := (*node).(*ast.CallNode); ok {
		v.found = v.found || call.Callee.Location().From == v.at
	}
}

type memberVisitor struct {
	at    int
	name  string
	found *ast.MemberNode
}

func (v *memberVisitor) Visit(node *ast.Node) {
	m, ok := (*node).(*ast.MemberNode)
	if !ok {
		return
	}
	name, ok := m.Property.(*ast.StringNode)
	if ok && name.Value == v.name && (m.Location().From == v.at || m.Property.Location().From == v.at) {
		v.found = m
	}
}

type binaryVisitor struct {
	at    int
	op    string
	found *ast.BinaryNode
}

func (v *binaryVisitor) Visit(node *ast.Node) {
	if b, ok := (*node).(*ast.BinaryNode); ok && b.Operator == v.op && b.Location().From == v.at {
		v.found = b
	}
}

// wholeSpan is the place of an expression with all that belongs to it.
func wholeSpan(node ast.Node, span [2]int) [2]int {
	v := &spanVisitor{span: span}
	ast.Walk(&node, v)
	return v.span
}

type spanVisitor struct{ span [2]int }

func (v *spanVisitor) Visit(node *ast.Node) {
	at := (*node).Location()
	if at.To > at.From {
		v.span[0], v.span[1] = min(v.span[0], at.From), max(v.span[1], at.To)
	}
}
