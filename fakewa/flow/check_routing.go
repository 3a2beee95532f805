package flow

import (
	"slices"
	"strings"
)

// maxBranches is how many screens may follow one.
const maxBranches = 10

const badRouting = "INVALID_ROUTING_MODEL"

// checkRouting checks how the screens are connected: as routing_model says in a flow with an
// endpoint, and else by its navigate actions.
func (c *checker) checkRouting() {
	model := c.root.get("routing_model")
	ways := make(map[string][]string)
	at, path := c.root, "routing_model"
	switch {
	case c.endpoint && model == nil:
		c.add("MISSING_REQUIRED_PROPERTY", c.root, "$root", "The property 'routing_model' is required for property 'data_api_version'.")
		return
	case model != nil && model.kind() == "object":
		at = model
		c.checkModelScreens(model, ways)
	case model == nil:
		path = "screens"
		for _, r := range c.routes {
			if !slices.Contains(ways[r.from], r.to) {
				ways[r.from] = append(ways[r.from], r.to)
			}
		}
	}
	for _, id := range c.order {
		if len(ways[id]) > maxBranches {
			c.add(badRouting, at, path, "Number of branches exceeds the max limit of %d for screen: %s.", maxBranches, id)
		}
	}
	if model != nil {
		for _, r := range c.routes {
			if !slices.Contains(ways[r.from], r.to) {
				c.add(badRouting, r.at, r.path, "Missing direct route from screen '%s' to screen '%s' in the routing model, while it exists in the navigate screen action of screen '%s'.", r.from, r.to, r.from)
			}
		}
	}
	c.checkLoops(at, path, ways)
	c.checkConnected(at, path, ways, model != nil)
}

// checkModelScreens reads the routing model.
func (c *checker) checkModelScreens(model *node, ways map[string][]string) {
	var missing, unknown []string
	for _, k := range model.fields {
		if c.screens[k.name] == nil {
			unknown = append(unknown, k.name)
			continue
		}
		ways[k.name] = []string{}
		for _, item := range k.value.items {
			if to := item.text(); c.screens[to] == nil {
				c.add(badRouting, item, "routing_model."+k.name, "Invalid screen found in the routing model: %s.", to)
			} else {
				ways[k.name] = append(ways[k.name], to)
			}
		}
	}
	for _, id := range c.order {
		if _, ok := ways[id]; !ok {
			missing = append(missing, id)
		}
	}
	if unknown != nil {
		c.add(badRouting, model, "routing_model", "Invalid screens found in the routing model: (%s).", strings.Join(unknown, ", "))
	}
	if missing != nil {
		c.add(badRouting, model, "routing_model", "Following screens are missing in the routing model: (%s).", strings.Join(missing, ", "))
	}
}

// checkLoops looks for ways back, and for circles.
func (c *checker) checkLoops(at *node, path string, ways map[string][]string) {
	for _, from := range c.order {
		for _, to := range ways[from] {
			if slices.Contains(ways[to], from) && slices.Index(c.order, from) < slices.Index(c.order, to) {
				c.add(badRouting, at, path, "Backward route [%s->%s] corresponding to forward route [%s->%s] is not allowed in the routing model. Only forward routes can be specified.", to, from, from, to)
			}
		}
	}
	if circle := circleIn(c.order, ways); len(circle) > 2 || len(circle) == 1 {
		c.add(badRouting, at, path, "Loop detected in the routing model for screens: (%s).", strings.Join(circle, ", "))
	}
}

// circleIn returns the screens of a circle, or nil.
func circleIn(order []string, ways map[string][]string) []string {
	done := make(map[string]bool)
	var way []string
	var visit func(id string) []string
	visit = func(id string) []string {
		if i := slices.Index(way, id); i >= 0 {
			return slices.Clone(way[i:])
		}
		if done[id] {
			return nil
		}
		way = append(way, id)
		defer func() { way, done[id] = way[:len(way)-1], true }()
		for _, to := range ways[id] {
			if circle := visit(to); circle != nil {
				return circle
			}
		}
		return nil
	}
	for _, id := range order {
		if circle := visit(id); circle != nil {
			return circle
		}
	}
	return nil
}

// checkConnected looks for screens that no way leads to.
func (c *checker) checkConnected(at *node, path string, ways map[string][]string, modelled bool) {
	inbound := make(map[string]bool)
	for from, all := range ways {
		for _, to := range all {
			inbound[to] = inbound[to] || to != from
		}
	}
	entry := slices.IndexFunc(c.order, func(id string) bool { return !inbound[id] })
	switch {
	case len(c.order) == 0:
		return
	case entry < 0 && modelled:
		c.add(badRouting, at, path, "No entry screen found in the routing model. Expected a screen with no inbound edges as the entry screen.")
		return
	case entry < 0:
		c.add(badRouting, at, path, "No entry screen found in the routing model. Add a screen that is not used as the next screen in any of the navigate actions.")
		return
	}
	near := map[string]bool{c.order[entry]: true} // connected with the entry, in whatever direction
	for grew := true; grew; {
		grew = false
		for _, from := range c.order {
			for _, to := range ways[from] {
				if near[from] != near[to] {
					near[from], near[to], grew = true, true, true
				}
			}
		}
	}
	var apart []string
	for _, id := range c.order {
		if !near[id] {
			apart = append(apart, id)
		}
	}
	if apart == nil {
		return
	}
	message := "Following screens are not connected with the rest of the screens: (%s). All screens should be connected."
	if !modelled {
		message = "Following screens are not connected with the rest of the screens via navigate screen action: (%s). All screens should be connected."
	}
	c.add(badRouting, at, path, message, strings.Join(apart, ", "))
}
