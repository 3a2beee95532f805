package dial

import (
	"crypto/sha256"
	"math/big"
	"strings"
)

// UserID returns the business-scoped id of a user, given by a number or by such an id of
// theirs. It is drawn from the user and from what it is for, which tells ids of one user
// apart: the same in each run.
func UserID(what, user string) string {
	user = Person(user)
	country, _, scoped := strings.Cut(user, ".")
	if !scoped {
		country = Country(user)
	}
	sum := sha256.Sum256([]byte(what + " " + user))
	return country + "." + new(big.Int).SetBytes(sum[:8]).String()
}
