package message

import "testing"

func TestNotUTF8(t *testing.T) {
	_, refused := Rules{}.Parse("application/json", []byte("{\"messaging_product\":\"whatsapp\",\"to\":\"1\",\"text\":{\"body\":\"\xff\"}}"))
	if refused == nil || refused.Code != 100 || refused.Details != "The body is not UTF-8." {
		t.Errorf("got %v", refused)
	}
}
