package flows

import (
	"errors"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// code is a compiled expression. Every name in it is a ref that is looked up only when it is needed, so an
// expression costs nothing for names it does not use, and a missing value is an error where it is used.
type code struct {
	program *vm.Program
	path    *ref // the whole expression is one name: no machine is needed
	refs    []*ref
	kind    *kind
}

// Names of functions that only the compiler puts in: no author can write a blank in a name.
const (
	needFunction = " need"
	softFunction = " soft"
)

// maxNodes bounds an expression; the longest sensible one has some twenty nodes.
const maxNodes = 500

// scope is what expressions of one flow may name, in the form expr wants it.
type scope struct {
	names  map[string]*kind
	config *conf.Config
}

// newScope prepares the names for compiling. it may be nil.
func newScope(names map[string]*kind, it *kind, currency string) *scope {
	env := types.Map{}
	for name, k := range names {
		env[name] = k.exprType()
	}
	s := &scope{names: names, config: conf.CreateNew()}
	if it != nil {
		env["it"] = it.exprType()
		s.names = make(map[string]*kind, len(names)+1)
		for name, k := range names {
			s.names[name] = k
		}
		s.names["it"] = it
	}
	opts := []expr.Option{
		expr.Env(env), expr.DisableAllBuiltins(), expr.DisableIfOperator(), expr.MaxNodes(maxNodes),
		expr.Function(needFunction, needValue), expr.Function(softFunction, softValue),
	}
	for _, name := range languageFunctions {
		opts = append(opts, expr.EnableBuiltin(name))
	}
	opts = append(opts, operatorOptions(currency)...)
	opts = append(opts, castOptions(currency)...)
	for _, opt := range opts {
		opt(s.config)
	}
	for name := range s.config.Disabled {
		delete(s.config.Builtins, name)
	}
	s.config.Check()
	return s
}

// add gives the scope one more name. k is nil for one that cannot be given (payment).
func (s *scope) add(name string, k *kind) {
	if k != nil {
		s.names[name] = k
		s.config.Env.Fields[name] = k.exprType().Nature()
	}
}

// namesIn lists the first words of the names in an expression; none if it cannot be read.
func namesIn(text string) []string {
	tree, err := parser.Parse(text)
	if err != nil {
		return nil
	}
	v := &nameVisitor{}
	ast.Walk(&tree.Node, v)
	return v.names
}

type nameVisitor struct{ names []string }

func (v *nameVisitor) Visit(node *ast.Node) {
	if n, ok := (*node).(*ast.IdentifierNode); ok {
		v.names = append(v.names, n.Value)
	}
}

// problem is why an expression cannot be compiled: from and to are characters of its text.
type problem struct {
	code     string
	from, to int
	message  string
	label    string
	fix      string
	help     string
}

// compile checks an expression against the scope and compiles it.
func (s *scope) compile(text string) (*code, *problem) {
	if strings.TrimSpace(text) == "" {
		return nil, &problem{code: "F202", to: 1, message: "an expression is missing here"}
	}
	tree, err := parser.ParseWithConfig(text, s.config)
	if err != nil {
		return nil, syntaxProblem(text, err)
	}
	if bad := forbidden(tree.Node); bad != nil {
		return nil, bad
	}
	if _, err := new(checker.Checker).PatchAndCheck(tree, s.config); err != nil {
		return nil, s.typeProblem(text, tree.Node, err)
	}
	c := &code{kind: kindOfGo(tree.Node.Type())}
	w := &rewriter{scope: s, locals: map[string]bool{}}
	w.rewrite(&tree.Node, false)
	c.refs = w.refs
	if len(w.refs) == 1 && w.whole(tree.Node) {
		c.path, c.kind = w.refs[0], w.refs[0].kind
		return c, nil
	}
	for _, r := range c.refs {
		c.kind.private = c.kind.private || r.kind.private
		if r.kind.isAny() && c.kind.t == TypeUnknown {
			c.kind.t = r.kind.t
		}
	}
	c.program, err = compiler.Compile(tree, s.config)
	if err != nil {
		return nil, &problem{code: "F202", to: len([]rune(text)), message: "this expression cannot be used"}
	}
	return c, nil
}

// forbidden refuses what expr can do and a flow must not: looking at everything at once, and endless ranges.
func forbidden(node ast.Node) *problem {
	v := &forbiddenVisitor{}
	ast.Walk(&node, v)
	return v.found
}

type forbiddenVisitor struct{ found *problem }

func (v *forbiddenVisitor) Visit(node *ast.Node) {
	at := (*node).Location()
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if n.Value == "$env" {
			v.found = &problem{code: "F203", from: at.From, to: at.To, message: "there is no $env here", label: "name the value itself"}
		}
	case *ast.BinaryNode:
		if n.Operator == ".." {
			v.found = &problem{code: "F202", from: at.From, to: at.To, message: "ranges are not part of the language"}
		}
	}
}

// rewriter replaces every name in a checked expression by a call that looks it up.
type rewriter struct {
	scope  *scope
	locals map[string]bool
	refs   []*ref
}

