package sim

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

// ParseDuration reads a time as scenarios write it: "15 seconds", "0.5 seconds",
// "1 day".
func ParseDuration(text string) (time.Duration, error) {
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.ParseFloat(number, 64)
	for _, u := range units {
		if strings.TrimSuffix(unit, "s") == u.name && err == nil && n >= 0 && n*float64(u.length) < float64(1<<62) {
			return time.Duration(math.Round(n * float64(u.length))), nil
		}
	}
	return 0, fmt.Errorf("%q is not a time like 15 seconds or 1 day", text)
}

// FormatDuration writes a time as [ParseDuration] reads it, in the largest unit of
// which it has at least one.
func FormatDuration(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	for _, u := range units {
		if d < u.length && u.length > time.Millisecond {
			continue
		}
		number := strconv.FormatFloat(float64(d)/float64(u.length), 'f', -1, 64)
		if number != "1" {
			u.name += "s"
		}
		return sign + number + " " + u.name
	}
	return ""
}
