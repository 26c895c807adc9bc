package flows

import (
	"cmp"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"
)

// languageFunctions are the functions of expr that the language has. Everything else of expr is off: now()
// would read a clock, and nothing in a flow may.
var languageFunctions = []string{
	"len", "trim", "trimPrefix", "trimSuffix", "upper", "lower", "split", "replace", "join", "indexOf",
	"abs", "ceil", "floor", "round", "min", "max", "sum", "all", "none", "any", "one", "filter", "map", "find", "count",
	"first", "last",
}

// castFunctions give an unknown value a type.
var castFunctions = []string{"text", "digits", "number", "money", "date", "yes_no"}

// operatorOptions teach expr what + - * < > mean for money and dates.
func operatorOptions(currency string) []expr.Option {
	var opts []expr.Option
	for _, op := range []string{"+", "-"} {
		money, date := op+" money", op+" date"
		opts = append(opts,
			expr.Function(money, amountOperator(op, currency), new(func(Money, Money) Money),
				new(func(Money, int) Money), new(func(Money, float64) Money),
				new(func(int, Money) Money), new(func(float64, Money) Money)),
			expr.Function(date, dateOperator(op), dateOperatorTypes(op)...),
			expr.Operator(op, money, date))
	}
	opts = append(opts,
		expr.Function("* money", timesOperator, new(func(Money, int) Money), new(func(Money, float64) Money),
			new(func(int, Money) Money), new(func(float64, Money) Money)),
		expr.Operator("*", "* money"))
	for _, op := range []string{"<", "<=", ">", ">=", "==", "!="} {
		money, date := op+" money", op+" date"
		opts = append(opts,
			expr.Function(money, compareOperator(op, currency), new(func(Money, Money) bool),
				new(func(Money, int) bool), new(func(Money, float64) bool),
				new(func(int, Money) bool), new(func(float64, Money) bool)),
			expr.Function(date, compareOperator(op, currency), new(func(civilDate, civilDate) bool)),
			expr.Operator(op, money, date))
	}
	return opts
}

func dateOperatorTypes(op string) []any {
	if op == "-" { // how many days lie between
		return []any{new(func(civilDate, civilDate) int), new(func(civilDate, int) civilDate)}
	}
	return []any{new(func(civilDate, int) civilDate)}
}

type exprFunc = func(params ...any) (any, error)

func amountOperator(op, currency string) exprFunc {
	return func(params ...any) (any, error) {
		a, b, err := amounts(params, currency)
		if err != nil {
			return nil, err
		}
		if op == "-" {
			return a.Sub(b)
		}
		return a.Add(b)
	}
}

// amounts reads both sides of an operator as money; a bare number counts whole units of the other side's
// currency.
func amounts(params []any, currency string) (a, b Money, err error) {
	left, leftIs := params[0].(Money)
	right, rightIs := params[1].(Money)
	switch {
	case leftIs && rightIs:
		return left, right, nil
	case leftIs:
		right, err = amountLike(left, params[1], currency)
	case rightIs:
		left, err = amountLike(right, params[0], currency)
	default:
		err = errNotAmount
	}
	return left, right, err
}

func amountLike(other Money, n any, currency string) (Money, error) {
	if other.Currency != "" {
		currency = other.Currency
	}
	r, err := ratOf(n)
	if err != nil {
		return Money{}, err
	}
	return moneyOf(r, currency)
}

func timesOperator(params ...any) (any, error) {
	m, ok := params[0].(Money)
	factor := params[1]
	if !ok {
		m, ok = params[1].(Money)
		factor = params[0]
	}
	if !ok {
		return nil, errNotAmount
	}
	r, err := ratOf(factor)
	if err != nil {
		return nil, err
	}
	return m.Times(r)
}

func dateOperator(op string) exprFunc {
	return func(params ...any) (any, error) {
		day, ok := params[0].(civilDate)
		if !ok {
			return nil, fmt.Errorf("%v is not a date", params[0])
		}
		switch other := params[1].(type) {
		case civilDate:
			return int(day.time().Sub(other.time()) / (24 * time.Hour)), nil
		case int:
			if op == "-" {
				other = -other
			}
			return civil(day.time().AddDate(0, 0, other)), nil
		}
		return nil, fmt.Errorf("%v is not a date or a number of days", params[1])
	}
}

// compareOperator compares exactly: an amount with half a cent too much is more, not a mistake.
func compareOperator(op, currency string) exprFunc {
	return func(params ...any) (any, error) {
		c, err := compareValues(params, currency)
		if err != nil {
			return nil, err
		}
		switch op {
		case "<":
			return c < 0, nil
		case "<=":
			return c <= 0, nil
		case ">":
			return c > 0, nil
		case ">=":
			return c >= 0, nil
		case "==":
			return c == 0, nil
		default:
			return c != 0, nil
		}
	}
}

func compareValues(params []any, currency string) (int, error) {
	switch a := params[0].(type) {
	case civilDate:
		if b, ok := params[1].(civilDate); ok {
			return a.time().Compare(b.time()), nil
		}
	case Money:
		if b, ok := params[1].(Money); ok {
			return a.Cmp(b)
		}
		return compareExactly(a, params[1], currency)
	default:
		if b, ok := params[1].(Money); ok {
			c, err := compareExactly(b, params[0], currency)
			return -c, err
		}
	}
	return 0, fmt.Errorf("%v and %v cannot be compared", params[0], params[1])
}

func compareExactly(m Money, n any, currency string) (int, error) {
	if m.Currency != "" {
		currency = m.Currency
	}
	unit := unitOf(currency)
	if whole, ok := n.(int); ok && whole < maxMinor/10_000 && whole > -maxMinor/10_000 {
		return cmp.Compare(m.Minor, int64(whole)*unit), nil
	}
	r, err := ratOf(n)
	if err != nil {
		return 0, err
	}
	return big.NewRat(m.Minor, unit).Cmp(r), nil
}

// castOptions are the functions that give a value a type: text, digits, number, money, date, yes_no.
func castOptions(currency string) []expr.Option {
	cast := func(t ValueType) exprFunc {
		return func(params ...any) (any, error) {
			if len(params) != 1 {
				return nil, fmt.Errorf("%s takes one value", t)
			}
			v, err := ParseValue(t, plainOf(params[0]), currency)
			if err != nil {
				return nil, err
			}
			return v.native(time.Time{})
		}
	}
	return []expr.Option{
		expr.Function("text", cast(TypeText), new(func(any) string)),
		expr.Function("digits", cast(TypeDigits), new(func(any) string)),
		expr.Function("number", cast(TypeNumber), new(func(any) float64)),
		expr.Function("money", cast(TypeMoney), new(func(any) Money)),
		expr.Function("date", cast(TypeDate), new(func(any) civilDate)),
		expr.Function("yes_no", cast(TypeYesNo), new(func(any) bool)),
	}
}

// plainOf is a value of an expression as it would stand in a file.
func plainOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case Money:
		return v.Decimal()
	case civilDate:
		return v.time().Format(time.DateOnly)
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return strings.TrimSpace(fmt.Sprint(v))
}
