package sim

import (
	"io"
	"net/http"
	"strings"

	"wappasim/fakewa"
)

// Call calls the Graph API as the business may do past its bot: with its token,
// under a path like /106540352242922/messages or a whole URL. Time passes until
// the answer is there.
func (w *World) Call(method, path, body string) (answer fakewa.Answer, err error) {
	err = w.do(func() error {
		var failed error
		err := w.aside("call to the Graph API", func() { answer, failed = Call(w.fake.Client(), token, method, path, body) })
		if err != nil {
			return err
		}
		return failed
	})
	return answer, err
}

// Call calls the Graph API with a token, under a path or a whole URL.
func Call(client *http.Client, token, method, path, body string) (fakewa.Answer, error) {
	if strings.HasPrefix(path, "/") {
		path = graphURL + path
	}
	req, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		return fakewa.Answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return fakewa.Answer{}, err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	return fakewa.Answer{Status: resp.StatusCode, Body: string(content)}, err
}
