package inbound

import (
	"cmp"
	"fmt"
	"maps"
	"strconv"
)

// alike gives the one of two texts that is missing the value of the other.
func alike(object map[string]any, a, b string) {
	if value, ok := object[a]; ok {
		fill(object, b, value)
	} else if value, ok := object[b]; ok {
		object[a] = value
	}
}

// reply completes what a user chose in an interactive message, or filled in.
func reply(interactive map[string]any) {
	for _, kind := range []string{"button_reply", "list_reply", "nfm_reply"} {
		given, ok := interactive[kind]
		if !ok {
			continue
		}
		fill(interactive, "type", kind)
		object, ok := given.(map[string]any)
		if !ok {
			return // of a wrong kind, which stays what it is
		}
		object = maps.Clone(object)
		if kind == "nfm_reply" {
			fill(object, "name", "flow")
			fill(object, "body", "Sent")
			fill(object, "response_json", "{}")
		} else {
			alike(object, "id", "title")
		}
		interactive[kind] = object
	}
}

// order completes an order and its items.
func order(o map[string]any) {
	fill(o, "catalog_id", "194836987003835")
	fill(o, "text", "")
	fill(o, "product_items", []any{})
	given, _ := o["product_items"].([]any)
	items := make([]any, len(given))
	for i, item := range given {
		if object, ok := item.(map[string]any); ok {
			object = maps.Clone(object)
			fill(object, "quantity", 1)
			fill(object, "item_price", 5)
			fill(object, "currency", "USD")
			item = object
		}
		items[i] = item
	}
	if given != nil {
		o["product_items"] = items
	}
}

// changed completes what WhatsApp says about a user who has another number now.
func changed(system map[string]any, from string) {
	fill(system, "type", "user_changed_number")
	if to, ok := system["wa_id"].(string); ok && system["type"] == "user_changed_number" {
		fill(system, "body", fmt.Sprintf("User changed from %s to %s", cmp.Or(from, "a user"), to))
	}
}

// number makes a number of a text, since those of users have no quotes.
func number(object map[string]any, name string) {
	if text, ok := object[name].(string); ok {
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			object[name] = n
		}
	}
	fill(object, name, 0)
}

// ad completes what a message has of the ad that its user came by.
func ad(referral map[string]any) map[string]any {
	referral = maps.Clone(referral)
	fill(referral, "source_type", "ad")
	fill(referral, "source_id", "120200000000000001")
	id, _ := referral["source_id"].(string)
	fill(referral, "source_url", "https://fb.me/"+id)
	fill(referral, "headline", "")
	fill(referral, "body", "")
	return referral
}
