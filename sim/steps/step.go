package steps

import (
	"context"
	"errors"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/cucumber/godog"

	"wappasim/sim/internal/person"
)

// step is one step of the language: how it is written, and what it does.
type step struct {
	// pattern is a regular expression of the whole step, in which {who} stands for a person,
	// {text} for words in quotation marks and {time} for a length of time.
	pattern string
	example string // as people write it
	meaning string // a sentence
	do      any    // the function that godog calls, with a parameter for each group
}

const (
	// who matches a person in a step.
	who = `(\+\d+|` + person.Pattern + `)`

	// quoted matches words in quotation marks, with \" for one among them.
	quoted = `"((?:\\"|[^"])*)"`

	// lasts matches a length of time: "15 seconds", "1 hour 30 minutes".
	lasts = `(\S+ [a-z]+(?: \d\S* [a-z]+)*)`
)

var inPatterns = strings.NewReplacer("{who}", who, "{text}", quoted, "{time}", lasts)

// expression returns the pattern as a regular expression.
func expression(pattern string) string { return "^" + inPatterns.Replace(pattern) + "$" }

// expressions are those of all steps, in the order of the chapters: each scenario needs them.
var expressions = sync.OnceValue(func() (all []*regexp.Regexp) {
	for _, c := range (&scenario{}).chapters() {
		for _, one := range c.steps {
			all = append(all, regexp.MustCompile(expression(one.pattern)))
		}
	}
	return all
})

// call returns do for godog: with quotation marks in the place of \", and with errors
// whose lines stand under the first one.
func (s step) call() any {
	do := reflect.ValueOf(s.do)
	return reflect.MakeFunc(do.Type(), func(args []reflect.Value) []reflect.Value {
		for i, arg := range args {
			if arg.Kind() == reflect.String && strings.Contains(s.pattern, "{text}") {
				args[i] = reflect.ValueOf(strings.ReplaceAll(arg.String(), `\"`, `"`))
			}
		}
		results := do.Call(args)
		for i, result := range results {
			if err, ok := result.Interface().(error); ok {
				results[i] = reflect.ValueOf(&indentedError{err}).Convert(errorType)
			}
		}
		return results
	}).Interface()
}

var errorType = reflect.TypeFor[error]()

// indentedError is an error under whose first line the others stand indented, as godog's
// reports have it.
type indentedError struct{ error }

const underError = "        "

func (e *indentedError) Error() string {
	return strings.ReplaceAll(strings.TrimRight(e.error.Error(), "\n"), "\n", "\n"+underError)
}

func (e *indentedError) Unwrap() error { return e.error }

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
		{"People write", "A person is a name or a number. Each message is one webhook to the bot.", append(s.peopleSteps(), s.revisionSteps()...)},
		{"People fill in flows", "A flow is a form of several screens, which a message of the bot opens. Its endpoint, if it has one, is the bot's, and what is said to it is encrypted.", s.flowSteps()},
		{"What people receive", "A step looks at the messages since the last step that looked at those of the same person.", s.receivedSteps()},
		{"Time", "Time stands still but in these steps, and in those that say within how long.", s.timeSteps()},
		{"Webhooks", "", s.webhookSteps()},
		{"The business calls WhatsApp", "What the business does without its bot, and how WhatsApp answers.", append(s.businessSteps(), s.templateSteps()...)},
		{"Templates' life, and whom the business may write to", "What Meta does as people take the messages of the business. Quality and limits have their numbers in docs/fakewa.md.", s.lifeSteps()},
		{"Who is who", "How WhatsApp names people: by a number, which may have two spellings, and by a user id.", s.identitySteps()},
		{"Calls", "Signals only: nobody hears anything.", s.callSteps()},
		{"Groups", "A group is named by its subject. What the bot sends to a group, each member receives.", s.groupSteps()},
		{"Meta and its bill", "", s.noticeSteps()},
		{"The WhatsApp Business app", "What somebody of the business does there, beside the bot: coexistence.", s.coexistenceSteps()},
		{"Redis", "Steps that look into the Redis of the world.", s.redisSteps()},
		{"Services", "What the bot calls beside WhatsApp. A service is named by its host, as in pay.example.com, and its path if it has one. A program puts services into the world with sim.Service; a step can put a language model there.", s.serviceSteps()},
		{"Runs of an exploration", "A failure of an exploration is written as a scenario with these steps; docs/exploration.md says more.", s.explorationSteps()},
		{faultsTitle, "A fault that lasts ends with its time, or when all faults heal. {for} and {by} are times, {n} and {code} numbers, {point} is \"before\" or \"after\" and \"Redis command\", \"API call\" or \"service call\", {service} \"any service\" or the likes of \"the service pay.example.com\", {like} a regular expression in quotes.", s.faultSteps()},
	}
}

// register adds all steps to a suite's scenario.
func (s *scenario) register(sc *godog.ScenarioContext) {
	sc.Before(func(ctx context.Context, _ *godog.Scenario) (context.Context, error) {
		return context.WithValue(ctx, scenarioKey{}, s), nil
	})
	n := 0
	for _, c := range s.chapters() {
		for _, one := range c.steps {
			sc.Step(expressions()[n], one.call())
			n++
		}
	}
	sc.StepContext().After(func(ctx context.Context, one *godog.Step, status godog.StepResultStatus, _ error) (context.Context, error) {
		if status != godog.StepUndefined {
			return ctx, nil
		}
		return ctx, errors.New(unknown(one.Text)) // godog adds its own error, which makes the step undefined
	})
	sc.After(s.end)
}
