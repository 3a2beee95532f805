package flow

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Problem is what is wrong with a definition: a validation error, in Meta's form. Lines and
// columns count from 1; columns are characters, and the end is the last one that belongs to
// the place.
type Problem struct {
	Code    string `json:"error"`      // of Meta's list of static validation errors: INVALID_PROPERTY_KEY, …
	Type    string `json:"error_type"` // FLOW_JSON_ERROR; older answers have JSON_SCHEMA_ERROR [?]
	Message string `json:"message"`
	Place
	Pointers []Pointer `json:"pointers"`
}

// Place is a part of the text.
type Place struct {
	LineStart   int `json:"line_start"`
	LineEnd     int `json:"line_end"`
	ColumnStart int `json:"column_start"`
	ColumnEnd   int `json:"column_end"`
}

// Pointer is a place and the path to it, like screens[0].layout.children[2].label.
type Pointer struct {
	Place
	Path string `json:"path"`
}

func (p Problem) String() string {
	return fmt.Sprintf("%s in line %d, at %s: %s", p.Code, p.LineStart, p.Pointers[0].Path, p.Message)
}

// place returns the place of some bytes of a text.
func place(text []byte, start, end int) Place {
	line, column := position(text, start)
	lastLine, lastColumn := position(text, max(end-1, start))
	return Place{line, lastLine, column, lastColumn}
}

func position(text []byte, at int) (line, column int) {
	before := text[:min(at, len(text))]
	last := bytes.LastIndexByte(before, '\n')
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[last+1:]) + 1
}
