package message

// contactInfoRequest is the kind of the choice with which a user shares their number. Its
// label is WhatsApp's, so that a tap names it by this.
const contactInfoRequest = "request_contact_info"

func requestContactInfo(i object) {
	i.without("header")
	i.body(1024)
	i.without("footer")
	i.object("action").enum("name", contactInfoRequest)
	i.choice(Choice{Kind: contactInfoRequest, ID: contactInfoRequest})
}
