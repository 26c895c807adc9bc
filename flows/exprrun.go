package flows

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/expr-lang/expr/vm"
)

// ref is one name of an expression with its fields, and how it is looked up.
type ref struct {
	text string
	path []string
	kind *kind
	soft bool   // may be missing
	at   [2]int // characters of the expression's text
	fact func(*run) Value
}

// missingError tells that a value is not there where one is needed.
type missingError struct{ name string }

func (e missingError) Error() string { return e.name + " has no value" }

func isMissing(err error) bool {
	var missing missingError
	return errors.As(err, &missing)
}

func newRef(path []string, k *kind) *ref {
	r := &ref{text: strings.Join(path, "."), path: path, kind: k}
	r.fact = facts[r.text]
	if r.fact == nil && factRoots[path[0]] {
		r.fact = factUnder(path)
	}
	return r
}

// value looks a name up; missing if there is no value.
func (r *run) value(f *ref) Value {
	if f.fact != nil {
		return f.fact(r)
	}
	v, ok := r.st.Vars[f.path[0]]
	if f.path[0] == "it" {
		v, ok = r.it, true
	}
	for _, name := range f.path[1:] {
		if !ok {
			return Value{}
		}
		v, ok = v.field(name)
	}
	return v
}

// needValue and softValue are what names in expressions compile to: they get the run and the ref.
func needValue(params ...any) (any, error) {
	r, f := params[0].(*run), params[1].(*ref)
	v := r.value(f)
	if v.IsMissing() {
		return nil, missingError{f.text}
	}
	return r.nativeOf(f, v)
}

func softValue(params ...any) (any, error) {
	r, f := params[0].(*run), params[1].(*ref)
	v := r.value(f)
	if v.IsMissing() {
		return nil, nil
	}
	return r.nativeOf(f, v)
}

// nativeOf checks that a value has the type that the expression was compiled for: the machine relies on it.
func (r *run) nativeOf(f *ref, v Value) (any, error) {
	if want := goTypes[f.kind.t]; want != goTypes[v.Type] && f.kind.t != TypeUnknown && !f.kind.isAny() {
		return nil, fmt.Errorf("%s is %s and not %s", f.text, v.Type, f.kind.t)
	}
	n, err := v.native(r.in.Now)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read as %s", f.text, v.Type)
	}
	return n, nil
}

// expressionMachines are expr's virtual machines: each run starts one afresh, so they hold nothing of a call
// that matters.
var expressionMachines = sync.Pool{New: func() any { return new(vm.VM) }}

// eval runs an expression. The value is private if anything it was made of is.
func (r *run) eval(c *code) (Value, error) {
	if c.path != nil {
		v := r.value(c.path)
		if v.IsMissing() {
			return Value{}, missingError{c.path.text}
		}
		return v, nil
	}
	machine, ok := expressionMachines.Get().(*vm.VM)
	if !ok {
		machine = &vm.VM{}
	}
	n, err := machine.Run(c.program, r)
	expressionMachines.Put(machine)
	private := false
	for _, f := range c.refs {
		private = private || f.kind.private || r.value(f).Private
	}
	switch {
	case err == nil:
	case private && !isMissing(err):
		return Value{}, errPrivate
	default:
		return Value{}, plainError(err)
	}
	v, err := valueOf(n, c.kind.t)
	v.Private = private
	return v, err
}

// errPrivate stands for every error of an expression with a private value in it: its text could show the value.
var errPrivate = errors.New("an expression with a private value in it could not be worked out")

// plainError drops expr's excerpt: it would show values' neighbours in the log.
func plainError(err error) error {
	fe := asFileError(err)
	if fe == nil {
		return err
	}
	if fe.Prev != nil {
		return fe.Prev
	}
	return fmt.Errorf("%s", fe.Message)
}

// holds evaluates a condition.
func (r *run) holds(e *Expr) (bool, error) {
	if e == nil {
		return true, nil
	}
	v, err := r.evalExpr(e)
	if err != nil {
		return false, err
	}
	if v.Type != TypeYesNo {
		return false, fail(e.At, "the condition came to %s, not to yes or no", v.Type)
	}
	return string(v.Data) == "true", nil
}

func (r *run) evalExpr(e *Expr) (Value, error) {
	if e.code == nil {
		return Value{}, fail(e.At, "this expression has an error in it")
	}
	v, err := r.eval(e.code)
	if err != nil {
		return Value{}, failure{at: e.At, err: err}
	}
	return v, nil
}

// failure is an error with its place in the file, and the step it came up at if that is not the one the call
// stands at.
type failure struct {
	at   Span
	step string
	err  error
}

func (f failure) Error() string { return f.err.Error() }
func (f failure) Unwrap() error { return f.err }

func fail(at Span, format string, args ...any) error {
	return failure{at: at, err: fmt.Errorf(format, args...)}
}

