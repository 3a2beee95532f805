package steps

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/cucumber/godog"
)

// The elements of a JUnit report, as CI systems read it.
type (
	junitSuites struct {
		XMLName xml.Name      `xml:"testsuites"`
		Name    string        `xml:"name,attr"`
		Suites  []*junitSuite `xml:"testsuite"`
		junitCounts
	}
	junitSuite struct {
		Name  string      `xml:"name,attr"`
		Cases []junitCase `xml:"testcase"`
		junitCounts
	}
	junitCounts struct {
		Tests    int    `xml:"tests,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Time     string `xml:"time,attr"` // in seconds
		seconds  float64
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Skipped *junitMessage `xml:"skipped"`
		Failure *junitMessage `xml:"failure"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
	}
)

func (c *junitCounts) add(one *result) {
	c.Tests++
	switch one.status {
	case godog.StepPassed:
	case godog.StepSkipped:
		c.Skipped++
	default:
		c.Failures++
	}
	c.seconds += one.ended.Sub(one.began).Seconds()
	c.Time = strconv.FormatFloat(c.seconds, 'f', 3, 64)
}

// WriteJUnit writes the results as a JUnit report, with a test suite for each feature.
// A skipped scenario is <skipped> with its reason, and counted as skipped.
func (r *Results) WriteJUnit(w io.Writer, name string) error {
	r.mu.Lock()
	scenarios := slices.Clone(r.scenarios)
	r.mu.Unlock()
	slices.SortStableFunc(scenarios, func(a, b *result) int { return cmp.Compare(a.feature, b.feature) })
	report := junitSuites{Name: name}
	for _, one := range scenarios {
		report.add(one)
		if n := len(report.Suites); n == 0 || report.Suites[n-1].Name != one.feature {
			report.Suites = append(report.Suites, &junitSuite{Name: one.feature})
		}
		suite := report.Suites[len(report.Suites)-1]
		suite.add(one)
		c := junitCase{Name: one.name, Class: one.feature, Time: strconv.FormatFloat(one.ended.Sub(one.began).Seconds(), 'f', 3, 64)}
		switch one.status {
		case godog.StepPassed:
		case godog.StepSkipped:
			c.Skipped = &junitMessage{one.why}
		default:
			c.Failure = &junitMessage{one.why}
		}
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("steps: write the JUnit report: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(report); err != nil {
		return fmt.Errorf("steps: write the JUnit report: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}
