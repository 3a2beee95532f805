package pricing_test

import (
	"fmt"
	"testing"

	"wappasim/fakewa/pricing"
)

// TestPrices is Meta's page of prices (March 2026): what is free in which window.
func TestPrices(t *testing.T) {
	none, service, entry := pricing.Open{}, pricing.Open{Service: true}, pricing.Open{Service: true, EntryPoint: true}
	late, all := pricing.Open{EntryPoint: true}, pricing.Open{Service: true, EntryPoint: true, AllFree: true}
	for _, c := range []struct {
		category string
		open     pricing.Open
		want     string
	}{
		{"", none, "false service free_customer_service"},
		{"", service, "false service free_customer_service"},
		{"", entry, "false referral_conversion free_entry_point"},
		{"UTILITY", none, "true utility regular"},
		{"utility", service, "false utility free_customer_service"},
		{"UTILITY", entry, "false referral_conversion free_entry_point"},
		{"UTILITY", late, "false referral_conversion free_entry_point"},
		{"UTILITY", all, "false referral_conversion free_entry_point"},
		{"MARKETING", none, "true marketing regular"},
		{"MARKETING", service, "true marketing regular"},
		{"MARKETING", entry, "true marketing regular"},
		{"MARKETING", all, "false referral_conversion free_entry_point"}, // Meta's page: "any type of message"
		{"AUTHENTICATION", service, "true authentication regular"},
		{"AUTHENTICATION", late, "true authentication regular"},
		{"AUTHENTICATION", all, "false referral_conversion free_entry_point"},
	} {
		p := pricing.Of(c.category, c.open)
		if got := fmt.Sprint(p.Billable, " ", p.Category, " ", p.Type); got != c.want || p.Model != "PMP" {
			t.Errorf("%q %+v: got %s, want %s", c.category, c.open, got, c.want)
		}
	}
}

func Example() {
	price := pricing.Of("UTILITY", pricing.Open{Service: true})
	fmt.Println(price.Billable, price.Type)
	// Output: false free_customer_service
}
