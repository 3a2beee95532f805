package steps

import (
	"strings"

	"github.com/cucumber/godog"
)

// step is one step of the language: how it is written, and what it does.
type step struct {
	pattern string // a regular expression of the whole step
	example string // as people write it
	meaning string // a sentence
	do      any    // the function that godog calls, with a parameter for each group
}

// faultsTitle is the chapter whose steps are listed as sentences.
const faultsTitle = "Faults"

// chapter is a group of steps about one subject.
type chapter struct {
	title string
	about string
	steps []step
}

// chapters returns all steps, in the order in which a newcomer reads of them.
func (s *scenario) chapters() []chapter {
	return []chapter{
		{"The beginning", "These steps come first; the world begins with the first step of another kind.", s.settingSteps()},
		{"People write", "A person is a name or a number. Each message is one webhook to the bot.", s.peopleSteps()},
		{"What people receive", "A step looks at the messages since the last step that looked at those of the same person.", s.receivedSteps()},
		{"Time", "Time stands still between steps.", s.timeSteps()},
		{"Webhooks", "", s.webhookSteps()},
		{"The business calls WhatsApp", "What the business does without its bot, and how WhatsApp answers.", s.businessSteps()},
		{"Redis", "Steps that look into the Redis of the world.", s.redisSteps()},
		{"Runs of an exploration", "A failure of an exploration is written as a scenario with these steps; docs/exploration.md says more.", s.explorationSteps()},
		{faultsTitle, "A fault that lasts ends with its time, or when all faults heal. {for} and {by} are times, {n} and {code} numbers, {point} is \"before\" or \"after\" and \"Redis command\" or \"API call\", {like} a regular expression in quotes.", s.faultSteps()},
	}
}

// register adds all steps to a suite's scenario.
func (s *scenario) register(sc *godog.ScenarioContext) {
	for _, c := range s.chapters() {
		for _, one := range c.steps {
			sc.Step("^"+strings.ReplaceAll(one.pattern, "{who}", who)+"$", one.do)
		}
	}
	sc.After(s.end)
}
