package steps

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"
)

// source is a feature file as it is written.
type source struct {
	lines        []string
	descriptions []description
	empty        []emptyScenario
	ids          map[string]int // lines of scenarios and steps, by Gherkin's id
	steps        map[string]int // lines of steps, by the scenario's name and what is played
	keywords     []string       // that steps begin with
}

// description is what stands between a scenario's or a background's head and its first
// step.
type description struct {
	head int // line
	text string
}

// emptyScenario is a scenario that has no steps.
type emptyScenario struct {
	line int
	name string
}

// readSource reads a feature file. What Gherkin cannot read is an error.
func readSource(path string) (*source, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("steps: read a feature: %w", err)
	}
	made := 0
	id := func() string { made++; return fmt.Sprint(made) }
	document, err := gherkin.ParseGherkinDocument(bytes.NewReader(text), id)
	if err != nil {
		return nil, fmt.Errorf("steps: read %s: %w", path, err)
	}
	s := &source{lines: strings.Split(string(text), "\n"), ids: make(map[string]int), steps: make(map[string]int)}
	if document.Feature == nil {
		return s, nil
	}
	for _, child := range document.Feature.Children {
		s.add(child.Background, child.Scenario)
		if child.Rule != nil {
			for _, inner := range child.Rule.Children {
				s.add(inner.Background, inner.Scenario)
			}
		}
	}
	for _, played := range gherkin.Pickles(*document, path, id) {
		if len(played.Steps) == 0 {
			s.empty = append(s.empty, emptyScenario{s.ids[played.AstNodeIds[0]], played.Name})
		}
		for _, step := range played.Steps {
			if key := played.Name + "\n" + step.Text; s.steps[key] == 0 {
				s.steps[key] = s.ids[step.AstNodeIds[0]]
			}
		}
	}
	dialect := gherkin.DialectsBuiltin().GetDialect(document.Feature.Language)
	for _, keyword := range dialect.StepKeywords() {
		if keyword = strings.TrimSpace(keyword); keyword != "*" {
			s.keywords = append(s.keywords, keyword)
		}
	}
	return s, nil
}

// add adds a background or a scenario; the other one is nil.
func (s *source) add(b *messages.Background, one *messages.Scenario) {
	if b != nil {
		one = &messages.Scenario{Location: b.Location, Description: b.Description, Steps: b.Steps}
	}
	if one == nil {
		return
	}
	s.ids[one.Id] = int(one.Location.Line)
	s.descriptions = append(s.descriptions, description{int(one.Location.Line), one.Description})
	for _, step := range one.Steps {
		s.ids[step.Id] = int(step.Location.Line)
	}
}
