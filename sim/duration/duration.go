// Package duration reads and writes lengths of time as scenarios do: "1 hour 30 minutes".
//
//	d, err := duration.Parse("1 hour 30 minutes")
//	fmt.Println(d, duration.Format(d))
package duration

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

var units = []struct {
	name   string
	length time.Duration
}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}, {"millisecond", time.Millisecond}}

// Parse reads a time as scenarios write it: "15 seconds", "0.5 seconds",
// "1 hour 30 minutes".
func Parse(text string) (time.Duration, error) {
	words := strings.Split(text, " ")
	sum := 0.0
	for len(words) > 1 {
		n, err := strconv.ParseFloat(words[0], 64)
		length := unit(words[1])
		if err != nil || n < 0 || length == 0 {
			break
		}
		sum, words = sum+n*float64(length), words[2:]
	}
	if len(words) > 0 || math.IsNaN(sum) || sum >= 1<<62 {
		return 0, fmt.Errorf("%q is not a time like 15 seconds or 1 hour 30 minutes", text)
	}
	return time.Duration(math.Round(sum)), nil
}

// unit returns how long a unit is; 0: there is no such unit.
func unit(name string) time.Duration {
	for _, u := range units {
		if strings.TrimSuffix(name, "s") == u.name {
			return u.length
		}
	}
	return 0
}

// Format writes a time as [Parse] reads it, in all units that it has some
// of: "1 day 1 hour", "1.5 seconds", "1 minute 20 milliseconds".
func Format(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	var parts []string
	add := func(n float64, name string) {
		number := strconv.FormatFloat(n, 'f', -1, 64)
		if number != "1" {
			name += "s"
		}
		parts = append(parts, number+" "+name)
	}
	for _, u := range units {
		switch {
		case d >= u.length && u.length > time.Second:
			add(float64(d/u.length), u.name)
			d %= u.length
		case d >= u.length && d > 0, u.length == time.Millisecond && (d > 0 || parts == nil):
			add(float64(d)/float64(u.length), u.name)
			d = 0
		}
	}
	return sign + strings.Join(parts, " ")
}
