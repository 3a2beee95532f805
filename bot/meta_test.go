package bot_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"go.yaml.in/yaml/v3"
)

// TestMetaExamples posts the webhook bodies of Meta's own OpenAPI file to the
// bot. The file is Meta's and is not part of this project; META_OPENAPI names a
// copy of business-messaging-api_v23.0.yaml, which Meta publishes in the
// repository facebook/openapi on GitHub.
func TestMetaExamples(t *testing.T) {
	path := os.Getenv("META_OPENAPI")
	if path == "" {
		t.Skip("needs META_OPENAPI, the path of Meta's business-messaging-api_v23.0.yaml")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var api struct {
		Paths map[string]struct {
			Post struct {
				RequestBody struct {
					Content map[string]struct {
						Examples map[string]struct{ Value map[string]any }
					}
				} `yaml:"requestBody"`
			}
		}
	}
	if err := yaml.Unmarshal(data, &api); err != nil {
		t.Fatal(err)
	}
	examples := api.Paths["/whatsapp/webhooks"].Post.RequestBody.Content["application/json"].Examples
	if len(examples) < 5 {
		t.Fatalf("only %d examples were found under /whatsapp/webhooks", len(examples))
	}
	for name, example := range examples {
		body, err := json.Marshal(example.Value)
		if err != nil {
			t.Fatal(err)
		}
		server := miniredis.RunT(t)
		cfg := config(server.Addr(), newGraphAPI())
		cfg.PhoneNumberID = "106540352242922"
		if w := post(newBot(t, cfg), string(body)); w.Code != 200 {
			t.Errorf("%s: got %d %s", name, w.Code, w.Body)
		}
		messages := strings.Count(string(body), `"timestamp"`)
		if strings.Contains(string(body), `"statuses"`) || strings.Contains(string(body), `"groups"`) {
			messages = 0
		}
		stored := 0
		for _, key := range server.DB(0).Keys() {
			if strings.HasPrefix(key, "wappa:seen:") {
				stored++
			}
		}
		if stored != messages {
			t.Errorf("%s: %d messages stored, want %d: %s", name, stored, messages, body)
		}
	}
	t.Logf("%d examples", len(examples))
}
