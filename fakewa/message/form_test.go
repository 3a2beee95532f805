package message

import (
	"bytes"
	"mime/multipart"
	"net/url"
	"testing"
)

const urlencoded = "application/x-www-form-urlencoded"

func TestURLEncoded(t *testing.T) {
	form := url.Values{
		"messaging_product":        {"sms", "whatsapp"}, // the last counts
		"to":                       {"+1 650"},
		"text":                     {`{"body": "a & b", "preview_url": true}`},
		"biz_opaque_callback_data": {`{"order":5}`},
		"message_id":               {"[sic"},
		"access_token":             {"secret"},
	}
	accepted(t, "form", Rules{}, urlencoded+"; charset=utf-8", []byte(form.Encode()), Message{
		To: "+1 650", Type: "text", Text: "a & b", Opaque: `{"order":5}`,
		Body: []byte(`{"biz_opaque_callback_data":"{\"order\":5}","message_id":"[sic","messaging_product":"whatsapp","text":{"body":"a \u0026 b","preview_url":true},"to":"+1 650"}`),
	})
	body := "messaging_product=whatsapp&to=1&type=contacts&contacts=" + url.QueryEscape(`[{"name":{"formatted_name":"A","last_name":"A"}}]`)
	accepted(t, "array", Rules{}, urlencoded, []byte(body), Message{
		To: "1", Type: "contacts",
		Body: []byte(`{"contacts":[{"name":{"formatted_name":"A","last_name":"A"}}],"messaging_product":"whatsapp","to":"1","type":"contacts"}`),
	})
}

func TestMultipart(t *testing.T) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, field := range [][2]string{{"messaging_product", "whatsapp"}, {"to", "1"}, {"text", `{"body":"hi"}`}} {
		if err := form.WriteField(field[0], field[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	accepted(t, "multipart", Rules{}, form.FormDataContentType(), body.Bytes(), Message{
		To: "1", Type: "text", Text: "hi",
		Body: []byte(`{"messaging_product":"whatsapp","text":{"body":"hi"},"to":"1"}`),
	})
}

func TestFormRefused(t *testing.T) {
	const start = "--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\n1"
	for _, tt := range []struct{ contentType, body, why string }{
		{urlencoded, "a=%zz", `The body cannot be read as application/x-www-form-urlencoded: invalid URL escape "%zz".`},
		{urlencoded, "messaging_product=whatsapp&to=1&text=hi", "text is a string; it must be an object."},
		{"multipart/form-data", "", "The body cannot be read as multipart/form-data: multipart: boundary is empty."},
		{"multipart/form-data; boundary=b", start, "The body cannot be read as multipart/form-data: unexpected EOF."},
		{"multipart/form-data; boundary=b", "hi", "The body cannot be read as multipart/form-data: multipart: NextPart: EOF."},
	} {
		refusedAs(t, tt.contentType, Rules{}, tt.contentType, []byte(tt.body), 100, tt.why)
	}
}
