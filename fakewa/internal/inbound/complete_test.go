package inbound

import (
	"encoding/json"
	"testing"
)

// TestComplete has what published clients read without asking whether it is there: pywa
// 4.5 the voice of an audio, Wappa the others.
func TestComplete(t *testing.T) {
	const errors = `"errors":[{"code":131051,"error_data":{"details":"Message type is currently not supported."},"message":"Message type unknown","title":"Message type unknown"}]`
	for given, want := range map[string]string{
		`{"type":"audio"}`: `{"audio":{"voice":false},"type":"audio"}`,
		`{"type":"audio","audio":{"voice":true,"id":"1"}}`:             `{"audio":{"id":"1","voice":true},"type":"audio"}`,
		`{"type":"sticker","sticker":{}}`:                              `{"sticker":{"animated":false},"type":"sticker"}`,
		`{"type":"sticker","sticker":{"animated":true}}`:               `{"sticker":{"animated":true},"type":"sticker"}`,
		`{"type":"document"}`:                                          `{"document":{"filename":"document.pdf"},"type":"document"}`,
		`{"type":"document","document":{"filename":"a.txt"}}`:          `{"document":{"filename":"a.txt"},"type":"document"}`,
		`{"type":"document","document":{"mime_type":"image/png"}}`:     `{"document":{"filename":"document.png","mime_type":"image/png"},"type":"document"}`,
		`{"type":"document","document":{"mime_type":"text/plain; a"}}`: `{"document":{"filename":"document.txt","mime_type":"text/plain; a"},"type":"document"}`,
		`{"type":"unsupported"}`:                                       `{` + errors + `,"type":"unsupported","unsupported":{"type":"unknown"}}`,
		`{"type":"unsupported","unsupported":{"type":"poll"}}`:         `{` + errors + `,"type":"unsupported","unsupported":{"type":"poll"}}`,
		`{"type":"unsupported","errors":[]}`:                           `{"errors":[],"type":"unsupported","unsupported":{"type":"unknown"}}`,
		`{"type":"audio","audio":7}`:                                   `{"audio":7,"type":"audio"}`,
		`{"type":"text","text":{"body":"hi"}}`:                         `{"text":{"body":"hi"},"type":"text"}`,
		`{"type":"image"}`:                                             `{"type":"image"}`,
		`{}`:                                                           `{}`,
	} {
		var object map[string]any
		if err := json.Unmarshal([]byte(given), &object); err != nil {
			t.Fatal(err)
		}
		Complete(object)
		if got, err := json.Marshal(object); err != nil || string(got) != want {
			t.Errorf("%s: got %s %v, want %s", given, got, err, want)
		}
	}
}

// TestCompleteLeavesTheCallersObjects expects the objects in the message to stay.
func TestCompleteLeavesTheCallersObjects(t *testing.T) {
	audio := map[string]any{"id": "1"}
	Complete(map[string]any{"type": "audio", "audio": audio})
	if len(audio) != 1 {
		t.Errorf("the caller's object is %v", audio)
	}
}
