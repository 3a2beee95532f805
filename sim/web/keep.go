package web

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"wappasim/sim/internal/inside"
	"wappasim/sim/recording"
)

// fileName is what a kept file may be called: one part of a path, without what shells and
// systems take for something else.
var fileName = regexp.MustCompile(`^[\pL\pN][\pL\pN _.-]{0,79}$`)

// keep answers with the talk so far as a file.
func (s *Server) keep(r *request) (any, error) {
	if s.world == nil {
		return nil, s.noWorld()
	}
	name := "talk"
	if given := r.URL.Query().Get("name"); given != "" {
		name = given
	}
	if !fileName.MatchString(name) {
		return nil, fmt.Errorf("web: name is %q: want up to 80 letters, digits, spaces, dots, hyphens and underscores", name)
	}
	switch as := r.URL.Query().Get("as"); as {
	case "scenario":
		return file(name+".feature", "text/plain; charset=utf-8", s.scene.Feature(name, s.given()...)), nil
	case "go":
		code, err := s.scene.Test(name, s.seed, s.cfg.Replicas)
		if err != nil {
			return nil, err
		}
		return file(strings.ReplaceAll(name, " ", "_")+"_test.go", "text/plain; charset=utf-8", code), nil
	case "trace":
		var b bytes.Buffer
		if _, err := s.world.Trace().WriteJSON(&b); err != nil {
			return nil, err
		}
		return file(name+".jsonl", "application/jsonl", b.String()), nil
	case "recording":
		seen := inside.Recorded(s.world, s.keys)
		seen.Title = name
		var b bytes.Buffer
		if err := seen.Write(&b); err != nil {
			return nil, err
		}
		return file(name+".html", "text/html; charset=utf-8", b.String()), nil
	default:
		return nil, fmt.Errorf(`web: as is %q: want "scenario", "go", "recording" or "trace"`, as)
	}
}

// viewer answers with a page on which recordings are opened.
func (s *Server) viewer(*request) (any, error) {
	var b bytes.Buffer
	if err := recording.WriteViewer(&b); err != nil {
		return nil, err
	}
	return raw{http.StatusOK, http.Header{
		"Content-Type":            {"text/html; charset=utf-8"},
		"Content-Security-Policy": {"frame-ancestors 'none'"}, // what the page's own policy cannot say
		"X-Content-Type-Options":  {"nosniff"},
	}, b.Bytes()}, nil
}

// given are the steps that make a world like this one.
func (s *Server) given() (steps []string) {
	if s.seed != 0 {
		steps = append(steps, fmt.Sprintf("the seed is %d", s.seed))
	}
	if s.cfg.Replicas > 1 {
		steps = append(steps, fmt.Sprintf("the bot runs on %d replicas", s.cfg.Replicas))
	}
	if people := s.scene.People(); len(people) > 0 {
		steps = append(steps, "the people are "+strings.Join(people, ", "))
	}
	return steps
}

// file is an answer that browsers save.
func file(name, contentType, text string) raw {
	return raw{http.StatusOK, http.Header{
		"Content-Type":        {contentType},
		"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": name})},
	}, []byte(text)}
}
