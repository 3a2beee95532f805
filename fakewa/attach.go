package fakewa

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
)

// file is what is in a medium that a user sends.
type file struct {
	bytes []byte
	sum   string // SHA-256, hex
}

func newFile(data []byte) *file {
	sum := sha256.Sum256(data)
	return &file{data, hex.EncodeToString(sum[:])}
}

// detach takes the data out of a message with media. data is nil if it has none.
func (c Content) detach() (rest Content, data []byte, err error) {
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
		err = fmt.Errorf("it is %T", given)
	}
	if err == nil && len(data) == 0 {
		err = errors.New("it is empty")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("fakewa: %s.data is not the bytes of a file in base64: %w", typ, err)
	}
	object, rest = maps.Clone(object), maps.Clone(c)
	delete(object, "data")
	rest[typ] = object
	return rest, data, nil
}

// detach takes the file out of a message, if it has one that the fake has room
// for. It is done before mu is held: hashing takes long.
func (s *Server) detach(c Content) (Content, *file, error) {
	rest, data, err := c.detach()
	if err != nil || data == nil {
		return rest, nil, err
	}
	if refused := s.refuseSize("data", int64(len(data))); refused != nil {
		return nil, nil, fmt.Errorf("fakewa: %s", refused.Details)
	}
	return rest, newFile(data), nil
}

// attach completes the media object of a user's message, and keeps the file, or
// one of the fake's if there is none. An id of media that are known stands for
// those. It does not change what it is given. The caller holds mu.
func (s *Server) attach(typ string, given map[string]any, f *file) map[string]any {
	object := map[string]any{"id": s.mediaID(), "mime_type": sentTypes[typ]}
	maps.Copy(object, given)
	id, _ := object["id"].(string)
	m, _ := s.media.get(id, s.clock.Now())
	if m == nil || f != nil {
		typeGiven, _ := object["mime_type"].(string)
		name, _ := object["filename"].(string)
		typeGiven = cmp.Or(typeGiven, sentTypes[typ])
		if f == nil {
			f = sample(typeGiven)
		}
		m = s.shelve(Media{ID: id, Direction: In, MIME: typeGiven, Name: name, SHA256: f.sum, Bytes: f.bytes})
	}
	for name, value := range map[string]any{
		"mime_type": m.MIME, "sha256": base64Sum(m.Media), "url": s.mediaURL(s.cfg.BaseURL, id),
	} {
		if _, ok := given[name]; !ok {
			object[name] = value
		}
	}
	return object
}
