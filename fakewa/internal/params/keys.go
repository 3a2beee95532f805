package params

import (
	"fmt"
	"slices"

	"wappasim/fakewa/graph"
)

// Keys remembers for what keys a reader has asked, in each object of a body. A key for
// which nobody asked is one that the API does not know. So what a reader reads is the one
// table of what there is.
type Keys struct {
	objects []*Object
	array   [8]*Object // of objects, as long as that is enough
}

// Object is an object of which a reader asks for keys.
type Object struct {
	path   string // "" is the body itself
	fields map[string]any
	known  []string // keys that the API knows, whether the reader asks for them or not
	asked  []string
	open   bool
	array  [8]string // of asked, as long as that is enough
}

// Object adds an object. Its path has the form interactive.header. The keys in known need
// no reader.
func (k *Keys) Object(path string, fields map[string]any, known ...string) *Object {
	o := &Object{path: path, fields: fields, known: known}
	o.asked = o.array[:0]
	if k.objects == nil {
		k.objects = k.array[:0]
	}
	k.objects = append(k.objects, o)
	return o
}

// Ask notes that the reader asks for a key.
func (o *Object) Ask(name string) {
	if !slices.Contains(o.asked, name) {
		o.asked = append(o.asked, name)
	}
}

// Open notes that the object may have any key.
func (o *Object) Open() { o.open = true }

// Unknown returns the paths of the keys for which nobody asked, in the order of the
// objects and then of the keys.
func (k *Keys) Unknown() (paths []string) {
	for _, o := range k.objects {
		for _, name := range o.unknown() {
			paths = append(paths, join(o.path, name))
		}
	}
	return paths
}

// Refusal returns the refusal of the first key for which nobody asked, or nil. For the
// body itself, of which no report is known, it names the param as body [?].
func (k *Keys) Refusal(body string) *graph.Error {
	for _, o := range k.objects {
		names := o.unknown()
		if len(names) == 0 {
			continue
		}
		on := Path(o.path)
		if on == "" {
			on = body
		}
		// WhatsApp/WhatsApp-Nodejs-SDK#12 and #21, gabrieldwight/Whatsapp-Business-Cloud-Api-Net#50
		return graph.Param(fmt.Sprintf(`Unexpected key "%.200s" on param "%s".`, names[0], on), "%.200s is a key that the API does not know.", join(o.path, names[0]))
	}
	return nil
}

func (o *Object) unknown() (names []string) {
	if o.open {
		return nil
	}
	for name := range o.fields {
		if !slices.Contains(o.asked, name) && !slices.Contains(o.known, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names) // a map has no order
	return names
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
