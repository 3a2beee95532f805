package message

import (
	"math"
	"strconv"
)

// number returns a number, which must be from min to max. It may be in quotes, as
// some are in Meta's examples.
func (o object) number(name string, min, max float64) float64 {
	o.note(name, min, func(f *fact) { f.required = true })
	if !o.present(name) {
		o.missing(name, "is missing; it must be a number.")
		return 0
	}
	var n float64
	switch value := o.fields[name].(type) {
	case float64:
		n = value
	case string:
		var err error
		if n, err = strconv.ParseFloat(value, 64); err != nil {
			o.misshapen("Param %s must be a number.", name, "is %.60q; it must be a number.", value)
		}
	default:
		o.mustBe("a number", name)
	}
	if !(min <= n && n <= max) { // NaN is not
		o.refuse(131009, name, "is %v; it must be from %v to %v.", n, min, max) // [?]
	}
	return n
}

// integer is number for whole numbers.
func (o object) integer(name string, min, max float64) int {
	n := o.number(name, min, max)
	if n != math.Trunc(n) {
		o.misshapen("Param %s must be an integer.", name, "is %v; it must be a whole number.", n)
	}
	return int(n)
}
