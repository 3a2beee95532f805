package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"wappasim/fakewa/internal/wire"
)

// ask sends a request to the endpoint, and does what it answers.
// The screen is the one that the request names, and from the one that the next screen
// follows.
func (v *Visit) ask(ctx context.Context, action, screen, from string, data map[string]any) error {
	version := v.definition.dataAPI
	if version == "" {
		version = dataAPI
	}
	request := map[string]any{"version": version, "action": action, "flow_token": v.sent.Token}
	if screen != "" {
		request["screen"] = screen
	}
	if data != nil {
		request["data"] = data
	}
	answer, failed := v.account.exchange(ctx, v.flow, v.user, request)
	if failed == nil {
		err := v.follow(ctx, from, answer)
		if wrong, ok := errors.AsType[*EndpointError](err); !ok {
			return err
		} else {
			failed = wrong
			v.account.blame(v.user, failed)
		}
	}
	switch failed.Kind {
	case "flow-token-invalid":
		v.close(failed.Error())
		v.account.mu.Lock()
		v.account.disabled = kept(append(v.account.disabled, v.message), v.account.host.Limit)
		v.account.mu.Unlock()
	case "response-decryption-error", "payload-schema-error", "invalid-screen-transition":
		v.report(ctx, action, screen, version, failed)
	}
	return failed
}

// report tells the endpoint that its answer was wrong. Nobody waits for the acknowledgement.
func (v *Visit) report(ctx context.Context, action, screen, version string, failed *EndpointError) {
	request := map[string]any{
		"version": version, "action": action, "flow_token": v.sent.Token,
		"data": map[string]any{"error": failed.Kind, "error_message": failed.Why},
	}
	if screen != "" {
		request["screen"] = screen
	}
	_, _ = v.account.exchange(ctx, v.flow, v.user, request) // it is in the log
}

// follow does what the endpoint has answered.
func (v *Visit) follow(ctx context.Context, from string, answer map[string]any) error {
	fail := func(kind, why string, args ...any) error {
		return &EndpointError{Kind: kind, Status: 200, Why: fmt.Sprintf(why, args...)}
	}
	next, _ := answer["screen"].(string)
	data, ok := answer["data"].(map[string]any)
	switch {
	case next == "":
		return fail("payload-schema-error", "the answer has no screen")
	case !ok:
		return fail("payload-schema-error", "the answer has no data, which must be an object")
	case strings.EqualFold(next, "SUCCESS"):
		response, _ := data["extension_message_response"].(map[string]any)
		params, _ := response["params"].(map[string]any)
		if _, ok := params["flow_token"].(string); !ok {
			return fail("payload-schema-error", "the answer has no data.extension_message_response.params.flow_token")
		}
		return v.complete(ctx, params)
	case v.definition.screens[next] == nil || !v.definition.leads(from, next):
		return fail("invalid-screen-transition", "the screen %q does not follow %q in the routing model", next, from)
	}
	if message, ok := data["error_message"].(string); ok {
		v.mu.Lock()
		v.banner = message
		v.mu.Unlock()
	}
	v.mu.Lock()
	known := data
	if p := v.pages[next]; p != nil && next == from {
		known = merged(p.data, data) // what it lacks stays as it was
	}
	v.mu.Unlock()
	if wrong := v.definition.misfit(next, known); wrong != "" {
		return fail("payload-schema-error", "%s", wrong)
	}
	v.show(next, data)
	return nil
}

// complete ends the flow, and sends what was filled in.
func (v *Visit) complete(ctx context.Context, response map[string]any) error {
	text, err := wire.JSON(merged(map[string]any{"flow_token": v.sent.Token}, response))
	if err != nil {
		return fmt.Errorf("flow: encode what was filled in: %w", err)
	}
	id, deliver, err := v.account.host.Write(v.user, v.message, string(text))
	if err != nil {
		return err
	}
	v.close("it was sent")
	v.account.mu.Lock()
	watch := v.account.watch
	v.account.mu.Unlock()
	if watch != nil {
		watch(v.user, id)
	}
	return deliver(ctx)
}

func (v *Visit) close(how string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.over == "" {
		v.over = how
	}
}

// ReplyError is that the bot did not acknowledge the webhook with what was filled in. The
// flow is closed all the same, and the webhook is delivered again if the settings say so.
type ReplyError struct {
	Status int    // HTTP; 0: there was no answer
	Body   string // of the answer
	Why    string // there was none
}

func (e *ReplyError) Error() string {
	return fmt.Sprintf("flow: the bot did not acknowledge the webhook: status %d %s%.200s", e.Status, e.Why, e.Body)
}
