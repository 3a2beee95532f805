package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wappasim/fakewa/flow"
)

// routed is a flow with an endpoint and screens A, B and C.
func routed(model string) string {
	var screens []string
	for _, id := range []string{"A", "B", "C"} {
		screens = append(screens, fmt.Sprintf(`{"id":%q,"title":"t","terminal":true,"layout":{"type":"SingleColumnLayout","children":[{"type":"Footer","label":"x","on-click-action":{"name":"complete","payload":{}}}]}}`, id))
	}
	return `{"version":"7.0","data_api_version":"3.0","routing_model":` + model + `,"screens":[` + strings.Join(screens, ",") + `]}`
}

// TestRouting wants each mistake in a routing model to be told in Meta's words, and nothing else.
func TestRouting(t *testing.T) {
	for model, want := range map[string][]string{
		`{"A":["B"],"B":["C"],"C":[]}`:        nil,
		`{"A":["B","C"],"B":["C"],"C":[]}`:    nil,
		`{"A":["B"],"B":["A","C"],"C":[]}`:    {"Backward route [B->A] corresponding to forward route [A->B] is not allowed", "No entry screen found"},
		`{"A":["B"],"B":["C"],"C":["B"]}`:     {"Backward route [C->B]"},
		`{"A":["B"],"B":["C"],"C":["A"]}`:     {"Loop detected in the routing model for screens: (A, B, C).", "No entry screen found"},
		`{"A":["B"],"B":["B","C"],"C":[]}`:    {"Loop detected in the routing model for screens: (B)."},
		`{"A":["B"],"B":[],"C":[]}`:           {"Following screens are not connected with the rest of the screens: (C)."},
		`{"A":["B","C"],"B":[]}`:              {"Following screens are missing in the routing model: (C)."},
		`{"A":["B"],"B":["C"],"C":[],"D":[]}`: {"Invalid screens found in the routing model: (D)."},
		`{"A":["B","D"],"B":["C"],"C":[]}`:    {"Invalid screen found in the routing model: D."},
	} {
		problems := flow.Check([]byte(routed(model)))
		same := slices.EqualFunc(problems, want, func(p flow.Problem, words string) bool {
			return p.Code == "INVALID_ROUTING_MODEL" && strings.HasPrefix(p.Message, words)
		})
		if !same {
			t.Errorf("%s: got %v, want %q", model, problems, want)
		}
	}
}
