package message

func locationRequest(i object) {
	i.without("header")
	i.body(1024)
	i.without("footer")
	i.action().enum("name", "send_location")
	i.choice(Choice{Kind: "send_location"})
}
