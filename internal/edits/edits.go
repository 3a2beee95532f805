// Package edits finds the known word or sentence that somebody may have meant.
//
//	fmt.Println(edits.Nearest("webhok", []string{"token", "webhook"})) // webhook
package edits

import (
	"cmp"
	"slices"
)

// Nearest returns the known text with the fewest edits from what was given, the first of
// several, or "" if a quarter of the letters or more would have to change.
func Nearest(given string, known []string) string {
	if len(known) == 0 {
		return ""
	}
	nearest := slices.MinFunc(known, func(a, b string) int { return cmp.Compare(Distance(given, a), Distance(given, b)) })
	if Distance(given, nearest) > 1+len([]rune(given))/4 {
		return ""
	}
	return nearest
}

// Distance returns how many letters must be added, left out or changed to turn a into b.
func Distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1) // edits from the start of a so far to each start of b
	for j := range row {
		row[j] = j
	}
	for i := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j := range to {
			change := diagonal
			if from[i] != to[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
