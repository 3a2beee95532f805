// Package person knows the names of people in scenarios, chats and worlds.
//
//	if person.Name.MatchString("María José") {
//		fmt.Println("she can act in a scenario")
//	}
package person

import "regexp"

// Pattern matches a name: words that begin with a capital letter, or with a letter of a
// script that has none. They can have digits, dots, hyphens, apostrophes and underscores.
const Pattern = word + `(?: ` + word + `)*`

const word = `[\p{Lu}\p{Lt}\p{Lo}][\p{L}\p{M}\d_.'’-]*`

// Name matches a name and nothing else.
var Name = regexp.MustCompile(`^` + Pattern + `$`)
