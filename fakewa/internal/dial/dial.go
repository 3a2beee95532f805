// Package dial knows which phone numbers are one person in two spellings, and which of
// them WhatsApp gives as the person's wa_id.
//
//	Mexico     52 and 10 digits, or 521 and them            wa_id has 521
//	Argentina  54, area and number; or 549 and them, which  wa_id has 549
//	           may have 15 between the two
//	Brazil     55, area and 8 digits, or 9 and them         wa_id is as the person registered
//
// Numbers are "+" and digits. It does not know whether a number exists.
package dial

import "strings"

// WaID returns the spelling that WhatsApp gives to a number. A number of Brazil it returns
// as it is: only the person knows how they registered.
func WaID(number string) string {
	switch rest, code := split(number); {
	case code == "52" && len(rest) == 10:
		return "+521" + rest
	case code == "54" && len(rest) > 9:
		local, _ := strings.CutPrefix(rest, "9")
		if local = without15(local); len(local) == 10 {
			return "+549" + local
		}
	}
	return number
}

// Person returns one spelling for all of a person's: the same for two numbers if they are
// one person.
func Person(number string) string {
	if rest, code := split(number); code == "55" && len(rest) == 11 && rest[2] == '9' {
		return "+55" + rest[:2] + rest[3:]
	}
	return WaID(number)
}

// split cuts the calling code off a number, if it is one of those with two spellings.
func split(number string) (rest, code string) {
	if len(number) < 3 || number[:2] != "+5" || number[2] != '2' && number[2] != '4' && number[2] != '5' {
		return number, ""
	}
	return number[3:], number[1:3]
}

// without15 drops the 15 that people in Argentina dial between area and number of a mobile
// phone. Area codes have 2 digits in Buenos Aires, and 3 or 4 elsewhere.
func without15(local string) string {
	if len(local) != 12 {
		return local
	}
	areas := []int{3, 4}
	if strings.HasPrefix(local, "11") {
		areas = []int{2}
	}
	for _, area := range areas {
		if local[area:area+2] == "15" {
			return local[:area] + local[area+2:]
		}
	}
	return local
}
