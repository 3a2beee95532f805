package message

var locationCase = typeCase{
	smallest: given{body: j{"location": j{"latitude": 0, "longitude": 0}}},
	largest:  given{body: j{"location": j{"latitude": "-90", "longitude": 180, "name": "Meta", "address": "1 Hacker Way"}}},
	refusals: placeRefusals("location", "is missing; it must be an object."),
}

// placeRefusals are the refusals of a location in a field. missing is why it is refused
// without it.
func placeRefusals(at, missing string) []refusal {
	return []refusal{
		{at, gone{}, 100, missing, ""},
		{at, 1, 100, "is a number; it must be an object.", ""},
		{at + ".latitude", gone{}, 100, "is missing; it must be a number.", ""},
		{at + ".latitude", true, 100, "is a boolean; it must be a number.", ""},
		{at + ".latitude", "north", 100, `is "north"; it must be a number.`, ""},
		{at + ".latitude", "NaN", 131009, "is NaN; it must be from -90 to 90.", ""},
		{at + ".latitude", 90.5, 131009, "is 90.5; it must be from -90 to 90.", ""},
		{at + ".longitude", gone{}, 100, "is missing; it must be a number.", ""},
		{at + ".longitude", "-180.1", 131009, "is -180.1; it must be from -180 to 180.", ""},
		{at + ".name", 1, 100, "is a number; it must be a string.", ""},
		{at + ".address", a{}, 100, "is an array; it must be a string.", ""},
	}
}
