package flow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// node is a JSON value with its place in the text.
type node struct {
	start, end int   // bytes
	fields     []key // of an object, in order
	items      []*node
	value      any // as encoding/json decodes it, with all that is in it
}

// key is a key of an object.
type key struct {
	name       string
	start, end int // with its quotation marks
	value      *node
}

// readNodes reads a JSON text.
func readNodes(text []byte) (*node, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("it is not UTF-8")
	}
	r := nodeReader{text, json.NewDecoder(bytes.NewReader(text))}
	root, err := r.read(mostNested)
	if err != nil {
		return nil, err
	}
	if _, err := r.dec.Token(); err != io.EOF {
		return nil, errors.New("something follows after its end")
	}
	return root, nil
}

type nodeReader struct {
	text []byte
	dec  *json.Decoder
}

// token returns the next token and where it is.
func (r nodeReader) token() (t json.Token, start, end int, err error) {
	start = int(r.dec.InputOffset())
	if t, err = r.dec.Token(); err != nil {
		return nil, 0, 0, err
	}
	for start < len(r.text) && bytes.IndexByte([]byte(" \t\r\n,:"), r.text[start]) >= 0 {
		start++
	}
	return t, start, int(r.dec.InputOffset()), nil
}

// mostNested is how deep values may be in one another [?].
const mostNested = 200

// read reads a value, in which others are at most so deep.
func (r nodeReader) read(deep int) (*node, error) {
	if deep == 0 {
		return nil, fmt.Errorf("more than %d values are nested in one another", mostNested)
	}
	t, start, end, err := r.token()
	if err != nil {
		return nil, err
	}
	n := &node{start: start, end: end, value: t}
	switch t {
	case json.Delim('{'):
		object := make(map[string]any)
		for r.dec.More() {
			name, from, to, err := r.token()
			if err != nil {
				return nil, err
			}
			value, err := r.read(deep - 1)
			if err != nil {
				return nil, err
			}
			text, ok := name.(string)
			if !ok {
				return nil, fmt.Errorf("%v is no key", name)
			}
			n.fields = append(n.fields, key{text, from, to, value})
			object[text] = value.value
		}
		n.value = object
	case json.Delim('['):
		list := []any{}
		for r.dec.More() {
			item, err := r.read(deep - 1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
			list = append(list, item.value)
		}
		n.value = list
	default:
		return n, nil
	}
	_, _, n.end, err = r.token()
	return n, err
}

// get returns the value of a key of an object, or nil.
func (n *node) get(name string) *node {
	if k := n.key(name); k != nil {
		return k.value
	}
	return nil
}

// key returns a key of an object, or nil. Of several with one name the last counts.
func (n *node) key(name string) (found *key) {
	if n == nil {
		return nil
	}
	for i := range n.fields {
		if n.fields[i].name == name {
			found = &n.fields[i]
		}
	}
	return found
}

// text returns a string, or "".
func (n *node) text() string {
	if n == nil {
		return ""
	}
	s, _ := n.value.(string)
	return s
}

// is tells whether the value is true.
func (n *node) is() bool { return n != nil && n.value == true }

// kind is the JSON type of the value.
func (n *node) kind() string { return kindOf(n.value) }

func kindOf(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case float64, int:
		return "number"
	case bool:
		return "boolean"
	case map[string]any:
		return "object"
	case []any:
		return "array"
	}
	return "null"
}
