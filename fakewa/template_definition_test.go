package fakewa_test

import (
	"strings"
	"testing"

	"wappasim/fakewa"
)

func TestTemplateDefinitionsFollowMetasRules(t *testing.T) {
	s, _ := withTemplates(t, fakewa.Config{})
	x := func(n int) string { return strings.Repeat("x", n) }
	whole := func(components string) string {
		return `{"name":"t","language":"de","category":"MARKETING","components":[` + components + `]}`
	}
	body := func(text string) string { return whole(`{"type":"BODY","text":"` + text + `"}`) }
	with := func(component string) string { return whole(`{"type":"BODY","text":"Hi."},` + component) }
	button := func(fields string) string { return with(`{"type":"BUTTONS","buttons":[{` + fields + `}]}`) }
	labels := func(n int) string {
		return with(`{"type":"BUTTONS","buttons":[` + strings.TrimSuffix(strings.Repeat(`{"type":"QUICK_REPLY","text":"Yes"},`, n), ",") + `]}`)
	}
	named := func(text string) string {
		return strings.Replace(body(text), `{`, `{"parameter_format":"NAMED",`, 1)
	}
	cardOf := func(format, rest string) string {
		return `{"components":[{"type":"HEADER","format":"` + format + `","example":{"header_handle":["4:x"]}}` + rest + `]}`
	}
	cards := func(cards ...string) string {
		return with(`{"type":"CAROUSEL","cards":[` + strings.Join(cards, ",") + `]}`)
	}
	card := cardOf("IMAGE", "")
	quick, link := `{"type":"QUICK_REPLY","text":"Yes"}`, `{"type":"URL","text":"Go","url":"https://x.org"}`
	buttons := func(all ...string) string { return `{"type":"BUTTONS","buttons":[` + strings.Join(all, ",") + `]}` }
	offer := func(body, fields, rest string) string {
		return whole(`{"type":"BODY","text":"` + body + `"},{"type":"LIMITED_TIME_OFFER","limited_time_offer":{` + fields + `}}` + rest)
	}
	password := func(body, footer, button string) string {
		return `{"name":"t","language":"de","category":"AUTHENTICATION","components":[{"type":"BODY"` + body + `},{"type":"FOOTER"` + footer + `},` + buttons(`{"type":"OTP"`+button+`}`) + `]}`
	}
	const app = `{"package_name":"p","signature_hash":"h"}`
	coupon, phone, flow := `{"type":"COPY_CODE","example":"A"}`, `{"type":"PHONE_NUMBER","text":"Call","phone_number":"1"}`, `{"type":"FLOW","text":"Fill","flow_id":"1"}`
	for name, test := range map[string]struct {
		body    string
		subcode int
		details string // "": it is accepted
	}{
		"a name":                  {strings.Replace(body("Hi."), `"t"`, `"`+x(512)+`"`, 1), 0, ""},
		"a long name":             {strings.Replace(body("Hi."), `"t"`, `"`+x(513)+`"`, 1), 2388040, "name has 513 characters; 512"},
		"no name":                 {strings.Replace(body("Hi."), `"t"`, `""`, 1), 0, "name is missing"},
		"an upper-case name":      {strings.Replace(body("Hi."), `"t"`, `"Order"`, 1), 0, `name is "Order"`},
		"no language":             {strings.Replace(body("Hi."), `"de"`, `""`, 1), 0, "language"},
		"a language's name":       {strings.Replace(body("Hi."), `"de"`, `"German"`, 1), 0, `"German"`},
		"another category":        {strings.Replace(body("Hi."), "MARKETING", "SPAM", 1), 0, "category"},
		"another format":          {strings.Replace(body("Hi."), `{`, `{"parameter_format":"x",`, 1), 0, "parameter_format"},
		"a number as a name":      {strings.Replace(body("Hi."), `"t"`, `7`, 1), 0, "name is a number; it must be a string"},
		"no components":           {`{"name":"t","language":"de","category":"MARKETING"}`, 0, "components is missing"},
		"an object":               {strings.NewReplacer("[", "", "]", "").Replace(body("Hi.")), 0, "components is an object; it must be an array"},
		"a body of another kind":  {`[]`, 0, "The body is an array; it must be an object"},
		"not JSON":                {`{`, 0, "cannot be read as JSON"},
		"a huge body":             {body(strings.Repeat("{{1}}{{2}}{{3}}", 50_000)), 2388040, "750000"},
		"a text as buttons":       {with(`{"type":"BUTTONS","buttons":"x"}`), 0, "components[1].buttons is a string; it must be an array"},
		"a text as a button":      {with(`{"type":"BUTTONS","buttons":["x"]}`), 0, "components[1].buttons[0] is a string; it must be an object"},
		"a text as a component":   {whole(`"x"`), 0, "components[0] is a string; it must be an object"},
		"components in a string":  {`{"name":"t","language":"de","category":"MARKETING","components":"[{\"type\":\"BODY\",\"text\":\"Hi.\"}]"}`, 0, ""},
		"a number as a text":      {whole(`{"type":"BODY","text":7}`), 0, "components[0].text is a number; it must be a string"},
		"no body":                 {whole(`{"type":"FOOTER","text":"Bye."}`), 2388072, "no BODY"},
		"two bodies":              {with(`{"type":"BODY","text":"Ho."}`), 0, "components[1].type"},
		"an unknown component":    {with(`{"type":"LEG"}`), 0, `"LEG"`},
		"the longest body":        {body(x(1024)), 0, ""},
		"a longer body":           {body(x(1025)), 2388040, "components[0].text has 1025 characters; 1024"},
		"emoji":                   {body(strings.Repeat("😀", 513)), 2388040, "1026"},
		"an empty body":           {body(""), 2388043, "components[0].text is missing"},
		"variables":               {whole(`{"type":"BODY","text":"Hi {{2}}, {{1}} or {{1}}.","example":{"body_text":[["Ana","Ben"]]}}`), 0, ""},
		"a variable first":        {body("{{1}} is here."), 2388299, "{{1}}"},
		"a variable last":         {body("Here is {{1}}"), 2388299, "{{1}}"},
		"a gap":                   {body("Hi {{1}} and {{3}}."), 2388072, "{{3}}"},
		"from zero":               {body("Hi {{0}}."), 2388072, "{{0}}"},
		"two digits":              {body("Hi {{01}}."), 2388072, "{{01}}"},
		"a name by position":      {body("Hi {{name}}."), 2388072, "POSITIONAL"},
		"half a variable":         {body("Hi {{1}."), 2388072, "braces"},
		"names":                   {strings.Replace(named("Hi {{first_name}} and {{x2}}."), `}]`, `,"example":{"body_text_named_params":[{"param_name":"x2","example":"Diaz"},{"param_name":"first_name","example":"Ana"}]}}]`, 1), 0, ""},
		"a number by name":        {named("Hi {{1}}."), 2388072, "NAMED"},
		"an upper-case variable":  {named("Hi {{Name}}."), 2388072, "{{Name}}"},
		"the longest header":      {with(`{"type":"HEADER","format":"TEXT","text":"` + x(60) + `"}`), 0, ""},
		"a longer header":         {with(`{"type":"HEADER","format":"TEXT","text":"` + x(61) + `"}`), 2388040, "60"},
		"a header's variables":    {with(`{"type":"HEADER","text":"{{1}} {{2}}"}`), 2388047, "2 variables"},
		"an empty header":         {with(`{"type":"HEADER","format":"TEXT"}`), 2388043, "components[1].text"},
		"a header's format":       {with(`{"type":"HEADER","format":"SMELL"}`), 0, `must be one of {DOCUMENT, GIF, IMAGE, LOCATION, PRODUCT, TEXT, VIDEO} - got "SMELL"`},
		"an image":                {with(`{"type":"header","format":"image","example":{"header_handle":["4:x"]}}`), 0, ""},
		"the longest footer":      {with(`{"type":"FOOTER","text":"` + x(60) + `"}`), 0, ""},
		"a longer footer":         {with(`{"type":"FOOTER","text":"` + x(61) + `"}`), 2388040, "60"},
		"an empty footer":         {with(`{"type":"FOOTER"}`), 2388043, "components[1].text"},
		"a footer's variable":     {with(`{"type":"FOOTER","text":"Bye {{1}}."}`), 2388073, "{{1}}"},
		"ten buttons":             {labels(10), 0, ""},
		"eleven buttons":          {labels(11), 0, "11 buttons"},
		"no buttons":              {labels(0), 0, "0 buttons"},
		"the longest label":       {button(`"type":"QUICK_REPLY","text":"` + x(25) + `"`), 0, ""},
		"a longer label":          {button(`"type":"QUICK_REPLY","text":"` + x(26) + `"`), 2388040, "components[1].buttons[0].text has 26"},
		"no label":                {button(`"type":"QUICK_REPLY"`), 0, "components[1].buttons[0].text is missing"},
		"an unknown button":       {button(`"type":"REPLY","text":"Yes"`), 0, "QUICK_REPLY"},
		"a URL":                   {button(`"type":"URL","text":"Go","url":"https://x.org/{{1}}","example":["https://x.org/7"]`), 0, ""},
		"the longest URL":         {button(`"type":"URL","text":"Go","url":"https://x.org/` + x(1986) + `"`), 0, ""},
		"a longer URL":            {button(`"type":"URL","text":"Go","url":"https://x.org/` + x(1987) + `"`), 2388040, "2001 characters; 2000"},
		"no URL":                  {button(`"type":"URL","text":"Go"`), 0, "buttons[0].url is missing"},
		"another scheme":          {button(`"type":"URL","text":"Go","url":"ftp://x.org"`), 0, "http"},
		"a variable within":       {button(`"type":"URL","text":"Go","url":"https://x.org/{{1}}/a"`), 0, "at its end"},
		"a phone":                 {button(`"type":"PHONE_NUMBER","text":"Call","phone_number":"+16505551234"`), 0, ""},
		"no phone":                {button(`"type":"PHONE_NUMBER","text":"Call"`), 0, "phone_number is missing"},
		"a coupon":                {button(`"type":"COPY_CODE","example":"` + x(15) + `"`), 0, ""},
		"a longer coupon":         {button(`"type":"COPY_CODE","example":["` + x(16) + `"]`), 2388040, "15"},
		"a carousel":              {with(`{"type":"CAROUSEL","cards":[` + card + `,` + card + `]}`), 0, ""},
		"a card of nothing":       {cards(`{"components":[]}`), 0, "components[1].cards[0].components has no HEADER"},
		"a card of words":         {cards(`{"components":[{"type":"BODY","text":"Hi."}]}`), 0, "components[1].cards[0].components has no HEADER"},
		"a card's text header":    {cards(`{"components":[{"type":"HEADER","format":"TEXT","text":"Hi"}]}`), 0, "components[1].cards[0].components[0].format is TEXT"},
		"cards of products":       {cards(cardOf("PRODUCT", ","+buttons(`{"type":"SPM","text":"View"}`)), cardOf("product", ","+buttons(`{"type":"spm","text":"View"}`))), 0, ""},
		"the longest card":        {cards(cardOf("VIDEO", `,{"type":"BODY","text":"`+x(160)+`"},`+buttons(quick, link))), 0, ""},
		"a longer card":           {cards(cardOf("VIDEO", `,{"type":"BODY","text":"`+x(161)+`"}`)), 2388040, "components[1].cards[0].components[1].text has 161"},
		"three buttons on a card": {cards(cardOf("IMAGE", ","+buttons(quick, quick, link))), 0, "has 3 buttons; 1 to 2"},
		"another card":            {cards(card, cardOf("VIDEO", "")), 0, "components[1].cards[1].components are HEADER VIDEO; those of the first card are HEADER IMAGE"},
		"other buttons":           {cards(cardOf("IMAGE", ","+buttons(quick)), cardOf("IMAGE", ","+buttons(link))), 0, "BUTTONS, URL; those"},
		"eleven cards":            {cards(strings.Split(strings.Repeat(card+"\n", 10)+card, "\n")...), 0, "11 cards"},

		"two URLs":              {with(buttons(link, link)), 0, ""},
		"three URLs":            {with(buttons(link, link, link)), 0, "has 3 buttons of the type URL; 2 may be"},
		"two phones":            {with(buttons(phone, phone)), 0, "PHONE_NUMBER; 1 may be"},
		"two coupons":           {with(buttons(coupon, coupon)), 0, "COPY_CODE; 1 may be"},
		"two groups":            {with(buttons(link, phone, quick, quick)), 0, ""},
		"a URL in between":      {with(buttons(quick, link, quick)), 0, "quick replies must stand together"},
		"a reply in between":    {with(buttons(link, quick, link)), 0, "quick replies must stand together"},
		"a link to WhatsApp":    {button(`"type":"URL","text":"Go","url":"https://wa.me/16505551234"`), 0, "cannot lead to WhatsApp"},
		"no URI":                {button(`"type":"URL","text":"Go","url":"x.org"`), 0, `(#100) Param components[1]['buttons'][0]['url'] is not a valid URI.`},
		"a flow":                {with(buttons(flow)), 0, ""},
		"no flow":               {button(`"type":"FLOW","text":"Fill"`), 0, "0 of flow_id, flow_name and flow_json"},
		"two flows":             {button(`"type":"FLOW","text":"Fill","flow_id":"1","flow_name":"f"`), 0, "2 of flow_id"},
		"a payload":             {button(`"type":"QUICK_REPLY","text":"Yes","payload":"YES"`), 0, `Unexpected key "payload"`},
		"a password in between": {with(buttons(`{"type":"OTP","otp_type":"COPY_CODE"}`)), 0, "only an AUTHENTICATION template"},

		"an offer":              {offer("Hi.", `"text":"`+x(16)+`","has_expiration":true`, ","+buttons(coupon, link)), 0, ""},
		"an offer without end":  {offer(x(600), `"text":"Now"`, `,{"type":"HEADER","format":"VIDEO","example":{"header_handle":["4:x"]}},`+buttons(link)), 0, ""},
		"a longer offer":        {offer("Hi.", `"text":"`+x(17)+`"`, ""), 2388040, "components[1].limited_time_offer.text has 17"},
		"no offer":              {offer("Hi.", "", ""), 0, "components[1].limited_time_offer.text is missing"},
		"an offer's kind":       {with(`{"type":"LIMITED_TIME_OFFER"}`), 0, "The parameter components[1]['limited_time_offer'] is required."},
		"an offer's body":       {offer(x(601), `"text":"Now"`, ""), 2388040, "components[0].text has 601 characters; 600"},
		"an offer's footer":     {offer("Hi.", `"text":"Now"`, `,{"type":"FOOTER","text":"Bye."}`), 0, "components[2].type is FOOTER"},
		"an offer's header":     {offer("Hi.", `"text":"Now"`, `,{"type":"HEADER","format":"TEXT","text":"Hi"}`), 0, "components[2].format is TEXT"},
		"an offer's code":       {offer("Hi.", `"text":"Now"`, ","+buttons(link, coupon)), 0, "must be the first button"},
		"an end without a code": {offer("Hi.", `"text":"Now","has_expiration":true`, ","+buttons(link)), 0, "an offer that expires must have one"},
		"an offer's end":        {offer("Hi.", `"text":"Now","has_expiration":"soon"`, ""), 0, "(#100) Param components[1]['limited_time_offer']['has_expiration'] must be a boolean."},
		"an offer of utility":   {strings.Replace(offer("Hi.", `"text":"Now"`, ""), "MARKETING", "UTILITY", 1), 0, "category is UTILITY"},

		"a password for an app": {password("", "", `,"otp_type":"one_tap","supported_apps":[`+app+`]`), 0, ""},
		"an app, as before":     {password("", "", `,"otp_type":"ONE_TAP","package_name":"p","signature_hash":"h"`), 0, ""},
		"without a tap":         {password("", "", `,"otp_type":"ZERO_TAP","zero_tap_terms_accepted":true,"supported_apps":[`+app+`]`), 0, ""},
		"without the terms":     {password("", "", `,"otp_type":"ZERO_TAP","supported_apps":[`+app+`]`), 0, "zero_tap_terms_accepted"},
		"without an app":        {password("", "", `,"otp_type":"ONE_TAP"`), 0, "supported_apps names 0 apps"},
		"an app without a hash": {password("", "", `,"otp_type":"ONE_TAP","supported_apps":[{"package_name":"p"}]`), 0, "supported_apps names 0 apps"},
		"six apps":              {password("", "", `,"otp_type":"ONE_TAP","supported_apps":[`+strings.Repeat(app+",", 5)+app+`]`), 0, "supported_apps names 6 apps"},
		"a kind of password":    {password("", "", `,"otp_type":"SMS"`), 0, `['otp_type'] must be one of {COPY_CODE, ONE_TAP, ZERO_TAP} - got "SMS"`},
		"no kind of password":   {password("", "", ""), 0, "The parameter components[2]['buttons'][0]['otp_type'] is required."},
		"a password's body":     {password(`,"text":"Your code is here."`, "", `,"otp_type":"COPY_CODE"`), 0, "components[0].text is set"},
		"a password's footer":   {password("", `,"text":"Bye."`, `,"otp_type":"COPY_CODE"`), 0, "components[1].text is set"},
		"a password's advice":   {password(`,"add_security_recommendation":"maybe"`, "", `,"otp_type":"COPY_CODE"`), 0, "must be a boolean"},
		"the longest validity":  {password("", `,"code_expiration_minutes":90`, `,"otp_type":"COPY_CODE"`), 0, ""},
		"a longer validity":     {password("", `,"code_expiration_minutes":91`, `,"otp_type":"COPY_CODE"`), 0, "components[1].code_expiration_minutes is 91"},
		"no validity":           {password("", `,"code_expiration_minutes":0`, `,"otp_type":"COPY_CODE"`), 0, "code_expiration_minutes is 0"},
		"half a validity":       {password("", `,"code_expiration_minutes":"5m"`, `,"otp_type":"COPY_CODE"`), 0, "must be an integer"},
		"a password's reply":    {strings.Replace(password("", "", `,"otp_type":"COPY_CODE"`), `"buttons":[`, `"buttons":[`+quick+",", 1), 0, "is QUICK_REPLY; an authentication"},
		"no button of password": {`{"name":"t","language":"de","category":"AUTHENTICATION","components":[{"type":"BODY"}]}`, 0, "one of the type OTP"},
		"a password's header":   {`{"name":"t","language":"de","category":"AUTHENTICATION","components":[{"type":"HEADER","format":"TEXT","text":"Hi"},{"type":"BODY"}]}`, 0, "components[0].type is HEADER"},

		"a language's region":   {strings.Replace(body("Hi."), `"de"`, `"pt_BR"`, 1), 0, ""},
		"no such language":      {strings.Replace(body("Hi."), `"de"`, `"xx"`, 1), 0, `Param language must be one of {af, ar, ar_AE,`},
		"Portuguese of nowhere": {strings.Replace(body("Hi."), `"de"`, `"pt"`, 1), 0, `Param language must be one of`},
		"another spelling":      {strings.Replace(body("Hi."), `"de"`, `"en-US"`, 1), 0, `language is "en-US"`},
		"the shortest life":     {strings.Replace(body("Hi."), `{`, `{"message_send_ttl_seconds":43200,`, 1), 0, ""},
		"a shorter life":        {strings.Replace(body("Hi."), `{`, `{"message_send_ttl_seconds":43199,`, 1), 0, "message_send_ttl_seconds is 43199; that of a template of the category MARKETING must be from 43200 to 2592000"},
		"the longest life":      {strings.Replace(body("Hi."), `{`, `{"message_send_ttl_seconds":"2592000",`, 1), 0, ""},
		"a longer life":         {strings.Replace(body("Hi."), `{`, `{"message_send_ttl_seconds":2592001,`, 1), 0, "message_send_ttl_seconds is 2592001"},
		"the usual life":        {strings.Replace(body("Hi."), `{`, `{"message_send_ttl_seconds":-1,`, 1), 0, ""},
		"a life in words":       {strings.Replace(body("Hi."), `{`, `{"message_send_ttl_seconds":"a day",`, 1), 0, "Param message_send_ttl_seconds must be an integer."},
		"a password's life":     {strings.Replace(password("", "", `,"otp_type":"COPY_CODE"`), `{`, `{"message_send_ttl_seconds":901,`, 1), 0, "from 30 to 900"},
		"a utility's life":      {strings.Replace(strings.Replace(body("Hi."), "MARKETING", "UTILITY", 1), `{`, `{"message_send_ttl_seconds":29,`, 1), 0, "from 30 to 43200"},
		"no cards":              {with(`{"type":"CAROUSEL"}`), 0, "0 cards"},
		"a carousel on a card":  {with(`{"type":"CAROUSEL","cards":[{"components":[{"type":"CAROUSEL"}]}]}`), 0, "cards[0].components[0].type"},
		"an authentication":     {`{"name":"t","language":"de","category":"AUTHENTICATION","components":[{"type":"BODY","add_security_recommendation":true},{"type":"FOOTER","code_expiration_minutes":5},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE","text":"Copy"}]}]}`, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := call(t, s, "POST", templates, "Bearer x", test.body)
			if test.details != "" {
				refusal{400, 100, test.subcode, test.details}.check(t, status, answer)
				return
			}
			if status != 200 {
				t.Fatalf("got %d %s", status, answer)
			}
			status, answer = call(t, s, "POST", templates, "Bearer x", test.body)
			refusal{400, 100, 2388024, "already"}.check(t, status, answer)
			created := s.Templates()
			name := created[len(created)-1].Name
			accept[map[string]bool](t, s, "DELETE", templates+"?name="+name, "")
		})
	}
}
