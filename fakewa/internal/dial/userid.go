package dial

import (
	"crypto/sha256"
	"math/big"
	"strings"
)

// UserID returns a business-scoped id of a user, given by a number or by such an id of
// theirs. It is drawn from the user and from what it is for, which tells the ids of one
// user apart: the same in each run.
func UserID(what, user string) string {
	user = Person(user)
	country, _, scoped := strings.Cut(user, ".")
	if !scoped {
		country = Country(user)
	}
	sum := sha256.Sum256([]byte(what + " " + user))
	return country + "." + new(big.Int).SetBytes(sum[:8]).String()
}

// ParentID returns the id of a user in all linked portfolios.
func ParentID(user string) string {
	country, id, _ := strings.Cut(UserID("parent", user), ".")
	return country + ".ENT." + id
}
