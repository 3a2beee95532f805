package message

func location(m object) { m.place() }

// place reads a location, also one in a header of a template.
func (o object) place() {
	l := o.object("location")
	l.number("latitude", -90, 90)
	l.number("longitude", -180, 180)
	l.optionalText("name", unlimited)
	l.optionalText("address", unlimited)
}
