package bot

import "strings"

// UserID returns the form in which the bot keeps a user in keys and logs: "+"
// and digits for a number, however it was written. A business-scoped user id,
// which stands for a user without a number, stays as it is.
func UserID(s string) string {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune("+-() .", r) {
			return -1
		}
		return r
	}, s)
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return s
	}
	return "+" + digits
}
