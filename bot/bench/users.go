package main

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// userName names the n-th user by a number as long as most are.
func userName(n int) string { return fmt.Sprintf("+1555%07d", n) }

func userIndex(name string) (int, error) {
	digits, found := strings.CutPrefix(name, "+1555")
	if !found {
		return 0, fmt.Errorf("%q is no user of this run", name)
	}
	return strconv.Atoi(digits)
}

// messageID makes an id like WhatsApp's: the user's number and characters of its
// own, in base64, 66 in all.
func messageID(user string, n int) string {
	id := fmt.Sprintf("\x1d\x18\x0b%s\x15\x02\x00\x12\x18\x14%023X\x00", strings.TrimPrefix(user, "+"), n)
	return "wamid." + base64.StdEncoding.EncodeToString([]byte(id))
}
