package features_test

import (
	"testing"

	"github.com/cucumber/godog"

	"wappasim/features"
)

func TestFeatures(t *testing.T) {
	suite := godog.TestSuite{
		Name:                "features",
		ScenarioInitializer: InitializeScenario,
		Options:             &godog.Options{Format: "pretty", Paths: []string{"."}, Strict: true, Randomize: -1, TestingT: t, NoColors: true},
	}
	if suite.Run() != 0 {
		t.Error("scenarios failed")
	}
}

// InitializeScenario is what the godog command looks for.
func InitializeScenario(sc *godog.ScenarioContext) { features.Register(sc) }
