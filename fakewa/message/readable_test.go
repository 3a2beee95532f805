package message

import "testing"

func TestReadable(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"text":                {`{"text":{"body":"hello"}}`, "hello"},
		"image":               {`{"type":"image","image":{"id":"1","caption":"my cat"}}`, "[image] my cat"},
		"document":            {`{"type":"document","document":{"link":"https://x","filename":"bill.pdf"}}`, "[document bill.pdf]"},
		"voice":               {`{"type":"audio","audio":{"id":"1","voice":true}}`, "[voice]"},
		"location":            {`{"type":"location","location":{"latitude":37.44,"longitude":"-122.16","name":"Meta","address":"1 Hacker Way"}}`, "[location 37.44, -122.16] Meta, 1 Hacker Way"},
		"location alone":      {`{"type":"location","location":{"latitude":37.44,"longitude":-122.16}}`, "[location 37.44, -122.16]"},
		"contacts":            {`{"type":"contacts","contacts":[{"name":{"formatted_name":"Ben"},"phones":[{"phone":"+1555"}]},{"name":{"formatted_name":"Eve"}}]}`, "[contact Ben +1555]\n[contact Eve]"},
		"reaction":            {`{"type":"reaction","reaction":{"message_id":"wamid.1","emoji":"👍"}}`, "[reaction 👍]"},
		"reaction taken back": {`{"type":"reaction","reaction":{"message_id":"wamid.1"}}`, "[reaction]"},
		"buttons": {`{"type":"interactive","interactive":{"type":"button","header":{"type":"text","text":"Menu"},"body":{"text":"Hungry?"},"footer":{"text":"until 10 pm"},
			"action":{"buttons":[{"type":"reply","reply":{"id":"a","title":"Pizza"}},{"type":"reply","reply":{"id":"b","title":"Pasta"}}]}}}`,
			"Menu\nHungry?\nuntil 10 pm\n[1] Pizza  [2] Pasta"},
		"list": {`{"type":"interactive","interactive":{"type":"list","body":{"text":"Teas"},"action":{"button":"Choose","sections":[
			{"title":"Green","rows":[{"id":"1","title":"Sencha","description":"from Japan"}]},{"title":"Black","rows":[{"id":"2","title":"Assam"}]}]}}}`,
			"Teas\nChoose\nGreen\n[1] Sencha – from Japan\nBlack\n[2] Assam"},
		"URL": {`{"type":"interactive","interactive":{"type":"cta_url","header":{"type":"image","image":{"id":"1"}},"body":{"text":"Pay here"},"action":{"name":"cta_url","parameters":{"display_text":"Pay","url":"https://pay"}}}}`,
			"[image]\nPay here\n[1] Pay – https://pay"},
		"flow":             {`{"type":"interactive","interactive":{"type":"flow","body":{"text":"Book"},"action":{"name":"flow","parameters":{"flow_cta":"Open"}}}}`, "Book\n[1] Open"},
		"product":          {`{"type":"interactive","interactive":{"type":"product","action":{"catalog_id":"1","product_retailer_id":"sku-1"}}}`, "[product sku-1]"},
		"products":         {`{"type":"interactive","interactive":{"type":"product_list","body":{"text":"Buy"},"action":{"sections":[{"title":"A","product_items":[{"product_retailer_id":"sku-1"}]}]}}}`, "Buy\nA\n[1] sku-1"},
		"location request": {`{"type":"interactive","interactive":{"type":"location_request_message","body":{"text":"Where?"},"action":{"name":"send_location"}}}`, "Where?\n[send_location]"},
		"contact request":  {`{"type":"interactive","interactive":{"type":"request_contact_info","body":{"text":"Your number?"},"action":{"name":"request_contact_info"}}}`, "Your number?\n[request_contact_info]"},
		"cards": {`{"type":"interactive","interactive":{"type":"carousel","body":{"text":"Look"},"action":{"cards":[
			{"header":{"type":"image","image":{"id":"1"}},"body":{"text":"One"},"action":{"buttons":[{"type":"quick_reply","quick_reply":{"id":"a","title":"Yes"}}]}}]}}}`,
			"Look\n[image]\nOne\n[1] Yes"},
		"template": {`{"type":"template","template":{"name":"order","language":{"code":"en"},"components":[
			{"type":"body","parameters":[{"type":"text","text":"17"},{"type":"currency","currency":{"fallback_value":"$5"}}]},{"type":"button","parameters":[{"type":"payload","payload":"stop"}]}]}}`,
			"[template order, 17, $5, stop]"},
		"tap":         {`{"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"a","title":"Pizza"}}}`, "[tap Pizza]"},
		"pick":        {`{"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"a","title":"Sencha"}}}`, "[tap Sencha]"},
		"quick reply": {`{"type":"button","button":{"payload":"stop","text":"Stop"}}`, "[tap Stop]"},
		"order":       {`{"type":"order","order":{"text":"please","product_items":[{"product_retailer_id":"sku-1","quantity":2}]}}`, "[order 2 of sku-1]\nplease"},
		"new type":    {`{"type":"hologram","hologram":{}}`, "[hologram]"},
		"wrong types": {`{"type":"interactive","interactive":{"type":7,"action":[]}}`, "[7]"},
		"not JSON":    {`{`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Readable([]byte(c.body)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
