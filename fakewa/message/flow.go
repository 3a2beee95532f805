package message

import "cmp"

func flow(i object) {
	i.optionalHeader(anyHeader...)
	i.body(1024)
	i.optionalFooter()
	a := i.action()
	a.enum("name", "flow")
	p := a.object("parameters")
	p.enum("flow_message_version", "3")
	p.text(p.oneOf("flow_id", "flow_name"), unlimited)
	title := p.text("flow_cta", 30)
	p.optionalEnum("mode", "published", "draft")
	token := cmp.Or(p.optionalText("flow_token", unlimited), "unused")
	p.optionalEnum("flow_action", "navigate", "data_exchange")
	if p.has("flow_action_payload") {
		payload := p.object("flow_action_payload")
		payload.optionalText("screen", unlimited)
		if payload.has("data") { // the flow's own
			payload.open("data")
		}
	}
	i.choice(Choice{Kind: "flow", ID: token, Title: title})
}
