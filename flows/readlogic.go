package flows

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func readIf(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	v := &If{}
	if then, ok := m.need("then"); ok {
		if v.Then = s.target(then, s.step.ID+".then"); v.Then == nil {
			s.dropStep(then.value)
		}
	}
	if other, ok := m.filled("else"); ok {
		if v.Else = s.target(other, s.step.ID+".else"); v.Else == nil {
			s.dropStep(other.value)
		}
	}
	if ok {
		v.Cond = s.asExpr(f)
	}
	if v.Cond == nil || v.Then == nil {
		return nil
	}
	return v
}

func readChoose(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	if then, ok := m.need("then"); ok {
		if !then.isMap() {
			s.wrongKind(then, "values and where they lead", "write { value: scene, otherwise: scene }")
			s.dropWords(then.value)
		} else {
			s.step.Then = s.branches(then)
		}
	}
	if !ok || len(s.step.Then) == 0 {
		return nil
	}
	if on := s.asExpr(f); on != nil {
		return &Choose{On: on}
	}
	return nil
}

func readGo(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	most := m.number("at_most", 1, 99)
	if !ok {
		return nil
	}
	t := s.sceneTarget(f)
	if t == nil {
		return nil
	}
	t.AtMost = most
	return &Go{Target: t}
}

func readSet(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	if !ok {
		return nil
	}
	values, ok := m.sub(f, `"set"`)
	if !ok {
		return nil
	}
	v := &Set{}
	values.each(func(one field) {
		at := s.src.spanOf(one.key)
		if !s.checkName(at, one.name(), "a value", snakeName) || !s.checkReserved(at, one.name()) {
			return
		}
		if one.empty() {
			s.add("F120", at, quoteWord(one.name())+" has no value").Label = "write the value behind the colon, or delete this"
			return
		}
		if e := s.asExpr(one); e != nil {
			v.Assign = append(v.Assign, Assignment{At: at, Name: one.name(), Expr: e})
		}
	})
	if len(v.Assign) == 0 {
		return nil
	}
	return v
}

func readHoursCheck(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	if !ok {
		return nil
	}
	name := s.asHoursName(f)
	if name == "" {
		return nil
	}
	return &HoursCheck{Name: name}
}

// service reads the name of a service of the project.
func (s *stepReader) service(m *fields, main field, short bool) string {
	f, ok := s.mainField(m, main, short)
	if !ok {
		return ""
	}
	raw, ok := s.raw(f)
	if ok && s.project.Services[raw] == nil && !s.noProject {
		s.addUnknown("F116", s.src.spanOf(f.value), "there is no service called "+quoteWord(raw), raw, keysOf(s.project.Services)).
			Help = "services are listed in " + ProjectFile + " under services:"
	}
	return raw
}

// path reads the path of a request: it goes behind the service's address.
func (s *stepReader) path(f field) *Template {
	t := s.asTemplate(f)
	if t != nil && !strings.HasPrefix(t.Raw, "/") {
		label := `begin it with "/"`
		if strings.Contains(t.Raw, "://") {
			label = "write only the path: the address belongs to the service in " + ProjectFile
		}
		s.add("F132", s.src.spanOf(f.value), quoteWord(t.Raw)+" is not a path").Label = label
	}
	return t
}

// serviceTimeout is how long a step waits for a service.
func (s *stepReader) serviceTimeout(m *fields, service string) time.Duration {
	if own := m.duration("timeout", 10*time.Second); own > 0 {
		return own
	}
	if svc := s.project.Services[service]; svc != nil && svc.Timeout > 0 {
		return svc.Timeout
	}
	return 3 * time.Second
}

func readLookup(s *stepReader, m *fields, main field, short bool) Verb {
	v := &Lookup{Service: s.service(m, main, short)}
	if f, ok := m.need("get"); ok {
		v.Path = s.path(f)
	}
	v.Query, v.Headers, v.Expect = m.pairs("query"), m.pairs("headers"), m.typed("expect")
	v.Timeout = s.serviceTimeout(m, v.Service)
	v.Tries = max(m.number("tries", 1, 3), 1)
	v.Cache = m.duration("cache", time.Hour)
	v.WhileWaiting = m.spoken("while_waiting")
	if v.Service == "" || v.Path == nil {
		return nil
	}
	return v
}

func readSubmit(s *stepReader, m *fields, main field, short bool) Verb {
	v := &Submit{Service: s.service(m, main, short)}
	methods := []string{"post", "put", "patch", "delete"}
	if f, ok := m.onlyOne(methods...); ok {
		v.Method = strings.ToUpper(f.name())
		if f, ok := m.filled(f.name()); ok {
			v.Path = s.path(f)
		}
	} else {
		m.add("F120", m.at, fmt.Sprintf("%q does not say what to do there", s.word)).Label = `add "post:" and a path (or put, patch, delete)`
	}
	for _, method := range methods {
		if !slices.Contains(m.legal, method) {
			m.take(method)
		}
	}
	m.onlyOne("json", "form")
	v.JSON, v.Form = m.pairs("json"), m.pairs("form")
	v.OncePer = m.template("once_per")
	v.Timeout = s.serviceTimeout(m, v.Service)
	v.Tries = max(m.number("tries", 1, 3), 1)
	v.WhileWaiting = m.spoken("while_waiting")
	if v.Service == "" || v.Path == nil {
		return nil
	}
	return v
}

func readSend(s *stepReader, m *fields, main field, short bool) Verb {
	v := &Send{Data: m.pairs("data")}
	f, ok := s.mainField(m, main, short)
	if !ok {
		return nil
	}
	v.Event, ok = s.raw(f)
	if !ok || !s.checkName(s.src.spanOf(f.value), v.Event, "an event", eventName) {
		return nil
	}
	return v
}

func readOutcome(s *stepReader, m *fields, main field, short bool) Verb {
	f, ok := s.mainField(m, main, short)
	if !ok {
		return nil
	}
	raw, ok := s.raw(f)
	if !ok || !s.checkName(s.src.spanOf(f.value), raw, "an outcome", snakeName) {
		return nil
	}
	return &Outcome{Of: raw}
}
