package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	posters      = 32
	webhookUsers = 100_000
)

// signed is a webhook's body and signature.
type signed struct {
	body      []byte
	signature string
}

func sign(value string) signed {
	body := []byte(`{"object":"whatsapp_business_account","entry":[{"id":"` + businessID + `","changes":[{"value":{"messaging_product":"whatsapp",` +
		`"metadata":{"display_phone_number":"15550783881","phone_number_id":"` + phoneID + `"},` + value + `},"field":"messages"}]}]}`)
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	return signed{body, "sha256=" + hex.EncodeToString(mac.Sum(nil))}
}

func messageWebhook(n int) signed {
	user := strings.TrimPrefix(userName(n%webhookUsers), "+")
	return sign(fmt.Sprintf(`"contacts":[{"profile":{"name":"Ana"},"wa_id":%q}],"messages":[{"from":%q,"id":%q,"timestamp":"%d","type":"text","text":{"body":"Hello there!"}}]`,
		user, user, messageID(user, n), time.Now().Unix()))
}

func statusWebhook(t sentText) signed {
	return sign(fmt.Sprintf(`"statuses":[{"id":%q,"status":"delivered","timestamp":"%d","recipient_id":%q,"biz_opaque_callback_data":%q}]`,
		t.id, time.Now().Unix(), strings.TrimPrefix(t.To, "+"), t.Opaque))
}

// poster posts webhooks over connections that it keeps.
type poster struct{ client *http.Client }

func newPoster() poster {
	return poster{&http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: posters}}}
}

func (p poster) post(url string, w signed) error {
	req, err := http.NewRequest(http.MethodPost, url+"/webhook", bytes.NewReader(w.body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Hub-Signature-256", w.signature)
	resp, err := p.client.Do(req)
	if err != nil {
		return fmt.Errorf("post a webhook: %w", err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return fmt.Errorf("post a webhook: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("a webhook is answered %s", resp.Status)
	}
	return nil
}

func (p poster) close() { p.client.CloseIdleConnections() }
