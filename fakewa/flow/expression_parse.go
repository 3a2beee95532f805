package flow

import (
	"regexp"
	"strconv"
	"strings"
)

// parseExpression parses a condition.
func parseExpression(text string) (expression, error) {
	p, err := newParser(text)
	if err != nil {
		return nil, err
	}
	if len(p.tokens) == 0 {
		return nil, complain("Expected property 'condition' to contain at least one operand.")
	}
	e, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	if t, more := p.peek(); more {
		return nil, complain("Missing operator before '%s'.", t.text)
	}
	return e, nil
}

// parseTemplate parses what stands between backticks: expressions, one after another, which
// are joined to a text. One alone keeps its type.
func parseTemplate(text string) (expression, error) {
	p, err := newParser(text)
	if err != nil {
		return nil, err
	}
	var parts []expression
	for {
		if _, more := p.peek(); !more {
			break
		}
		e, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return func(find lookup) any {
		var b strings.Builder
		for _, e := range parts {
			b.WriteString(asText(e(find)))
		}
		return b.String()
	}, nil
}

type token struct {
	kind string // reference, text, number, word, operator
	text string
}

var tokens = regexp.MustCompile(`^(?:(\$\{[^}]*\})|'((?:\\'|[^'])*)'|(\d+(?:\.\d+)?)|(true|false)|(==|!=|<=|>=|&&|\|\||[<>!()+\-*/%]))`)

type parser struct {
	tokens []token
	at     int
	depth  int // operands that are under way, one in the other
}

// deepest is how deep operands may be in one another [?]: each takes stack.
const deepest = 100

func newParser(text string) (*parser, error) {
	p := new(parser)
	for at := 0; at < len(text); {
		if text[at] == ' ' || text[at] == '\n' || text[at] == '\t' {
			at++
			continue
		}
		m := tokens.FindStringSubmatch(text[at:])
		if m == nil {
			return nil, complain("Unexpected character '%c' found at column %d.", text[at], at+1)
		}
		at += len(m[0])
		switch {
		case m[1] != "":
			p.tokens = append(p.tokens, token{"reference", m[1][2 : len(m[1])-1]})
		case m[3] != "":
			p.tokens = append(p.tokens, token{"number", m[3]})
		case m[4] != "":
			p.tokens = append(p.tokens, token{"word", m[4]})
		case m[5] != "":
			p.tokens = append(p.tokens, token{"operator", m[5]})
		default:
			p.tokens = append(p.tokens, token{"text", strings.ReplaceAll(m[2], `\'`, `'`)})
		}
	}
	return p, nil
}

func (p *parser) peek() (token, bool) {
	if p.at < len(p.tokens) {
		return p.tokens[p.at], true
	}
	return token{}, false
}

// levels are the operators that take two operands; later ones bind tighter.
var levels = []string{" || ", " && ", " == != ", " < > <= >= ", " + - ", " * / % "}

func (p *parser) binary(level int) (expression, error) {
	if level == len(levels) {
		return p.operand()
	}
	left, err := p.binary(level + 1)
	if err != nil {
		return nil, err
	}
	for {
		t, ok := p.peek()
		if !ok || t.kind != "operator" || !strings.Contains(levels[level], " "+t.text+" ") {
			return left, nil
		}
		p.at++
		right, err := p.binary(level + 1)
		if err != nil {
			return nil, err
		}
		a := left
		left = func(find lookup) any { return apply(t.text, a(find), right(find)) }
	}
}

func (p *parser) operand() (expression, error) {
	t, ok := p.peek()
	if !ok {
		return nil, complain("Missing operand after last operator.")
	}
	p.at++
	if p.depth++; p.depth > deepest {
		return nil, complain("More than %d operands are nested in one another.", deepest)
	}
	defer func() { p.depth-- }()
	constant := func(v any) (expression, error) { return func(lookup) any { return v }, nil }
	switch {
	case t.kind == "reference":
		return func(find lookup) any { return find(t.text) }, nil
	case t.kind == "text":
		return constant(t.text)
	case t.kind == "number":
		n, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return nil, complain("Invalid literal '%s'.", t.text)
		}
		return constant(n)
	case t.kind == "word":
		return constant(t.text == "true")
	case t.text == "!":
		e, err := p.operand()
		return func(find lookup) any { return !truth(e(find)) }, err
	case t.text == "-":
		e, err := p.operand()
		return func(find lookup) any { return apply("-", 0.0, e(find)) }, err
	case t.text == "(":
		e, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		if closing, ok := p.peek(); !ok || closing.text != ")" {
			return nil, complain("Missing closing parenthesis.")
		}
		p.at++
		return e, nil
	}
	return nil, complain("Invalid operator '%s' found.", t.text)
}
