package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readFile reads the settings file. Flags of the command line win, but the file's values
// must be valid too.
func (s *settings) readFile(flags *flag.FlagSet) error {
	root, err := readYAML(s.file)
	if err != nil || root == nil {
		return err
	}
	if root.Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d: want settings by their names, like webhook: http://127.0.0.1:8000/webhook", s.file, root.Line)
	}
	given := make(map[string]bool)
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var businesses *yaml.Node
	err = s.apply(root, flags, func(key, value *yaml.Node) (*flag.FlagSet, bool) {
		switch {
		case key.Value == "businesses":
			businesses = named(value)
			return nil, false
		case given[key.Value]:
			return new(settings).flags(), true
		}
		s.origin[key.Value] = fmt.Sprintf("%s:%d: %s", s.file, key.Line, key.Value)
		return flags, true
	})
	if err != nil || businesses == nil {
		return err
	}
	return s.readBusinesses(businesses)
}

// readBusinesses reads further businesses. Missing settings are those of the first one,
// except the ids and the recipients.
func (s *settings) readBusinesses(list *yaml.Node) error {
	if list.Kind != yaml.SequenceNode {
		return fmt.Errorf("%s:%d: businesses is not a list: want a list with the settings of each, like - phone-id: 2", s.file, list.Line)
	}
	for _, element := range list.Content {
		element = named(element)
		if element.Kind != yaml.MappingNode {
			return fmt.Errorf("%s:%d: want settings of a business by their names, like phone-id: 2", s.file, element.Line)
		}
		b := s.fake
		b.Recipients = nil
		flags := flag.NewFlagSet("business", flag.ContinueOnError)
		businessFlags(flags, &b)
		if err := s.apply(element, flags, func(*yaml.Node, *yaml.Node) (*flag.FlagSet, bool) { return flags, true }); err != nil {
			return err
		}
		s.businesses = append(s.businesses, b)
	}
	return nil
}

// apply sets the settings of a mapping on the flags that into chooses for each; it skips
// those that into refuses. All must be known to flags.
func (s *settings) apply(mapping *yaml.Node, flags *flag.FlagSet, into func(key, value *yaml.Node) (*flag.FlagSet, bool)) error {
	lines := make(map[string]int) // of the keys so far
	for pair := range slices.Chunk(mapping.Content, 2) {
		key, value := pair[0], pair[1]
		place := fmt.Sprintf("%s:%d: %s", s.file, key.Line, key.Value)
		if first, twice := lines[key.Value]; twice {
			return fmt.Errorf("%s is set twice, first in line %d", place, first)
		}
		lines[key.Value] = key.Line
		chosen, ok := into(key, value)
		if !ok {
			continue
		}
		if flags.Lookup(key.Value) == nil {
			return fmt.Errorf("%s:%d: %w", s.file, key.Line, unknown(flags, key.Value))
		}
		if err := set(chosen.Lookup(key.Value), value); err != nil {
			return fmt.Errorf("%s %w", place, err)
		}
	}
	return nil
}

// readYAML returns the root of a file with one document; nil if it is empty.
func readYAML(file string) (*yaml.Node, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("-config: %w", err)
	}
	defer f.Close()
	decoder := yaml.NewDecoder(f)
	var document, next yaml.Node
	if err = decoder.Decode(&document); err == nil {
		err = decoder.Decode(&next)
	}
	switch {
	case err == nil:
		return nil, fmt.Errorf("%s:%d: a second document begins: want one", file, next.Line)
	case !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s is not well-formed YAML: %s", file, strings.TrimPrefix(err.Error(), "yaml: "))
	case document.IsZero() || document.Content[0].ShortTag() == "!!null":
		return nil, nil
	}
	return document.Content[0], nil
}

// set sets a flag to the value of its key in the file. Flags of package flag are Getters
// with one value, except flag.Func, which can be repeated.
func set(f *flag.Flag, value *yaml.Node) error {
	if f.Name == "config" {
		return errors.New("is for the command line only: a settings file cannot name another")
	}
	value = named(value)
	if _, single := f.Value.(flag.Getter); single || value.Kind != yaml.SequenceNode {
		return setOne(f, value)
	}
	for _, element := range value.Content {
		if err := setOne(f, named(element)); err != nil {
			return fmt.Errorf("has in line %d an element that %w", element.Line, err)
		}
	}
	return nil
}

// named returns the node of an alias, and any other node as it is.
func named(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// setOne sets a flag to one value. Texts are taken as they are written, so that an id
// keeps its zeros.
func setOne(f *flag.Flag, value *yaml.Node) error {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	wantsBool := ok && b.IsBoolFlag()
	tag := value.ShortTag()
	switch {
	case value.Kind != yaml.ScalarNode:
		return errors.New("is a list or a mapping: want one value")
	case tag == "!!null":
		return errors.New("has no value")
	case wantsBool && tag != "!!bool":
		return errors.New("is neither true nor false: want one of them, without quotes")
	case !wantsBool && tag == "!!bool":
		return errors.New("is true or false: want another value, or quotes around it if it is meant")
	}
	if err := f.Value.Set(value.Value); err != nil {
		if g, ok := f.Value.(flag.Getter); ok {
			if _, ok := g.Get().(uint64); ok { // the flag's own words are "parse error"
				err = errors.New("want a whole number, 0 or more and below 2^64")
			}
		}
		return fmt.Errorf("is %q: %w", value.Value, err)
	}
	return nil
}
