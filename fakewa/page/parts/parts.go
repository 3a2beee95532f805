// Package parts has the pieces of pages that show what happened: phones, a list of events, an
// inspector, the keys in Redis. Each is a custom element in an ES module of its own; they know
// no server and no recording, and are told what to show. A module that imports from them is one
// script together with them:
//
//	script, err := parts.Script(module)
//
// A piece puts what people wrote into text nodes alone. Names at the top of the modules differ
// from each other, imports stand in one line each and exports begin a line: [Script]
// rests on that. Package parts serves nothing: it holds [Files].
package parts

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// Files are the modules and style sheets.
//
//go:embed *.js *.css
var Files embed.FS

// Modules are the names of the modules, each after those that it imports.
var Modules = []string{"element.js", "time.js", "readable.js", "phone.js", "timeline.js", "filters.js", "inspector.js", "keys.js"}

// Sheets are the names of the style sheets, in their order.
var Sheets = []string{"theme.css", "controls.css", "phone.css", "bubble.css", "events.css"}

var (
	imports = regexp.MustCompile(`(?m)^import [^\n]*\n`)
	exports = regexp.MustCompile(`(?m)^export `)
)

// Script returns all modules, and then one that imports from them, as one script without
// imports and exports.
func Script(last []byte) ([]byte, error) {
	var script strings.Builder
	for _, name := range Modules {
		module, err := fs.ReadFile(Files, name)
		if err != nil {
			return nil, fmt.Errorf("parts: read a module: %w", err)
		}
		script.Write(module)
	}
	script.Write(last)
	return exports.ReplaceAll(imports.ReplaceAll([]byte(script.String()), nil), nil), nil
}

// Style returns all style sheets, and then one more, as one.
func Style(last []byte) ([]byte, error) {
	var style []byte
	for _, name := range Sheets {
		sheet, err := fs.ReadFile(Files, name)
		if err != nil {
			return nil, fmt.Errorf("parts: read a style sheet: %w", err)
		}
		style = append(style, sheet...)
	}
	return append(style, last...), nil
}
