package browser

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"github.com/chromedp/chromedp"
)

// script finds what is visible by its name: it defines wanted(kind, name, within).
//
//go:embed person.js
var script string

// pressed is what can be pressed.
const (
	pressed = "button, summary, a[href], [role=tab], [role=option], input[type=checkbox], input[type=radio]"
	filled  = "input, textarea, select"
)

// target waits until there is one visible element of a kind with a name, and returns its
// selector.
func (p *Page) target(kind, name, within string) string {
	p.t.Helper()
	found := fmt.Sprintf("(%s)(%s, %s, %s)", script, strconv.Quote(kind), strconv.Quote(name), strconv.Quote(within))
	p.Until(fmt.Sprintf("there is %q", name), found)
	return "[data-wanted]"
}

// Press clicks what has a name: a button, a tab, a box to tick. Within is a selector of the
// part of the page in which it is; none is the whole page.
func (p *Page) Press(name string, within ...string) {
	p.t.Helper()
	var err error
	for began := time.Now(); time.Since(began) < patience; {
		wanted := p.target(pressed, name, one(within))
		ctx, cancel := context.WithTimeout(p.Context, 3*time.Second)
		err = chromedp.Do(ctx, chromedp.Click(wanted))
		cancel()
		if err == nil {
			return
		}
		// It was drawn anew, just then.
	}
	p.t.Fatalf("press %q: %v", name, err)
}

// Fill writes into the field with a label, in place of what it holds.
func (p *Page) Fill(label, text string, within ...string) {
	p.t.Helper()
	field := p.target(filled, label, one(within))
	Value[bool](p, `(() => { const e = document.querySelector("[data-wanted]"); e.focus(); e.select?.(); return true; })()`)
	p.Do(chromedp.SendKeys(field, text))
}

// Choose chooses an option, by its words, of the list with a label.
func (p *Page) Choose(label, option string, within ...string) {
	p.t.Helper()
	p.target(filled, label, one(within))
	p.Until(fmt.Sprintf("%q offers %q", label, option), fmt.Sprintf(`(() => {
		const list = document.querySelector("[data-wanted]");
		const found = [...list.options].find((option) => option.text === %s);
		if (!found) return false;
		list.focus();
		list.value = found.value;
		list.dispatchEvent(new Event("input", { bubbles: true }));
		list.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`, strconv.Quote(option)))
}

// Sees waits until words are in sight.
func (p *Page) Sees(words string, within ...string) {
	p.t.Helper()
	p.Until(fmt.Sprintf("%q is in sight", words), sight(words, within))
}

// SeesNo waits until words are no longer in sight.
func (p *Page) SeesNo(words string, within ...string) {
	p.t.Helper()
	p.Until(fmt.Sprintf("%q is gone", words), "!"+sight(words, within))
}

func sight(words string, within []string) string {
	place := one(within)
	if place == "" {
		place = "body"
	}
	return fmt.Sprintf(`[...document.querySelectorAll(%s)].some((e) => e.innerText.replace(/\s+/g, " ").includes(%s))`, strconv.Quote(place), strconv.Quote(words))
}

func one(within []string) string {
	if len(within) == 0 {
		return ""
	}
	return within[0]
}
