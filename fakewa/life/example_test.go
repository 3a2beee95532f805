package life_test

import (
	"fmt"
	"net/http"

	"wappasim/fakewa"
	"wappasim/fakewa/life"
)

// People take a template badly: Meta pauses it.
func Example() {
	bot := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	wa := fakewa.New(fakewa.Config{Webhook: bot, Life: life.Settings{PaceFrom: 100, Tier: "TIER_250"}})
	defer wa.Close()

	if err := wa.Life.Rate("hello_world", "", "RED"); err != nil {
		fmt.Println(err)
	}
	fmt.Println(wa.Templates()[0].Status)
	// Output: PAUSED
}
