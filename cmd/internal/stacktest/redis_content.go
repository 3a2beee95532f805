package stacktest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
)

// staysAWhile matches the keys that remain when all sessions are over, and expire.
var staysAWhile = regexp.MustCompile(`^(\{wappa:\d+\}|wappa):(seen|pace):`)

// Content returns all that the server holds, as lines of a database, a key and one of
// its values.
func (s *Redis) Content() (lines []string) {
	s.t.Helper()
	ctx := context.Background()
	for _, db := range []int{0, 3} {
		client := s.Client(db)
		keys, err := client.Keys(ctx, "*").Result()
		if err != nil {
			s.t.Fatal(err)
		}
		slices.Sort(keys)
		for _, key := range keys {
			switch kind := client.Type(ctx, key).Val(); kind {
			case "string":
				lines = append(lines, fmt.Sprintf("%d %s %s", db, key, client.Get(ctx, key).Val()))
			case "hash":
				for field, value := range client.HGetAll(ctx, key).Val() {
					lines = append(lines, fmt.Sprintf("%d %s %s %s", db, key, field, value))
				}
			case "zset":
				for _, member := range client.ZRange(ctx, key, 0, -1).Val() {
					lines = append(lines, fmt.Sprintf("%d %s %s", db, key, member))
				}
			case "none": // it expired meanwhile
			default:
				s.t.Errorf("%s is a %s, which this test cannot read", key, kind)
			}
		}
	}
	return lines
}