// textOrMissing is text, or no value if it is empty.
func textOrMissing(t ValueType, s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{Type: t, Data: quoted(s)}
}

// facts are the names that are not saved by a step: each looks at the call.
var facts = map[string]func(*run) Value{
	"today":                func(r *run) Value { return DateValue(r.in.Now) },
	"now":                  func(r *run) Value { return Value{Type: TypeTime, Data: quoted(r.in.Now.Format(time.RFC3339))} },
	"yes":                  func(*run) Value { return YesNoValue(true) },
	"no":                   func(*run) Value { return YesNoValue(false) },
	"call.id":              func(r *run) Value { return TextValue(r.st.Call.ID) },
	"call.from":            func(r *run) Value { return textOrMissing(TypePhone, r.st.Call.From) },
	"call.to":              func(r *run) Value { return textOrMissing(TypePhone, r.st.Call.To) },
	"call.direction":       func(r *run) Value { return TextValue(r.direction()) },
	"call.answered_by":     func(r *run) Value { return TextValue(answeredBy(r.st.Call.AnsweredBy)) },
	"call.language":        func(r *run) Value { return textOrMissing(TypeLanguage, r.st.Language) },
	"call.scene":           func(r *run) Value { return TextValue(r.st.Scene) },
	"call.outcome":         func(r *run) Value { return TextValue(r.st.Outcome) },
	"call.tries":           func(r *run) Value { return IntValue(r.st.Silent + r.st.Wrong) },
	"call.seconds":         func(r *run) Value { return IntValue(r.seconds()) },
	"caller.number":        func(r *run) Value { return textOrMissing(TypePhone, r.callerNumber()) },
	"caller.can_text":      func(r *run) Value { return YesNoValue(r.st.Call.CanText) },
	"caller.known":         func(r *run) Value { return YesNoValue(len(r.st.Call.Contact) > 0) },
	"line.name":            func(r *run) Value { return TextValue(r.flow.Project.Line) },
	"line.number":          func(r *run) Value { return textOrMissing(TypePhone, r.lineNumber()) },
	"payment.result":       func(r *run) Value { return textOrMissing(TypeText, r.st.Payment.Result) },
	"payment.amount":       func(r *run) Value { return r.paidAmount() },
	"payment.confirmation": func(r *run) Value { return textOrMissing(TypeText, r.st.Payment.Confirmation) },
	"payment.card.brand":   func(r *run) Value { return textOrMissing(TypeText, r.st.Payment.Brand) },
	"payment.card.last4":   func(r *run) Value { return textOrMissing(TypeDigits, r.st.Payment.Last4) },
	"payment.error":        func(r *run) Value { return textOrMissing(TypeText, r.st.Payment.Error) },
	"payment.token":        func(r *run) Value { return privately(textOrMissing(TypeText, r.st.Payment.Token)) },
}

// factRoots are the names whose fields are facts; nothing under them is ever saved by a step.
var factRoots = map[string]bool{
	"call": true, "caller": true, "line": true, "payment": true, "contact": true, "campaign": true, "setting": true,
	"secret": true,
}

// factUnder looks up what the table does not name: columns of a contact, settings, and records as a whole.
func factUnder(path []string) func(*run) Value {
	root, rest := path[0], path[1:]
	switch {
	case root == "contact":
		return func(r *run) Value { return memberOf(r.st.Call.Contact, rest) }
	case root == "campaign":
		return func(r *run) Value { return memberOf(r.st.Call.Campaign, rest) }
	case root == "setting" && len(rest) == 1:
		return func(r *run) Value {
			s, ok := r.flow.Project.Settings[rest[0]]
			if !ok {
				return Value{}
			}
			return TextValue(s)
		}
	case root == "secret" || root == "setting":
		return func(*run) Value { return Value{} }
	}
	prefix := strings.Join(path, ".") + "."
	return func(r *run) Value { return factRecord(r, prefix) }
}

func memberOf(from map[string]Value, rest []string) Value {
	if len(rest) == 0 {
		if len(from) == 0 {
			return Value{}
		}
		return RecordValue(from)
	}
	v, ok := from[rest[0]]
	for _, name := range rest[1:] {
		if !ok {
			return Value{}
		}
		v, ok = v.field(name)
	}
	return v
}

// factRecord gathers all facts below a prefix, "payment." or "payment.card.".
func factRecord(r *run, prefix string) Value {
	fields := map[string]Value{}
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		head, _, nested := strings.Cut(rest, ".")
		v := Value{}
		if nested {
			v = factRecord(r, prefix+head+".")
		} else {
			v = facts[name](r)
		}
		if !v.IsMissing() {
			fields[head] = v
		}
	}
	if len(fields) == 0 {
		return Value{}
	}
	return RecordValue(fields)
}

func privately(v Value) Value {
	v.Private = true
	return v
}