// whole tells whether the expression came down to one hard lookup.
func (w *rewriter) whole(node ast.Node) bool {
	call, ok := node.(*ast.CallNode)
	if !ok {
		return false
	}
	callee, ok := call.Callee.(*ast.IdentifierNode)
	return ok && callee.Value == needFunction
}

// rewrite goes through the tree. soft is true where a missing value is allowed: left of ??, and where
// something is compared with nil.
func (w *rewriter) rewrite(node *ast.Node, soft bool) {
	if path, optional, ok := w.pathOf(*node); ok {
		w.lookup(node, path, soft || optional)
		return
	}
	switch n := (*node).(type) {
	case *ast.BinaryNode:
		_, leftNil := n.Left.(*ast.NilNode)
		_, rightNil := n.Right.(*ast.NilNode)
		w.rewrite(&n.Left, n.Operator == "??" || rightNil)
		w.rewrite(&n.Right, leftNil || soft && n.Operator == "??")
	case *ast.UnaryNode:
		w.rewrite(&n.Node, false)
	case *ast.ChainNode:
		w.rewrite(&n.Node, true)
	case *ast.MemberNode:
		w.rewrite(&n.Node, soft)
		w.rewrite(&n.Property, false)
	case *ast.SliceNode:
		w.rewriteAll(&n.Node, &n.From, &n.To)
	case *ast.CallNode:
		for i := range n.Arguments {
			w.rewrite(&n.Arguments[i], false)
		}
	case *ast.BuiltinNode:
		for i := range n.Arguments {
			w.rewrite(&n.Arguments[i], false)
		}
	case *ast.PredicateNode:
		w.rewrite(&n.Node, false)
	case *ast.VariableDeclaratorNode:
		w.rewrite(&n.Value, false)
		w.locals[n.Name] = true
		w.rewrite(&n.Expr, false)
	case *ast.SequenceNode:
		for i := range n.Nodes {
			w.rewrite(&n.Nodes[i], false)
		}
	case *ast.ConditionalNode:
		w.rewriteAll(&n.Cond, &n.Exp1, &n.Exp2)
	case *ast.ArrayNode:
		for i := range n.Nodes {
			w.rewrite(&n.Nodes[i], false)
		}
	case *ast.MapNode:
		for i := range n.Pairs {
			if pair, ok := n.Pairs[i].(*ast.PairNode); ok {
				w.rewrite(&pair.Value, false)
			}
		}
	}
}

func (w *rewriter) rewriteAll(nodes ...*ast.Node) {
	for _, n := range nodes {
		if *n != nil {
			w.rewrite(n, false)
		}
	}
}

// pathOf reads a name with its fields: account.balance. optional is true when it has a ?. in it.
func (w *rewriter) pathOf(node ast.Node) (path []string, optional, ok bool) {
	switch n := node.(type) {
	case *ast.IdentifierNode:
		return []string{n.Value}, false, !w.locals[n.Value] && w.scope.names[n.Value] != nil
	case *ast.ChainNode:
		path, _, ok = w.pathOf(n.Node)
		return path, true, ok
	case *ast.MemberNode:
		name, isName := n.Property.(*ast.StringNode)
		if !isName || n.Method {
			return nil, false, false
		}
		path, optional, ok = w.pathOf(n.Node)
		return append(path, name.Value), optional || n.Optional, ok
	}
	return nil, false, false
}

func (w *rewriter) lookup(node *ast.Node, path []string, soft bool) {
	r := newRef(path, w.scope.kindOf(path))
	r.at = spanOfNode(*node)
	w.refs = append(w.refs, r)
	nature := *(*node).Nature()
	call := &ast.CallNode{
		Callee:    &ast.IdentifierNode{Value: needFunction},
		Arguments: []ast.Node{&ast.IdentifierNode{Value: "$env"}, &ast.ConstantNode{Value: r}},
	}
	if soft {
		call.Callee = &ast.IdentifierNode{Value: softFunction}
		r.soft = true
	} else {
		call.SetNature(nature)
	}
	ast.Patch(node, call)
}

// kindOf is what is known of a path; unknown if nothing is.
func (s *scope) kindOf(path []string) *kind {
	k := s.names[path[0]]
	private := false
	for _, name := range path[1:] {
		if k == nil {
			break
		}
		private = private || k.private
		next := k.fields[name]
		if next == nil && k.open {
			next = &kind{t: TypeText}
		}
		k = next
	}
	switch {
	case k == nil:
		return &kind{t: TypeUnknown, private: private}
	case private && !k.private:
		copied := *k
		copied.private = true
		return &copied
	}
	return k
}

// spanOfNode is the first and the last character of a name with its fields.
func spanOfNode(node ast.Node) [2]int {
	from, to := node.Location().From, node.Location().To
	switch n := node.(type) {
	case *ast.MemberNode:
		inner := spanOfNode(n.Node)
		return [2]int{inner[0], max(to, n.Property.Location().To)}
	case *ast.ChainNode:
		return spanOfNode(n.Node)
	case *ast.IdentifierNode:
		to = from + len([]rune(n.Value))
	}
	return [2]int{from, to}
}

func asFileError(err error) *file.Error {
	var fe *file.Error
	errors.As(err, &fe)
	return fe
}
