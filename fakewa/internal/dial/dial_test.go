package dial

import (
	"strings"
	"testing"
)

// TestSpellings has the table of numbers that are one person in two spellings, as reports
// have it: chatwoot#13932 and vocero-crm#35 for Mexico and Argentina, netflie#39 and
// chatwoot#14277 for Brazil.
func TestSpellings(t *testing.T) {
	for _, c := range []struct{ what, number, waID, person string }{
		{"Mexico as people dial", "+525512345678", "+5215512345678", "+5215512345678"},
		{"Mexico as WhatsApp has it", "+5215512345678", "+5215512345678", "+5215512345678"},
		{"Mexico, an area that begins with 1", "+521234567890", "+5211234567890", "+5211234567890"},
		{"Mexico, a digit short", "+52551234567", "+52551234567", "+52551234567"},
		{"Mexico, a digit more", "+5255123456789", "+5255123456789", "+5255123456789"},

		{"Argentina as people dial", "+541155550101", "+5491155550101", "+5491155550101"},
		{"Argentina as WhatsApp has it", "+5491155550101", "+5491155550101", "+5491155550101"},
		{"Argentina with a local 15", "+54111555550101", "+5491155550101", "+5491155550101"},
		{"Argentina with 9 and a local 15", "+549111555550101", "+5491155550101", "+5491155550101"},
		{"Argentina, an area of 3 digits", "+54351155550101", "+5493515550101", "+5493515550101"},
		{"Argentina, an area of 4 digits", "+54292115550101", "+5492921550101", "+5492921550101"},
		{"Argentina, 12 digits without 15", "+54111655550101", "+54111655550101", "+54111655550101"},
		{"Argentina, a digit short", "+54115555010", "+54115555010", "+54115555010"},

		{"Brazil without the ninth digit", "+553155550101", "+553155550101", "+553155550101"},
		{"Brazil with it", "+5531955550101", "+5531955550101", "+553155550101"},
		{"Brazil, 11 digits of another kind", "+5531855550101", "+5531855550101", "+5531855550101"},

		{"elsewhere", "+16505551234", "+16505551234", "+16505551234"},
		{"Colombia", "+573001234567", "+573001234567", "+573001234567"},
		{"a short number", "+5", "+5", "+5"},
		{"a business-scoped id", "US.13491208655302741918", "US.13491208655302741918", "US.13491208655302741918"},
		{"nothing", "", "", ""},
	} {
		if got := WaID(c.number); got != c.waID {
			t.Errorf("%s: the wa_id of %s is %s, want %s", c.what, c.number, got, c.waID)
		}
		if got := Person(c.number); got != c.person {
			t.Errorf("%s: %s is the person %s, want %s", c.what, c.number, got, c.person)
		}
		if again := WaID(WaID(c.number)); again != c.waID {
			t.Errorf("%s: the wa_id of a wa_id is %s, want %s", c.what, again, c.waID)
		}
		if again := Person(Person(c.number)); again != c.person {
			t.Errorf("%s: the person of a person is %s, want %s", c.what, again, c.person)
		}
	}
}

func TestCountry(t *testing.T) {
	for number, want := range map[string]string{
		"+16505551234": "US", "+5215512345678": "MX", "+553155550101": "BR", "+5491155550101": "AR",
		"+447911123456": "GB", "+593991234567": "EC", "+972501234567": "IL", "+999": "US", "": "US", "US.1": "US",
	} {
		if got := Country(number); got != want {
			t.Errorf("%q: got %s, want %s", number, got, want)
		}
	}
	for code, country := range countries {
		for longer := range countries {
			if len(longer) > len(code) && longer[:len(code)] == code {
				t.Errorf("no number of %s is found: %s begins with %s", countries[longer], longer, code+" "+country)
			}
		}
	}
}

func TestUserID(t *testing.T) {
	if one, other := UserID("user", "+553155550101"), UserID("user", "+5531955550101"); one != other || one[:3] != "BR." {
		t.Errorf("one person has the ids %s and %s", one, other)
	}
	if id := ParentID("+16505551234"); !strings.HasPrefix(id, "US.ENT.") || id != ParentID("+16505551234") {
		t.Errorf("the parent id is %s", id)
	}
	for _, other := range []string{UserID("user 1", "+16505551234"), UserID("user", "+16505551235"), UserID("user", "US.15350878535718998914")} {
		if id := UserID("user", "+16505551234"); id == other || other[:3] != "US." {
			t.Errorf("%s is given twice", id)
		}
	}
}
