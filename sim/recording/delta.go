package recording

import (
	"strings"
	"unicode/utf8"
)

// part is a part of a new value: of the old value what is from one place to another, counted as
// JavaScript does in UTF-16, or else a text.
type part any

// span is how many bytes of a text are looked for in the old value at once. What is shorter is
// written again.
const span = 32

// delta returns the parts that make a new value of an old one; nil: it is as well written anew.
// The texts must be UTF-8.
func delta(old, new string) (parts []part) {
	d := difference{old: old, new: new}
	begin := alike(old, new)
	if begin < span {
		begin = 0
	}
	end := alikeAtEnd(old[begin:], new[begin:])
	if end < span {
		end = 0
	}
	d.copy(0, begin)
	d.find(begin, len(old)-end, len(new)-end)
	d.copy(len(old)-end, len(old))
	if d.written+16*len(d.parts) >= len(new) {
		return nil
	}
	return d.parts
}

// difference is a delta that is being made.
type difference struct {
	old, new string
	parts    []part
	written  int // bytes of the texts in parts

	at, units int // a place in old, in bytes and in UTF-16
}

// find adds what makes the new value from a place on up to another: spans of the old value, from
// the same place on up to another, and what is between them.
func (d *difference) find(from, oldEnd, newEnd int) {
	places := make(map[string]int)
	if newEnd-from >= span {
		for at := from; at+span <= oldEnd; at += span {
			places[d.old[at:at+span]] = at
		}
	}
	told := from
	for at := from; at+span <= newEnd && len(places) > 0; {
		in, ok := places[d.new[at:at+span]]
		if !ok {
			at++
			continue
		}
		for at > told && in > from && d.new[at-1] == d.old[in-1] {
			at, in = at-1, in-1
		}
		for !utf8.RuneStart(d.new[at]) {
			at, in = at+1, in+1
		}
		length := alike(d.old[in:oldEnd], d.new[at:newEnd])
		d.write(d.new[told:at])
		d.copy(in, in+length)
		at += length
		told = at
	}
	d.write(d.new[told:newEnd])
}

func (d *difference) write(text string) {
	if text != "" {
		d.parts = append(d.parts, text)
		d.written += len(text)
	}
}

func (d *difference) copy(from, to int) {
	if from < to {
		d.parts = append(d.parts, [2]int{d.unitsAt(from), d.unitsAt(to)})
	}
}

// unitsAt returns how many units of UTF-16 are before a byte of the old value.
func (d *difference) unitsAt(at int) int {
	if at >= d.at {
		d.units += units(d.old[d.at:at])
	} else {
		d.units -= units(d.old[at:d.at])
	}
	d.at = at
	return d.units
}

// units returns how many units of UTF-16 a text has: a character of four bytes has two.
func units(text string) (n int) {
	for i := range len(text) {
		if utf8.RuneStart(text[i]) {
			n++
		}
		if text[i] >= 0xF0 {
			n++
		}
	}
	return n
}

const stride = 256 // bytes that are compared at once, for speed

// alike returns how many bytes of whole characters two texts begin with alike.
func alike(a, b string) (n int) {
	for n+stride <= min(len(a), len(b)) && a[n:n+stride] == b[n:n+stride] {
		n += stride
	}
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	for n > 0 && !(whole(a, n) && whole(b, n)) {
		n--
	}
	return n
}

// alikeAtEnd is alike for the ends of texts.
func alikeAtEnd(a, b string) (n int) {
	for n+stride <= min(len(a), len(b)) && a[len(a)-n-stride:len(a)-n] == b[len(b)-n-stride:len(b)-n] {
		n += stride
	}
	for n < min(len(a), len(b)) && a[len(a)-n-1] == b[len(b)-n-1] {
		n++
	}
	for n > 0 && !utf8.RuneStart(a[len(a)-n]) {
		n--
	}
	return n
}

// whole tells whether a character ends before a byte of a text.
func whole(text string, at int) bool { return at == len(text) || utf8.RuneStart(text[at]) }

// valid returns a text as JSON has it: what is no UTF-8 is replaced.
func valid(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return strings.Map(func(r rune) rune { return r }, text)
}
