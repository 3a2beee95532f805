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
		`{"type":"audio","audio":{"voice":true,"id":"1"}}`:                                        `{"audio":{"id":"1","voice":true},"type":"audio"}`,
		`{"type":"sticker","sticker":{}}`:                                                         `{"sticker":{"animated":false},"type":"sticker"}`,
		`{"type":"sticker","sticker":{"animated":true}}`:                                          `{"sticker":{"animated":true},"type":"sticker"}`,
		`{"type":"document"}`:                                                                     `{"document":{"filename":"document.pdf"},"type":"document"}`,
		`{"type":"document","document":{"filename":"a.txt"}}`:                                     `{"document":{"filename":"a.txt"},"type":"document"}`,
		`{"type":"document","document":{"mime_type":"image/png"}}`:                                `{"document":{"filename":"document.png","mime_type":"image/png"},"type":"document"}`,
		`{"type":"document","document":{"mime_type":"text/plain; a"}}`:                            `{"document":{"filename":"document.txt","mime_type":"text/plain; a"},"type":"document"}`,
		`{"type":"unsupported"}`:                                                                  `{` + errors + `,"type":"unsupported","unsupported":{"type":"unknown"}}`,
		`{"type":"unsupported","unsupported":{"type":"poll"}}`:                                    `{` + errors + `,"type":"unsupported","unsupported":{"type":"poll"}}`,
		`{"type":"unsupported","errors":[]}`:                                                      `{"errors":[],"type":"unsupported","unsupported":{"type":"unknown"}}`,
		`{"type":"unknown"}`:                                                                      `{` + errors + `,"type":"unknown"}`,
		`{"type":"button","button":{"text":"Yes"}}`:                                               `{"button":{"payload":"Yes","text":"Yes"},"type":"button"}`,
		`{"type":"button","button":{"payload":"Y"}}`:                                              `{"button":{"payload":"Y","text":"Y"},"type":"button"}`,
		`{"type":"button","button":{}}`:                                                           `{"button":{},"type":"button"}`,
		`{"type":"interactive","interactive":{"button_reply":{"title":"Yes"}}}`:                   `{"interactive":{"button_reply":{"id":"Yes","title":"Yes"},"type":"button_reply"},"type":"interactive"}`,
		`{"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"y"}}}`:      `{"interactive":{"list_reply":{"id":"y","title":"y"},"type":"list_reply"},"type":"interactive"}`,
		`{"type":"interactive","interactive":{"nfm_reply":{}}}`:                                   `{"interactive":{"nfm_reply":{"body":"Sent","name":"flow","response_json":"{}"},"type":"nfm_reply"},"type":"interactive"}`,
		`{"type":"interactive","interactive":{"type":"button_reply"}}`:                            `{"interactive":{"type":"button_reply"},"type":"interactive"}`,
		`{"type":"interactive","interactive":{"button_reply":7}}`:                                 `{"interactive":{"button_reply":7,"type":"button_reply"},"type":"interactive"}`,
		`{"type":"order","order":{"product_items":[{"product_retailer_id":"a","quantity":2},7]}}`: `{"order":{"catalog_id":"194836987003835","product_items":[{"currency":"USD","item_price":5,"product_retailer_id":"a","quantity":2},7],"text":""},"type":"order"}`,
		`{"type":"order","order":{"text":"quick"}}`:                                               `{"order":{"catalog_id":"194836987003835","product_items":[],"text":"quick"},"type":"order"}`,
		`{"type":"system","system":{"wa_id":"2"},"from":"1"}`:                                     `{"from":"1","system":{"body":"User changed from 1 to 2","type":"user_changed_number","wa_id":"2"},"type":"system"}`,
		`{"type":"system","system":{"type":"user_changed_user_id","user_id":"US.1"}}`:             `{"system":{"type":"user_changed_user_id","user_id":"US.1"},"type":"system"}`,
		`{"type":"system","system":{"type":"customer_identity_changed","body":"b"}}`:              `{"system":{"body":"b","type":"customer_identity_changed"},"type":"system"}`,
		`{"type":"location","location":{"latitude":"1.5","longitude":2}}`:                         `{"location":{"latitude":1.5,"longitude":2},"type":"location"}`,
		`{"type":"location","location":{"latitude":"north"}}`:                                     `{"location":{"latitude":"north","longitude":0},"type":"location"}`,
		`{"type":"text","text":{"body":"hi"},"referral":{"source_id":"9"}}`:                       `{"referral":{"body":"","headline":"","source_id":"9","source_type":"ad","source_url":"https://fb.me/9"},"text":{"body":"hi"},"type":"text"}`,
		`{"type":"text","text":{"body":"hi"},"referral":{}}`:                                      `{"referral":{"body":"","headline":"","source_id":"120200000000000001","source_type":"ad","source_url":"https://fb.me/120200000000000001"},"text":{"body":"hi"},"type":"text"}`,
		`{"type":"audio","audio":7}`:                                                              `{"audio":7,"type":"audio"}`,
		`{"type":"text","text":{"body":"hi"}}`:                                                    `{"text":{"body":"hi"},"type":"text"}`,
		`{"type":"image"}`:                                                                        `{"type":"image"}`,
		`{}`:                                                                                      `{}`,
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
