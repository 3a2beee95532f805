package web

// keyObject is a key of Redis.
type keyObject struct {
	DB    int      `json:"db"`
	Name  string   `json:"name"`
	Type  string   `json:"type"`
	Value string   `json:"value"`
	TTL   *float64 `json:"ttl"` // in seconds; nil: it stays
}

// listKeys answers with what is in Redis.
func (s *Server) listKeys(*request) (any, error) {
	if s.world == nil {
		return nil, s.noWorld()
	}
	all := []keyObject{}
	for _, k := range s.world.Keys() {
		object := keyObject{DB: k.DB, Name: k.Name, Type: k.Type, Value: k.Value}
		if k.TTL > 0 {
			seconds := k.TTL.Seconds()
			object.TTL = &seconds
		}
		all = append(all, object)
	}
	return map[string]any{"now": s.world.Now(), "keys": all}, nil
}
