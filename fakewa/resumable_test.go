package fakewa_test

import (
	"strings"
	"testing"

	"wappasim/fakewa"
)

func TestUploadIsResumed(t *testing.T) {
	s := still(t, fakewa.Config{MediaBytes: 100})
	app := api + s.Config().AppID + "/uploads"
	begin := func(query string) answer { return request(t, s.Client(), "POST", app+query, "") }
	begin("").refused(t, 400, 100, "file_length")
	begin("?file_length=0&file_type=image/png").refused(t, 400, 100, `file_length is "0"`)
	begin("?file_length=104857601&file_type=image/png").refused(t, 400, 100, "from 1 to 104857600")
	begin("?file_length=101&file_type=image/png").refused(t, 400, 131053, "101", "media_bytes")
	begin("?file_length=10").refused(t, 400, 100, "file_type is missing")

	started := begin("?file_length=10&file_type=image/png&file_name=a.png")
	if started.status != 200 || !strings.HasPrefix(started.ID, "upload:") {
		t.Fatalf("got %s", started.body)
	}
	session := api + started.ID
	piece := func(offset, data string) answer {
		return request(t, s.Client(), "POST", session, data, "Authorization", "OAuth x", "file_offset", offset)
	}
	if got := piece("0", "01234"); got.status != 200 || got.Offset != 5 || got.H != "" {
		t.Errorf("got %s", got.body)
	}
	if got := request(t, s.Client(), "GET", strings.Replace(session, "/v23.0", "", 1), ""); got.ID != started.ID || got.Offset != 5 {
		t.Errorf("got %s", got.body)
	}
	piece("0", "01234").refused(t, 400, 100, `file_offset is "0"; it must be 5`)
	piece("", "01234").refused(t, 400, 100, `file_offset is ""`)
	piece("5", "567890").refused(t, 400, 100, "has 11 bytes", "was 10")
	if _, ok := s.Media(started.ID); ok {
		t.Error("half an upload is media")
	}
	got := piece("5", "56789")
	if got.status != 200 || !strings.HasPrefix(got.H, "4:") {
		t.Fatalf("got %s", got.body)
	}
	if m, ok := s.Media(got.H); !ok || string(m.Bytes) != "0123456789" || m.MIME != "image/png" || m.Name != "a.png" {
		t.Errorf("got %+v, %v", m, ok)
	}
	request(t, s.Client(), "GET", session, "").refused(t, 400, 100, started.ID)
	piece("10", "").refused(t, 400, 100, started.ID)
	request(t, s.Client(), "GET", api+got.H, "").refused(t, 400, 100, got.H) // a handle is not a media id
	sendMedia(t, s, "image", got.H).refused(t, 400, 100, got.H)

	begin("?file_length=91&file_type=image/png") // reserves bytes of the store
	if _, ok := s.Media(got.H); ok || s.Dropped().Media != 1 {
		t.Errorf("kept is %v, %d were dropped", ok, s.Dropped().Media)
	}
	for _, call := range s.Requests() {
		if strings.Contains(call.Path, "upload:") && call.Body != "" {
			t.Errorf("the log has the file: %+v", call)
		}
	}
}
