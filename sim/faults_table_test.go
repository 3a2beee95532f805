package sim

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"wappasim/sim/trace"
)

// declaredKinds returns the constants of type FaultKind in fault.go.
func declaredKinds(t *testing.T) (kinds []FaultKind) {
	t.Helper()
	file, err := parser.ParseFile(gotoken.NewFileSet(), "fault.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "FaultKind" {
			kind, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			kinds = append(kinds, FaultKind(kind))
		}
		return true
	})
	return kinds
}

// TestEveryFaultKindHasARow compares the constants with the table's rows.
func TestEveryFaultKindHasARow(t *testing.T) {
	var rows []FaultKind
	for _, row := range faults {
		rows = append(rows, row.kind)
	}
	if declared := declaredKinds(t); !slices.Equal(rows, declared) {
		t.Errorf("the table has\n%q\nand the constants are\n%q", rows, declared)
	}
}

var sampleValues = strings.NewReplacer("{replica}", "2", "{n}", "3", "{code}", "131000", "{by}", "1.5 seconds", "{for}", "2 minutes", "{point}", afterAPI, "{like}", `"x.*y"`, "{service}", "the service pay.example.com")

// TestEveryFaultCanBeSaid reads each sentence of each row, and writes it back.
func TestEveryFaultCanBeSaid(t *testing.T) {
	for _, row := range faults {
		if len(row.forms) == 0 {
			t.Errorf("%s: there is no sentence for it", row.kind)
		}
		for _, text := range row.forms {
			sentence := sampleValues.Replace(text)
			if f, err := ParseFault(sentence); err != nil || f.Kind != row.kind || f.String() != sentence {
				t.Errorf("%s: %q is read as %+v and written as %q, %v", row.kind, sentence, f, f, err)
			}
		}
	}
}

