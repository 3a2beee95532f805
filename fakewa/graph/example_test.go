package graph_test

import (
	"encoding/json"
	"fmt"

	"wappasim/fakewa/graph"
)

func Example() {
	to := "Ana"
	e := graph.New(131009, "to is %q; it must be a phone number.", to)
	fmt.Println(e.Status, e.Message)
	// Output:
	// 400 (#131009) Parameter value is not valid
}

func ExampleNew() {
	e := graph.New(131009, "to is %q; it must be a phone number.", "Ana")
	answer, err := json.Marshal(map[string]any{"error": e})
	fmt.Println(e.Status, string(answer), err)
	// Output:
	// 400 {"error":{"message":"(#131009) Parameter value is not valid","type":"OAuthException","code":131009,"error_data":{"messaging_product":"whatsapp","details":"to is \"Ana\"; it must be a phone number."},"fbtrace_id":""}} <nil>
}
