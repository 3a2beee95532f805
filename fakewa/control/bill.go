package control

import (
	"net/http"

	"wappasim/fakewa"
	"wappasim/fakewa/bill"
)

// getBill counts what the bot's messages cost.
func getBill(s *fakewa.Server, _ *http.Request) (any, error) { return bill.Of(s), nil }
