package flow

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// lookup returns the value of a reference, like data.name or screen.FIRST.form.name; nil:
// there is none.
type lookup func(reference string) any

// expression is a computation with references, as conditions and texts between backticks are.
type expression func(lookup) any

var reference = regexp.MustCompile(`\$\{([^}]*)\}`)

// evaluate returns a value with everything that it refers to put in, at any depth. A string
// that is nothing but a reference becomes what that refers to, of whatever type.
func evaluate(value any, find lookup) any {
	switch v := value.(type) {
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, inner := range v {
			object[name] = evaluate(inner, find)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, inner := range v {
			list[i] = evaluate(inner, find)
		}
		return list
	case string:
		return evaluateText(v, find)
	}
	return value
}

func evaluateText(text string, find lookup) any {
	if len(text) > 1 && text[0] == '`' && text[len(text)-1] == '`' {
		if e, err := parseTemplate(text[1 : len(text)-1]); err == nil {
			return e(find)
		}
		return text
	}
	if m := reference.FindStringSubmatch(text); m != nil && m[0] == text {
		return find(m[1])
	}
	return reference.ReplaceAllStringFunc(text, func(found string) string { return asText(find(found[2 : len(found)-1])) })
}

// asText writes a value as a text shows it.
func asText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

// syntaxError is an error in Meta's words.
type syntaxError string

func (e syntaxError) Error() string { return string(e) }

func complain(format string, args ...any) error { return syntaxError(fmt.Sprintf(format, args...)) }

func truth(v any) bool { return v == true }

// apply returns what an operator makes of two values; nil if they are not of its types.
func apply(operator string, a, b any) any {
	switch operator {
	case "||":
		return truth(a) || truth(b)
	case "&&":
		return truth(a) && truth(b)
	case "==", "!=":
		return (asText(a) == asText(b) && kindOf(a) == kindOf(b)) == (operator == "==")
	}
	x, ok := a.(float64)
	y, both := b.(float64)
	if !ok || !both {
		return nil
	}
	switch operator {
	case "<":
		return x < y
	case ">":
		return x > y
	case "<=":
		return x <= y
	case ">=":
		return x >= y
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "/":
		return x / y
	}
	return math.Mod(x, y)
}
