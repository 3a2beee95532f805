package page_test

import (
	"net/http"
	"testing"

	"wappasim/internal/browser"
)

// TestAddingLeavesOthersAlone adds a person whose answer comes late: who has opened the form
// again meanwhile keeps it, with what is in it and the focus.
func TestAddingLeavesOthersAlone(t *testing.T) {
	s := start(t)
	late := make(chan struct{})
	s.hold = func(r *http.Request) {
		if r.Method == http.MethodPatch {
			<-late
		}
	}
	p := s.open()
	add := func(number string) {
		p.Press("Add a person")
		p.Fill("Number", number, ".adding")
	}
	add("+16505550001")
	p.Press("Add", ".adding")
	p.Until("the form closes", `!document.querySelector(".adding").open`)
	add("+16505550002")
	close(late)
	p.Sees("+16505550001", "#phones")
	p.Until("the form can be sent again", `!document.querySelector(".adding button").disabled`)
	if got := browser.Value[string](p, `document.querySelector(".adding").open + " " + document.activeElement.value`); got != "true +16505550002" {
		t.Errorf("the form is open, and has the focus: %s", got)
	}
	p.Press("Add", ".adding")
	p.Sees("+16505550002", "#phones")
	p.Until("the new phone has the focus", `document.activeElement.closest(".person:nth-child(4)") && document.activeElement.matches("textarea")`)

	add("letters")
	p.Press("Add", ".adding")
	p.Sees("Add a person: ", "#toasts")
	p.Until("the form is open again", `document.querySelector(".adding").open && document.querySelector(".adding input").value === "letters"`)
}