// TestEveryFaultIsDrawnOrSaysWhyNot looks for each kind in workloads that have it,
// and reads what is drawn as a sentence.
func TestEveryFaultIsDrawnOrSaysWhyNot(t *testing.T) {
	for _, row := range faults {
		if (row.draw == nil) == (row.undrawn == "") {
			t.Errorf("%s: want either draw or undrawn", row.kind)
		}
		if inAll := slices.Contains(AllFaults, row.kind); inAll != (row.draw != nil) {
			t.Errorf("%s: drawn: %t, in AllFaults: %t", row.kind, row.draw != nil, inAll)
		}
		workload, err := Workload{Faults: []FaultKind{row.kind}, Options: []Option{payments}}.complete()
		if row.draw == nil {
			if err == nil {
				t.Errorf("%s: a workload takes it", row.kind)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", row.kind, err)
			continue
		}
		drawn := 0
		for seed := range uint64(20) {
			for _, step := range workload.schedule(seed).turns {
				if step.who >= 0 {
					continue
				}
				drawn++
				if read, err := ParseFault(step.fault.String()); step.fault.Kind != row.kind || err != nil || read != step.fault {
					t.Errorf("%s: drawn is %+v, written as %q and read as %+v, %v", row.kind, step.fault, step.fault, read, err)
				}
			}
		}
		if drawn == 0 {
			t.Errorf("%s: 20 seeds have not one", row.kind)
		}
	}
}

// TestFaultsOfServicesNeedAService wants the steps of a workload without services to be those
// that it has without the faults of services; with a service there are some.
func TestFaultsOfServicesNeedAService(t *testing.T) {
	var others []FaultKind
	for _, k := range AllFaults {
		if !k.ofService() {
			others = append(others, k)
		}
	}
	if len(AllFaults)-len(others) != 4 {
		t.Errorf("%d of %d kinds are not of services", len(others), len(AllFaults))
	}
	steps := func(seed uint64, faults []FaultKind, options ...Option) (all string, ofService bool) {
		w, err := Workload{Faults: faults, Options: options}.complete()
		if err != nil {
			t.Fatal(err)
		}
		drawn := w.schedule(seed).turns
		return fmt.Sprint(drawn), slices.ContainsFunc(drawn, func(t turn) bool { return t.fault.Kind.ofService() || t.fault.Point == beforeService })
	}
	found := false
	for seed := range uint64(50) {
		with, ofService := steps(seed, AllFaults)
		if without, _ := steps(seed, others); ofService || with != without {
			t.Errorf("seed %d has\n%s\nand without the faults of services\n%s", seed, with, without)
		}
		_, some := steps(seed, AllFaults, payments)
		found = found || some
	}
	if !found {
		t.Error("with a service, 50 seeds have no fault of it")
	}
}

// TestEveryFaultIsLiveOrSaysWhyNot wants a fault that the fake can play, or the
// reason why a running bot cannot have it.
func TestEveryFaultIsLiveOrSaysWhyNot(t *testing.T) {
	for _, row := range faults {
		if (row.api == nil) == (row.needsWorld == "") || (row.api == nil) == (row.apply == nil) {
			t.Errorf("%s: want either api, or apply and needsWorld", row.kind)
		}
		for _, text := range row.forms {
			f, err := ParseFault(sampleValues.Replace(text))
			if err != nil {
				t.Errorf("%s: %v", row.kind, err)
				continue
			}
			played, lasts, why := f.Live()
			if err := played.Check(); (err == nil) == (why != "") || why == "" && lasts != f.For {
				t.Errorf("%q: Live returns %+v, %s, %q: %v", text, played, lasts, why, err)
			}
		}
	}
}

// payments is a service that finds nothing.
var payments = Service("https://pay.example.com", http.NotFoundHandler())

type idle struct{}

func (idle) ServeHTTP(http.ResponseWriter, *http.Request) {}
func (idle) Run(ctx context.Context) error                { <-ctx.Done(); return nil }

// TestEveryFaultCanBeApplied injects each sentence into a world, lets it end and
// looks for it in the trace.
func TestEveryFaultCanBeApplied(t *testing.T) {
	for _, row := range faults {
		for _, text := range row.forms {
			sentence := sampleValues.Replace(text)
			if row.kind == ServiceAnswers {
				sentence = strings.ReplaceAll(sentence, "131000", "503")
			}
			f, err := ParseFault(sentence)
			if err != nil {
				t.Errorf("%s: %v", row.kind, err)
				continue
			}
			w, err := New(func(Env) (App, error) { return idle{}, nil }, Test(t), Replicas(2), payments)
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range []error{w.Inject(f), w.Wait(3 * time.Minute), w.Inject(Fault{Kind: Heal}), w.Say("Ana", "hello")} {
				if err != nil {
					t.Errorf("%q: %v", sentence, err)
				}
			}
			if !slices.ContainsFunc(w.Trace().Events(), func(e trace.Event) bool { return e.What == trace.Injects && e.Text == sentence }) {
				t.Errorf("%q: it is not in the trace", sentence)
			}
		}
	}
}

// TestAssumptionsThatFaultsTakeAway lists what each kind takes away, from when and
// to when.
func TestAssumptionsThatFaultsTakeAway(t *testing.T) {
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	want := map[string]excuse{
		"Redis restarts empty": {Redis, time.Time{}, now.Add(time.Minute), RedisEmpty},
		"Redis fails over in 2 seconds and loses what is written until then": {Redis, now, now.Add(62 * time.Second), RedisFailover},
		"the API answers 131047": {Token, time.Time{}, time.Time{}, APIAnswers},
		"the API takes the next message, which then fails with 131026": {Token, time.Time{}, time.Time{}, APIFails},
		"the token expires":               {Token, time.Time{}, time.Time{}, TokenExpires},
		"the token expires for 5 seconds": {Token, time.Time{}, now.Add(5 * time.Second), TokenExpires},
	}
	seen := make(map[FaultKind]bool)
	for sentence, want := range want {
		f, err := ParseFault(sentence)
		if err != nil {
			t.Fatal(err)
		}
		if takes := f.row().takes; takes == nil {
			t.Errorf("%q takes nothing away, want %+v", sentence, want)
		} else if got := takes(f, now); got == nil || *got != want {
			t.Errorf("%q takes away %+v, want %+v", sentence, got, want)
		}
		seen[f.Kind] = true
	}
	for _, row := range faults {
		if (row.takes != nil) != seen[row.kind] {
			t.Errorf("%s: takes an assumption away: %t, which this test knows: %t", row.kind, row.takes != nil, seen[row.kind])
		}
		if row.takes != nil && (row.kind == APIAnswers || row.kind == APIFails) && row.takes(Fault{Kind: row.kind, Code: 429}, now) != nil {
			t.Errorf("%s: 429 is no permanent code", row.kind)
		}
	}
}
