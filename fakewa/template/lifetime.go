package template

import (
	"strings"

	"wappasim/fakewa/internal/params"
)

// lifetimes are the seconds for which the messages of a template are tried, by category: the
// least and the most that its creator may choose [Meta's pages of templates].
var lifetimes = map[string][2]int{
	"AUTHENTICATION": {30, 15 * 60},
	"UTILITY":        {30, 12 * 60 * 60},
	"MARKETING":      {12 * 60 * 60, 30 * 24 * 60 * 60},
}

// CheckLifetime refuses a call that creates or edits a template for its
// message_send_ttl_seconds. -1 is the longest time that there is.
func CheckLifetime(f params.Fields, category string) {
	n := f.Integer("message_send_ttl_seconds")
	between, ok := lifetimes[strings.ToUpper(category)]
	if n != 0 && n != -1 && ok && (n < between[0] || n > between[1]) {
		f.Refuse("message_send_ttl_seconds", "is %d; that of a template of the category %s must be from %d to %d.", n, strings.ToUpper(category), between[0], between[1])
	}
}
