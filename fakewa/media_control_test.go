package fakewa_test

import "encoding/json"

// readMedia reads a file that a user sends.
func (c *controlled) readMedia() {
	c.Helper()
	c.must("POST users/9/messages", `{"type":"image","image":{}}`)
	sent := c.platform.First().Conversation("+9")
	var message struct{ Image struct{ ID string } }
	if err := json.Unmarshal(sent[0].Body, &message); err != nil {
		c.Fatal(err)
	}
	c.must("GET media/"+message.Image.ID, "")
}
