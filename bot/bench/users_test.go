package main

import "testing"

func TestUsers(t *testing.T) {
	name := userName(1234567)
	if n, err := userIndex(name); n != 1234567 || err != nil {
		t.Errorf("user %s is %d, %v", name, n, err)
	}
	if _, err := userIndex("+34600000000"); err == nil {
		t.Error("somebody else is a user of this run")
	}
	if a, b := messageID(name, 1), messageID(name, 2); len(a) != 66 || a == b {
		t.Errorf("message ids are %q and %q", a, b)
	}
}
