package flow

import (
	"context"
	"fmt"
	"net/http"

	"wappasim/fakewa/graph"
)

// endpointAway is the subcode of the refusal of a flow whose endpoint does not answer, as
// reports have it.
const endpointAway = 4233014

// release publishes a draft.
func (a *Account) release(ctx context.Context, f *Flow) *graph.Error {
	const code = 139002
	if f.Status != draft {
		return refusal(code, 0, "Publishing Flow in invalid state", "the flow is %s; only a DRAFT can be published.", f.Status)
	}
	d, err := parse(f.Definition)
	if err != nil {
		return refusal(code, 0, "Publishing Flow with validation errors", "%v.", err)
	}
	if d.dataAPI != "" {
		a.mu.Lock()
		key := a.key
		a.mu.Unlock()
		if f.EndpointURI == "" {
			return refusal(code, 0, "Publishing without endpoint_uri", "the definition has data_api_version, and the flow has no endpoint_uri.")
		}
		if key == nil {
			return refusal(code, 0, "Missing Flows Signed Public Key", "no public key was uploaded: POST /{phone-number-id}/whatsapp_business_encryption first.")
		}
		if err := a.Ping(ctx, f.ID); err != nil {
			return refusal(code, endpointAway, "Endpoint not available", "%v.", err)
		}
	}
	return a.setStatus(*f, published)
}

func (a *Account) deprecate(f *Flow) *graph.Error {
	switch f.Status {
	case draft:
		return refusal(139003, 0, "Can't deprecate unpublished Flow", "the flow is a DRAFT; only a PUBLISHED one can be deprecated. It can be deleted.")
	case deprecated:
		return refusal(139003, 0, "Flow is already deprecated", "the flow is DEPRECATED.")
	}
	return a.setStatus(*f, deprecated)
}

// setStatus sets the status of a flow, and has the bot told.
func (a *Account) setStatus(f Flow, status string) *graph.Error {
	before := f.Status
	f.Status = status
	if !a.replace(f) {
		return graph.NoObject(http.MethodPost, f.ID)
	}
	a.host.Notify(map[string]any{
		"event": "FLOW_STATUS_CHANGE", "flow_id": f.ID, "old_status": before, "new_status": status,
		"message": fmt.Sprintf("Flow %s changed status from %s to %s", f.Name, before, status),
	})
	return nil
}

// Ping asks the endpoint of a flow whether it is there, as WhatsApp does before it publishes
// the flow and from time to time.
func (a *Account) Ping(ctx context.Context, id string) error {
	f := a.find(id, "")
	if f == nil {
		return fmt.Errorf("flow: ping: there is no flow %q", id)
	}
	answer, failed := a.exchange(ctx, f, "", map[string]any{"version": dataAPI, "action": "ping"})
	if failed != nil {
		return failed
	}
	data, _ := answer["data"].(map[string]any)
	if data["status"] != "active" {
		return &EndpointError{Kind: "unexpected_http_status_code", Status: http.StatusOK, Why: `the answer to a ping is not {"data":{"status":"active"}}`}
	}
	return nil
}
