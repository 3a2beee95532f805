// Package pricing has the rules by which Meta prices each message since July 2025. It
// computes, and keeps nothing.
//
//	price := pricing.Of("UTILITY", pricing.Open{Service: true})
//	fmt.Println(price.Billable, price.Type) // false free_customer_service
//
// It knows no amounts of money: rates depend on the country of the user and change each
// quarter.
package pricing

import "strings"

// Price is what a message costs, as statuses have it.
type Price struct {
	Billable bool   `json:"billable"`
	Category string `json:"category"`      // service, utility, marketing, authentication or referral_conversion; of what goes to a group, with group_ before it
	Model    string `json:"pricing_model"` // PMP: per message
	Type     string `json:"type"`          // one of the types below
}

// Types of prices.
const (
	Regular    = "regular"               // it is billed
	Service    = "free_customer_service" // free-form, or a utility template within 24 hours of the user's message
	EntryPoint = "free_entry_point"      // within 72 hours of the first answer to a user who came by an ad
)

// Open says which windows are open for a user when a message is sent.
type Open struct {
	Service    bool // the user wrote in the last 24 hours
	EntryPoint bool // the user came by an ad and was answered, in the last 72 hours
	AllFree    bool // EntryPoint is for marketing and authentication templates too
}

// Of returns the price of a message: of a template of a category in any case, or of a
// free-form message if the category is empty.
func Of(category string, open Open) Price {
	category = strings.ToLower(category)
	dear := category == "marketing" || category == "authentication"
	switch {
	case open.EntryPoint && (!dear || open.AllFree):
		return Price{false, "referral_conversion", model, EntryPoint}
	case category == "":
		return Price{false, "service", model, Service}
	case category == "utility" && open.Service:
		return Price{false, category, model, Service}
	}
	return Price{true, category, model, Regular}
}

const model = "PMP"
