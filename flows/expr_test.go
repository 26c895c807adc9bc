package flows

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// exprRun is a call in which some values are known.
func exprRun(t testing.TB) (*run, *scope) {
	t.Helper()
	f := loadFlow(t, `
needs: { name: text, due: money, small: money, on: date, n: number, part: number, code: digits, auto: yes_no, tags: list, gone: text, later: time }
scenes: { main: [ { hang_up: Bye. } ] }
`)
	contact := map[string]Value{"id": TextValue("7")}
	for name, text := range map[string]string{
		"name": "Ann", "due": "84.20", "small": "0.10", "on": "2026-03-15", "n": "3", "part": "0.1", "code": "007", "auto": "yes",
		"tags": `["a","b"]`, "later": "15:30",
	} {
		contact[name] = TextValue(text)
	}
	st := f.Start(CallFacts{ID: "CA1", From: "+15550123456", To: "+15550100000", Started: tuesday, Contact: contact}, "")
	st.set("account", RecordValue(map[string]Value{"owner": TextValue("Ed"), "limit": MoneyValue(Money{1000, "usd"})}))
	st.set("raw", unknownValue([]byte(`{"count":5,"who":"x","paid":"yes","at":"2026-03-01","deep":{"a":1}}`)))
	r, err := f.newRun(st, Input{Now: tuesday.Add(90 * time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	names := f.builtinNames()
	names["account"] = recordOf(map[string]ValueType{"owner": TypeText, "limit": TypeMoney, "gone": TypeMoney})
	names["raw"] = &kind{t: TypeRecord}
	return r, newScope(names, nil, "usd")
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	tests := []struct{ expr, want string }{
		{`due`, "84.20"}, {`due + small`, "84.30"}, {`due - 0.1`, "84.10"}, {`due * 3`, "252.60"}, {`small * part`, "0.01"},
		{`0.5 * due`, "42.10"}, {`100 - due`, "15.80"}, {`small + small + small == 0.3`, "yes"}, {`due * 0.075`, "6.32"}, // half a cent up
		{`due > 84.199`, "yes"}, {`due >= 84.2 and due <= 84.20`, "yes"}, {`5 < due`, "yes"}, {`due == 84.2`, "yes"}, {`due != account.limit`, "yes"},
		{`due > account.limit ? "big" : "small"`, "big"},
		{`on > today`, "yes"}, {`on - today`, "12"}, {`on + 30`, "2026-04-14"}, {`on - 15`, "2026-02-28"}, {`on == date("2026-03-15")`, "yes"},
		{`now > later`, "no"}, {`later > now`, "yes"},
		{`n + 1`, "4"}, {`n * part`, "0.30000000000000004"}, {`n / 2`, "1.5"}, {`code == "007"`, "yes"}, {`number(code) + 1`, "8"},
		{`auto`, "yes"}, {`auto == yes`, "yes"}, {`not auto or n > 2`, "yes"}, {`auto == no`, "no"},
		{`name + "!"`, "Ann!"}, {`upper(name)`, "ANN"}, {`len(name)`, "3"}, {`name in ["Ann", "Bob"]`, "yes"}, {`name startsWith "A"`, "yes"},
		{`name matches "^A.n$"`, "yes"}, {`tags[0]`, "a"}, {`len(tags)`, "2"}, {`"b" in tags`, "yes"},
		{`account.owner`, "Ed"}, {`account.limit + 1`, "11.00"}, {`contact.id`, "7"}, {`contact.due`, "84.20"}, {`setting.surcharge`, "2.50"},
		{`due + money(setting.surcharge)`, "86.70"}, {`call.seconds`, "90"}, {`call.scene`, ""}, {`caller.known`, "yes"}, {`line.name`, "Acme Energy"},
		{`number(raw.count) > 4`, "yes"}, {`text(raw.who)`, "x"}, {`yes_no(raw.paid)`, "yes"}, {`date(raw.at) < today`, "yes"}, {`raw.deep.a`, "1"}, {`money(raw.count)`, "5.00"},
		{`gone ?? "nobody"`, "nobody"}, {`gone == nil`, "yes"}, {`account.gone == nil ? "none" : "some"`, "none"}, {`account?.gone ?? due`, "84.20"},
		{`contact.shoe_size ?? "42"`, "42"}, {`let x = n * 2; x + 1`, "7"}, {`count(tags, # == "a")`, "1"}, {`auto or gone == "x"`, "yes"},
		{`payment.result ?? "none"`, "none"}, {`min(n, 2)`, "2"}, {`round(2.6)`, "3"},
	}
	r, s := exprRun(t)
	for _, tt := range tests {
		c, bad := s.compile(tt.expr)
		if bad != nil {
			t.Errorf("%s: %s", tt.expr, bad.message)
			continue
		}
		v, err := r.eval(c)
		if err != nil || v.plain() != tt.want {
			t.Errorf("%s = %q, %v; want %q", tt.expr, v.plain(), err, tt.want)
		}
	}
}

func TestExpressionsThatFail(t *testing.T) {
	t.Parallel()
	tests := []struct {
		expr    string
		missing bool
	}{
		{`gone`, true}, {`gone == "x"`, true}, {`account.gone > 5`, true}, {`payment.amount > 0`, true}, {`not auto or gone == "x"`, true},
		{`raw.none`, true}, {`contact.shoe_size`, true}, {`payment`, true},
		{`due + 0.001`, false}, {`due * 1000000000000000`, false}, {`number(name) > 1`, false}, {`tags[7] == "x"`, false}, {`1/0 > 1 and due * (1/0) > 1`, false},
	}
	r, s := exprRun(t)
	for _, tt := range tests {
		c, bad := s.compile(tt.expr)
		if bad != nil {
			t.Errorf("%s: %s", tt.expr, bad.message)
			continue
		}
		v, err := r.eval(c)
		if err == nil || isMissing(err) != tt.missing {
			t.Errorf("%s = %q, %v; missing should be %v", tt.expr, v.plain(), err, tt.missing)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: the error has an excerpt in it: %q", tt.expr, err)
		}
	}
}

func TestExpressionsThatDoNotCompile(t *testing.T) {
	t.Parallel()
	tests := []struct{ expr, code, message string }{
		{`due +`, "F202", "stops too early"}, {`(due`, "F202", ""}, {`"a`, "F202", "not closed"}, {`1..5`, "F202", "ranges"}, {``, "F202", "missing"},
		{`duee`, "F203", `"duee" is not known`}, {`now()`, "F205", "time is not callable"}, {`toJSON(due)`, "F203", "no function"}, {`$env.due`, "F203", "no $env"},
		{`env("HOME")`, "F203", "no function"}, {`account.ownr`, "F204", "account has no field"}, {`name.first`, "F204", "is text and has no fields"},
		{`due + "1"`, "F205", "money and text cannot be combined with +"}, {`due * due`, "F205", "money and money"}, {`due / 2`, "F205", "money and number"},
		{`code > 5`, "F205", "text and number cannot be compared"}, {`raw.count > 4`, "F205", "unknown and number"}, {`on + due`, "F205", "date and money"},
		{`auto + 1`, "F205", "yes_no and number"}, {`upper(n)`, "F205", "upper takes text, and this is number"}, {`-name`, "F205", ""},
		{`"(" matches name`, "", ""}, {`name matches "("`, "F205", ""}, {strings.Repeat("n + ", 600) + "n", "F202", "too long"},
	}
	_, s := exprRun(t)
	for _, tt := range tests {
		_, bad := s.compile(tt.expr)
		switch {
		case bad == nil && tt.code != "":
			t.Errorf("%.40s compiles, want %s", tt.expr, tt.code)
		case bad != nil && (bad.code != tt.code || !strings.Contains(bad.message, tt.message)):
			t.Errorf("%.40s: %s %s; want %s %s", tt.expr, bad.code, bad.message, tt.code, tt.message)
		case bad != nil && strings.Contains(bad.message, "flows."):
			t.Errorf("%.40s: a Go type in %q", tt.expr, bad.message)
		}
	}
}

func TestPrivateIsCatching(t *testing.T) {
	t.Parallel()
	r, s := exprRun(t)
	r.st.Vars["name"] = privately(TextValue("Ann"))
	for expr, private := range map[string]bool{`name`: true, `name + "!"`: true, `len(name) > 2`: true, `n + 1`: false} {
		c, bad := s.compile(expr)
		if bad != nil {
			t.Fatal(bad.message)
		}
		if v, err := r.eval(c); err != nil || v.Private != private {
			t.Errorf("%s is private: %v, %v; want %v", expr, v.Private, err, private)
		}
	}
}

func TestNoCodeRunsInAnExpression(t *testing.T) {
	t.Parallel()
	r, s := exprRun(t)
	c, bad := s.compile(`filter(tags, filter(tags, filter(tags, # == "a")[0] == "a")[0] == "a")`)
	if bad != nil {
		t.Fatal(bad.message)
	}
	if _, err := r.eval(c); err != nil {
		t.Error(err)
	}
	if _, bad := s.compile(`map(tags, name)[0] == text(due)`); bad != nil {
		t.Error(bad.message)
	}
}

func TestSplitTemplate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		raw    string
		pieces string // literals in quotes, expressions with their filter
		bad    string // codes
	}{
		{"plain", `"plain"`, ""},
		{"a ${b} c", `"a " b "c"`, ""},
		{"${a|money}${b | digits }", `a!money b!digits`, ""},
		{"$${a} ${a}", `"${a} " a`, ""},
		{"$5 {x} $ {y}", `"$5 {x} $ {y}"`, ""},
		{`${a == "}" ? "|" : '{'}`, `a == "}" ? "|" : '{'`, ""},
		{`${a || b}`, `a || b`, ""},
		{`${a | upper()}`, `a | upper()`, ""},
		{`${a | upper() | spell}`, `a | upper()!spell`, ""},
		{`${ {"x": 1}["x"] | number}`, ` {"x": 1}["x"]!number`, ""},
		{"x ${a", `"x "`, "F202"},
		{"${a | } ${b | 9} ${c | x | y} ${d}", `" " " " " " d`, "F207 F207 F207"},
	}
	for _, tt := range tests {
		t.Run(tt.raw, func(t *testing.T) {
			t.Parallel()
			pieces, problems := splitTemplate(tt.raw)
			var got, bad []string
			for _, p := range pieces {
				switch {
				case !p.isExpr:
					got = append(got, `"`+p.literal+`"`)
				case p.filter != "":
					got = append(got, strings.TrimRight(p.expr, " ")+"!"+p.filter)
				default:
					got = append(got, p.expr)
				}
			}
			for _, p := range problems {
				bad = append(bad, p.code)
			}
			want := strings.ReplaceAll(tt.pieces, `"c"`, `" c"`)
			if strings.Join(got, " ") != want || strings.Join(bad, " ") != tt.bad {
				t.Errorf("got %s and %v, want %s and %s", strings.Join(got, " "), bad, want, tt.bad)
			}
		})
	}
}

// FuzzTemplate: any sentence can be checked and, if nothing is wrong with it, rendered or refused with an error.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{
		"You owe ${due | money}, due on ${on | date}.", "${", "${}", "${|}", "$${x} ${name", `${"\"" + name}`, "${gone ?? name | spell}",
		"${tags[99]}", "${account.owner | last4} ${raw.deep.a}", "${due * 99999999999999999 | money}", "${let x = 1; x}", "${now | time}", "${a.b.c?.d ?? 1}",
		"${filter(tags, # != name) | words}", "\x00${name}\xff", "${name | upper()}", "${[1,2,3] | digits}", "${n ** n ** n ** n}",
	} {
		f.Add(seed)
	}
	r, s := exprRun(f)
	f.Fuzz(func(t *testing.T, raw string) {
		pieces, problems := splitTemplate(raw)
		tmpl := &Template{Raw: raw}
		for i := range problems {
			inside(t, raw, &problems[i], 0)
		}
		for _, p := range pieces {
			if !p.isExpr {
				tmpl.parts = append(tmpl.parts, part{literal: p.literal})
				continue
			}
			c, bad := s.compile(p.expr)
			if bad != nil {
				inside(t, raw, bad, p.from)
				continue
			}
			tmpl.parts = append(tmpl.parts, part{code: c, filter: p.filter})
		}
		for _, how := range []manner{toSpeak, toWrite, toSend} {
			if _, err := r.render(tmpl, pickLanguage(raw), how, escapeXML); err != nil {
				var f failure
				if !errors.As(err, &f) {
					t.Errorf("%q: an error without a place: %v", raw, err)
				}
			}
		}
	})
}

func inside(t *testing.T, raw string, p *problem, shift int) {
	t.Helper()
	if n := len([]rune(raw)); p.from < 0 || p.from+shift > n+1 || p.to < p.from {
		t.Errorf("%q: the problem %q lies at %d to %d, the text has %d characters", raw, p.message, p.from+shift, p.to+shift, n)
	}
}

func pickLanguage(raw string) string { return []string{"en-US", "es-US"}[len(raw)%2] }
