package fakewa_test

import (
	"fmt"
	"strings"
	"testing"

	"wappasim/fakewa"
)

func TestBusinessProfileHasMetasLimits(t *testing.T) {
	s := fakewa.Test(t, fakewa.Config{})
	path := number + "/whatsapp_business_profile"
	post := func(fields string) asked {
		return asked{"POST", path, `{"messaging_product":"whatsapp",` + fields + `}`, 200, 0, `{"success":true}`}
	}
	bad := func(fields, has string) asked {
		return asked{"POST", path, `{"messaging_product":"whatsapp",` + fields + `}`, 400, 100, has}
	}
	text := func(name string, n int) string { return fmt.Sprintf("%q:%q", name, strings.Repeat("x", n)) }
	site := func(n int) string { return `"https://a.example/` + strings.Repeat("x", n-18) + `"` }
	ask(t, s,
		asked{"GET", path, "", 200, 0, `{"data":[{"messaging_product":"whatsapp","vertical":"UNDEFINED"}]}`},
		post(text("about", 139)), post(text("address", 256)), post(text("description", 512)),
		post(`"email":"`+strings.Repeat("x", 116)+`@example.com"`),
		post(`"websites":[`+site(256)+`,"http://b.example"]`), post(`"vertical":"RESTAURANT"`),

		bad(text("about", 140), "about has 140 characters; 139 are allowed"),
		bad(`"about":"`+strings.Repeat("😀", 70)+`"`, "about has 140 characters"),
		bad(`"about":""`, "about is missing or empty"),
		bad(`"about":7`, "about is a number"),
		bad(text("address", 257), "address has 257"),
		bad(text("description", 513), "description has 513"),
		bad(`"email":"`+strings.Repeat("x", 117)+`@example.com"`, "email has 129"),
		bad(`"email":"Ana <ana@example.com>"`, "email is"),
		bad(`"email":"ana"`, "email is"),
		bad(`"websites":["https://a.example","https://b.example","https://c.example"]`, "websites has 3"),
		bad(`"websites":["ftp://a.example"]`, "websites has"),
		bad(`"websites":["https://a.example",2]`, "a number in place 1"),
		bad(`"websites":[`+site(257)+`]`, "257 characters in place 0"),
		bad(`"vertical":"BAKERY"`, "vertical is"),
		asked{"POST", path, `{"about":"x"}`, 400, 100, "(#100) The parameter messaging_product is required."},
		asked{"POST", path, `{"messaging_product":"x"}`, 400, 100, "messaging_product is"},
		asked{"POST", path, `{"messaging_product":"whatsapp","profile_picture_handle":"4:x"}`, 501, 3, "profile_picture_handle"},

		post(`"about":"Bread.","address":"","email":"ana@example.com","websites":[]`),
		bad(`"email":"bob@example.com","vertical":"BAKERY"`, "vertical"), // changes nothing
		asked{"GET", path + "?fields=about,address,email,websites,vertical", "", 200, 0, `{"data":[{"about":"Bread.","email":"ana@example.com","messaging_product":"whatsapp","vertical":"RESTAURANT"}]}`},
		asked{"GET", path + "?fields=email", "", 200, 0, `{"data":[{"email":"ana@example.com","messaging_product":"whatsapp"}]}`}, // clients in Python look for it
		post(`"vertical":""`),
		asked{"GET", path + "?fields=vertical", "", 200, 0, `{"data":[{"messaging_product":"whatsapp","vertical":"UNDEFINED"}]}`},
		asked{"GET", path + "?fields=nothing", "", 400, 100, "nothing"},
	)
}
