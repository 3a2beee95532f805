package fakewa

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"

	"wappasim/fakewa/internal/media"
)

// splitData takes the bytes of a file out of a message with media. data is nil if the
// message has none.
func (c Content) splitData() (rest Content, data []byte, err error) {
	typ, _ := c["type"].(string)
	object := c.object(typ)
	if object["data"] == nil || sentTypes[typ] == "" {
		return c, nil, nil
	}
	switch given := object["data"].(type) {
	case []byte:
		data = bytes.Clone(given)
	case string:
		data, err = base64.StdEncoding.DecodeString(given)
	default:
		err = fmt.Errorf("got %T", given)
	}
	if err == nil && len(data) == 0 {
		err = errors.New("got none")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("fakewa: %s.data: want the bytes of a file, or base64 of them: %w", typ, err)
	}
	object, rest = maps.Clone(object), maps.Clone(c)
	delete(object, "data")
	rest[typ] = object
	return rest, data, nil
}

// takeFile takes the file out of a message with media. content is nil if the message
// has none. The caller does not hold mu: hashing takes long.
func (s *Server) takeFile(c Content) (rest Content, content *media.Content, err error) {
	rest, data, err := c.splitData()
	if err != nil || data == nil {
		return rest, nil, err
	}
	if refused := s.refuseSize("data", int64(len(data))); refused != nil {
		return nil, nil, fmt.Errorf("fakewa: %s", refused.Reason())
	}
	hashed := media.NewContent(data)
	return rest, &hashed, nil
}

// completeMedia returns the media object of a user's message with what WhatsApp adds to
// it, and stores its file, or a sample if the user gave none. If the object has the id
// of a file that the fake has, it is about that file. The caller holds mu.
func (s *Server) completeMedia(typ string, given map[string]any, content *media.Content) map[string]any {
	object := map[string]any{"id": s.mediaID(), "mime_type": sentTypes[typ]}
	maps.Copy(object, given)
	id, _ := object["id"].(string)
	f, _ := s.media.Get(id, s.clock.Now())
	if f == nil || content != nil {
		mimeType, _ := object["mime_type"].(string)
		name, _ := object["filename"].(string)
		mimeType = cmp.Or(mimeType, sentTypes[typ])
		if content == nil {
			sample := media.Sample(mimeType)
			content = &sample
		}
		f = s.storeMedia(media.File{ID: id, Inbound: true, MIME: mimeType, Name: name, SHA256: content.SHA256, Bytes: content.Bytes})
	}
	for name, value := range map[string]any{
		"mime_type": f.MIME, "sha256": f.Base64Sum(), "url": s.mediaURL(s.cfg.BaseURL, id),
	} {
		if _, ok := given[name]; !ok {
			object[name] = value
		}
	}
	return object
}
