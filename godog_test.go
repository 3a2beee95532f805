// Package wappasim_test lets a bare "godog" at the root run the scenarios in
// features. Without it, godog finds no steps there and reports success.
package wappasim_test

import (
	"github.com/cucumber/godog"

	"wappasim/features"
)

// InitializeScenario is what the godog command looks for.
func InitializeScenario(sc *godog.ScenarioContext) { features.Register(sc) }
