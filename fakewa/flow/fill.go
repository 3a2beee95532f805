package flow

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Fill fills in a field, by its label or name: a text, or a date like 2026-01-31, or options by
// their titles or ids, as many as the field takes; without a value it ticks an OptIn. What a
// phone would not let people enter is an error that names the field, and changes nothing. If
// the field has an on-select-action, the endpoint may be asked; see [Account.Open] for what
// comes of that.
func (v *Visit) Fill(ctx context.Context, field string, values ...string) error {
	p, done, err := v.begun("fill in")
	if err != nil {
		return err
	}
	defer done()
	v.mu.Lock()
	screen, _ := v.render(p)
	f, err := screen.field(field)
	if err == nil {
		var value any
		if value, err = f.take(values); err == nil {
			p.form[f.Name] = value
		}
	}
	v.mu.Unlock()
	if err != nil {
		return fmt.Errorf("flow: fill in %q on screen %s: %w", field, p.screen, err)
	}
	action, _ := f.component["on-select-action"].(map[string]any)
	return v.act(ctx, p, action)
}

// field returns a field of the screen by its label or name.
func (s Screen) field(given string) (Field, error) {
	var there []string
	for _, f := range s.Fields {
		if f.Name == given || f.Label == given {
			if !f.Enabled {
				return f, fmt.Errorf("it is disabled")
			}
			return f, nil
		}
		there = append(there, f.Label)
	}
	return Field{}, fmt.Errorf("there is no such field; the screen has %q", there)
}

// take returns what a field holds after values were entered.
func (f Field) take(values []string) (any, error) {
	single := func() (string, error) {
		if len(values) != 1 {
			return "", fmt.Errorf("it takes one value, not %d", len(values))
		}
		return values[0], nil
	}
	switch f.Type {
	case "PhotoPicker", "DocumentPicker":
		return nil, fmt.Errorf("a %s cannot be filled in: this fake does not simulate it", f.Type)
	case "OptIn":
		if len(values) > 1 || len(values) == 1 && values[0] != "true" && values[0] != "false" {
			return nil, fmt.Errorf("it takes true, false or nothing, not %q", values)
		}
		return len(values) == 0 || values[0] == "true", nil
	case "CheckboxGroup", "ChipsSelector":
		ids := []any{}
		for _, given := range values {
			id, err := f.option(given)
			if err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
		if most, ok := f.number("max-selected-items"); ok && len(ids) > most {
			return nil, fmt.Errorf("at most %d can be picked, not %d", most, len(ids))
		}
		return ids, nil
	case "RadioButtonsGroup", "Dropdown":
		given, err := single()
		if err != nil {
			return nil, err
		}
		return f.option(given)
	case "DatePicker":
		given, err := single()
		if err != nil {
			return nil, err
		}
		return given, f.date(given)
	case "CalendarPicker":
		return f.days(values)
	}
	given, err := single()
	if err != nil {
		return nil, err
	}
	return given, f.typed(given)
}

// option returns the id of an option that can be picked.
func (f Field) option(given string) (string, error) {
	var titles []string
	for _, o := range f.Options {
		if o.ID == given || o.Title == given {
			if !o.Enabled {
				return "", fmt.Errorf("the option %q is disabled", given)
			}
			return o.ID, nil
		}
		titles = append(titles, o.Title)
	}
	return "", fmt.Errorf("there is no option %q; the options are %q", given, titles)
}

// date checks a day of a calendar.
func (f Field) date(given string) error {
	day, err := time.Parse(time.DateOnly, given)
	if err != nil {
		return fmt.Errorf("%q is no date like 2026-01-31", given)
	}
	for _, end := range []struct {
		name  string
		wrong int
	}{{"min-date", -1}, {"max-date", 1}} {
		if limit, err := time.Parse(time.DateOnly, asText(f.component[end.name])); err == nil && day.Compare(limit) == end.wrong {
			return fmt.Errorf("%s is outside of what can be picked: %s is %s", given, end.name, limit.Format(time.DateOnly))
		}
	}
	off, _ := f.component["unavailable-dates"].([]any)
	if slices.Contains(off, any(given)) {
		return fmt.Errorf("%s is not available", given)
	}
	days, _ := f.component["include-days"].([]any)
	if name := day.Weekday().String()[:3]; len(days) > 0 && !slices.Contains(days, any(name)) {
		return fmt.Errorf("%s is a %s, which cannot be picked", given, day.Weekday())
	}
	return nil
}

// days returns a day, or the first and the last one of several.
func (f Field) days(values []string) (any, error) {
	want := 1
	if f.component["mode"] == "range" {
		want = 2
	}
	if len(values) != want {
		return nil, fmt.Errorf("it takes %d dates, not %d", want, len(values))
	}
	for _, given := range values {
		if err := f.date(given); err != nil {
			return nil, err
		}
	}
	if want == 1 {
		return values[0], nil
	}
	if values[1] < values[0] {
		return nil, fmt.Errorf("%s is before %s", values[1], values[0])
	}
	return map[string]any{"start-date": values[0], "end-date": values[1]}, nil
}

// Characters that a text may have if the component does not say.
const (
	lineCharacters = 80
	areaCharacters = 600
)

// typed checks whether a phone lets people type a text.
func (f Field) typed(given string) error {
	limit, most := "max-chars", lineCharacters
	if f.Type == "TextArea" {
		limit, most = "max-length", areaCharacters
	} else if strings.ContainsAny(given, "\r\n") {
		return fmt.Errorf("it takes one line")
	}
	if n, ok := f.number(limit); ok {
		most = n
	}
	if n := utf8.RuneCountInString(given); n > most {
		return fmt.Errorf("%d characters are too many: it takes %d", n, most)
	}
	return nil
}

func (f Field) number(property string) (int, bool) {
	switch v := f.component[property].(type) {
	case float64:
		return int(v), true
	case string:
		n, err := strconv.Atoi(v)
		return n, err == nil
	}
	return 0, false
}

var (
	email    = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	decimal  = regexp.MustCompile(`^-?\d+([.,]\d+)?$`)
	passcode = regexp.MustCompile(`^\d+$`)
	phone    = regexp.MustCompile(`^\+?[\d\s().-]+$`)
)

// complaint returns why the phone does not let people go on with what a field holds, or "".
func (f Field) complaint() string {
	text, _ := f.Value.(string)
	picked, list := f.Value.([]any)
	switch {
	case !f.Enabled:
		return ""
	case f.Required && (f.Value == nil || f.Value == "" || f.Value == false || list && len(picked) == 0):
		return "it is required"
	case list && len(picked) > 0:
		if least, ok := f.number("min-selected-items"); ok && len(picked) < least {
			return fmt.Sprintf("at least %d must be picked, not %d", least, len(picked))
		}
		return ""
	case f.Type != "TextInput" || text == "":
		return ""
	}
	if least, ok := f.number("min-chars"); ok && utf8.RuneCountInString(text) < least {
		return fmt.Sprintf("it needs at least %d characters", least)
	}
	form := map[string]*regexp.Regexp{"email": email, "number": decimal, "passcode": passcode, "phone": phone}[f.Input]
	if form != nil && !form.MatchString(text) {
		return fmt.Sprintf("%q is not of the type %s", text, f.Input)
	}
	if own, ok := f.component["pattern"].(string); ok {
		if pattern, err := regexp.Compile("^(?:" + own + ")$"); err == nil && !pattern.MatchString(text) {
			return fmt.Sprintf("%q does not match the pattern %s", text, own)
		}
	}
	return ""
}
