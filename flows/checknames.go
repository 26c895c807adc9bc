package flows

import (
	"fmt"
	"maps"
)

// anyKind is the kind of a value whose step has an error in it: nothing more is said about it.
func anyKind() *kind { return &kind{t: "any"} }

func (k *kind) isAny() bool { return k.t == "any" }

// collectNames finds the name and kind of everything that a step of the flow saves.
func (c *flowCheck) collectNames() {
	c.names = c.flow.builtinNames()
	var sets []*Assignment
	for s := range c.flow.allSteps() {
		if v, ok := s.Verb.(*Set); ok {
			for i := range v.Assign {
				sets = append(sets, &v.Assign[i])
			}
			continue
		}
		if s.As == "" {
			continue
		}
		if k := kindOfStep(s); k != nil {
			c.name(s.As, k, s.At)
		}
	}
	c.collectSets(sets)
	c.scope = newScope(c.names, nil, c.flow.currency())
}

// name notes a saved value. Two steps may save under one name if the value is of one type.
func (c *flowCheck) name(name string, k *kind, at Span) {
	if name == "payment" {
		return
	}
	old := c.names[name]
	switch {
	case old == nil || old.isAny():
		c.names[name] = k
	case old.t != k.t:
		f := c.add("F211", at, fmt.Sprintf("%s is %s here and %s elsewhere in this flow", name, k.t, old.t))
		f.Label = "save it under another name"
	default:
		c.names[name] = merged(old, k)
	}
}

// merged is what two steps save under one name: the fields of both, private if one of them is.
func merged(a, b *kind) *kind {
	m := &kind{t: a.t, private: a.private || b.private, short: a.short && b.short, open: a.open || b.open}
	if a.fields == nil || b.fields == nil {
		return m
	}
	m.fields = maps.Clone(a.fields)
	for name, k := range b.fields {
		if old := m.fields[name]; old != nil && old.t != k.t {
			k = anyKind()
		}
		m.fields[name] = k
	}
	return m
}

// setKinds works out the kinds of set: one may be made of another, in any order of the file.
type setKinds struct {
	check *flowCheck
	scope *scope
	of    map[string][]*Assignment
	state map[string]int // 1: being worked out, 2: done
}

func (c *flowCheck) collectSets(sets []*Assignment) {
	k := &setKinds{check: c, scope: newScope(c.names, nil, c.flow.currency()), of: map[string][]*Assignment{}, state: map[string]int{}}
	for _, a := range sets {
		k.of[a.Name] = append(k.of[a.Name], a)
	}
	for _, a := range sets {
		k.resolve(a.Name)
	}
}

// resolve works out one name, those it is made of first. What has an error in it, or goes round in a circle, is
// of any kind, so that nothing more is said about it.
func (k *setKinds) resolve(name string) {
	if k.state[name] != 0 {
		return
	}
	k.state[name] = 1
	var left []*Assignment
	for _, a := range k.of[name] {
		for _, other := range namesIn(a.Expr.Raw) {
			if k.of[other] != nil {
				k.resolve(other)
			}
		}
		if !k.assign(a) {
			left = append(left, a)
		}
	}
	for _, a := range left { // n: n + 1 stands above n: 3
		if k.scope.names[name] == nil || !k.assign(a) {
			k.check.name(name, anyKind(), a.At)
			k.scope.add(name, k.check.names[name])
		}
	}
	k.state[name] = 2
}

func (k *setKinds) assign(a *Assignment) bool {
	compiled, bad := k.scope.compile(a.Expr.Raw)
	if bad != nil {
		return false
	}
	kind := *compiled.kind
	k.check.name(a.Name, &kind, a.At)
	k.scope.add(a.Name, k.check.names[a.Name])
	return true
}

// kindOfStep is the kind of what a step saves with as.
func kindOfStep(s *Step) *kind {
	switch v := s.Verb.(type) {
	case *Ask:
		return kindOfAsk(v)
	case *Menu:
		return &kind{t: TypeText}
	case *Confirm:
		return &kind{t: TypeYesNo}
	case *ChooseLanguage:
		return &kind{t: TypeLanguage}
	case *Lookup:
		if len(v.Expect) > 0 {
			return recordOfFields(v.Expect)
		}
		return &kind{t: TypeRecord}
	case *Submit:
		return &kind{t: TypeRecord}
	case *Pay:
		return paymentKind()
	case *Transfer:
		return &kind{t: TypeText}
	case *Converse:
		return kindOfConversation(v)
	case *Voicemail:
		return recordOf(map[string]ValueType{"recording": TypeText, "seconds": TypeNumber})
	}
	return nil
}

func kindOfAsk(v *Ask) *kind {
	_, most := digitsOf(v)
	k := &kind{t: TypeDigits, private: v.Private || v.Kind == "pin", short: most > 0 && most <= 4}
	switch v.Kind {
	case "money":
		k.t = TypeMoney
	case "date":
		k.t = TypeDate
	case "phone":
		k.t = TypePhone
	case "text":
		k.t = TypeText
	}
	return k
}
