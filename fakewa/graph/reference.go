package graph

import "net/http"

// Title returns the title of a code in Meta's error reference, or "" if the code is not
// in it.
func Title(code int) string { return reference[code].title }

type entry struct {
	status    int
	title     string
	transient bool
}

// reference is Meta's error reference, with the HTTP statuses that it gives.
var reference = map[int]entry{
	0:      {status: http.StatusUnauthorized, title: "AuthException"},
	1:      {status: http.StatusBadRequest, title: "API Unknown"},
	2:      {status: http.StatusServiceUnavailable, title: "API Service", transient: true},
	3:      {status: http.StatusInternalServerError, title: "API Method"},
	4:      {status: http.StatusBadRequest, title: "API Too Many Calls"},
	10:     {status: http.StatusForbidden, title: "Permission Denied"},
	33:     {status: http.StatusBadRequest, title: "Parameter value is not valid"},
	100:    {status: http.StatusBadRequest, title: "Invalid parameter"},
	190:    {status: http.StatusUnauthorized, title: "Access token has expired"},
	200:    {status: http.StatusForbidden, title: "Permissions error"},
	368:    {status: http.StatusForbidden, title: "Temporarily blocked for policies violations"},
	80007:  {status: http.StatusBadRequest, title: "Rate limit issues"},
	130403: {status: http.StatusBadRequest, title: "Recipient is blocked by the business"},
	130429: {status: http.StatusBadRequest, title: "Rate limit hit"},
	130472: {status: http.StatusBadRequest, title: "User's number is part of an experiment"},
	130497: {status: http.StatusForbidden, title: "Business account is restricted from messaging users in this country"},
	131000: {status: http.StatusInternalServerError, title: "Something went wrong"},
	131005: {status: http.StatusForbidden, title: "Access denied"},
	131008: {status: http.StatusBadRequest, title: "Required parameter is missing"},
	131009: {status: http.StatusBadRequest, title: "Parameter value is not valid"},
	131016: {status: http.StatusInternalServerError, title: "Service unavailable"},
	131021: {status: http.StatusBadRequest, title: "Recipient cannot be sender"},
	131026: {status: http.StatusBadRequest, title: "Message undeliverable"},
	131030: {status: http.StatusBadRequest, title: "Recipient phone number not in allowed list"},
	131031: {status: http.StatusForbidden, title: "Account has been locked"},
	131037: {status: http.StatusBadRequest, title: "WhatsApp provided number needs display name approval before message can be sent"},
	131042: {status: http.StatusBadRequest, title: "Business eligibility payment issue"},
	131045: {status: http.StatusInternalServerError, title: "Incorrect certificate"},
	131047: {status: http.StatusBadRequest, title: "Re-engagement message"},
	131048: {status: http.StatusBadRequest, title: "Spam rate limit hit"},
	131049: {status: http.StatusBadRequest, title: "Meta chose not to deliver"},
	131050: {status: http.StatusBadRequest, title: "User has stopped marketing messages"},
	131051: {status: http.StatusBadRequest, title: "Unsupported message type"},
	131052: {status: http.StatusBadRequest, title: "Media download error"},
	131053: {status: http.StatusBadRequest, title: "Media upload error"},
	131056: {status: http.StatusBadRequest, title: "(Business Account, Consumer Account) pair rate limit hit"},
	131057: {status: http.StatusInternalServerError, title: "Account in maintenance mode"},
	131062: {status: http.StatusBadRequest, title: "Business-scoped user id recipients are not supported for this message"},
	132000: {status: http.StatusBadRequest, title: "Template Param Count Mismatch"},
	132001: {status: http.StatusNotFound, title: "Template does not exist"},
	132005: {status: http.StatusBadRequest, title: "Template hydrated text too long"},
	132007: {status: http.StatusBadRequest, title: "Template format character policy violated"},
	132008: {status: http.StatusBadRequest, title: "Template parameter does not match"},
	132012: {status: http.StatusBadRequest, title: "Template parameter format mismatch"},
	132015: {status: http.StatusBadRequest, title: "Template is paused"},
	132016: {status: http.StatusBadRequest, title: "Template is disabled"},
	132018: {status: http.StatusBadRequest, title: "There's an issue with the parameters in your template"},
	132068: {status: http.StatusBadRequest, title: "Flow is in blocked state"},
	132069: {status: http.StatusBadRequest, title: "Flow is in throttled state"},
	133000: {status: http.StatusInternalServerError, title: "Incomplete deregistration", transient: true},
	133004: {status: http.StatusServiceUnavailable, title: "Server temporarily unavailable", transient: true},
	133005: {status: http.StatusBadRequest, title: "Two step verification PIN mismatch"},
	133006: {status: http.StatusBadRequest, title: "Phone number needs to be verified"},
	133008: {status: http.StatusBadRequest, title: "Too many two step verification PIN guesses"},
	133009: {status: http.StatusBadRequest, title: "Two step verification PIN guessed too fast"},
	133010: {status: http.StatusBadRequest, title: "Phone number not registered"},
	133015: {status: http.StatusBadRequest, title: "Please wait a few minutes before attempting to register this phone number"},
	133016: {status: http.StatusBadRequest, title: "Account register deregister rate limit exceeded"},
	134011: {status: http.StatusBadRequest, title: "WhatsApp Payments terms of service has not been accepted"},
	134102: {status: http.StatusInternalServerError, title: "Template unavailable for use"},
	135000: {status: http.StatusBadRequest, title: "Generic user error"},
	137000: {status: http.StatusBadRequest, title: "Identity key hash does not match"},
	139100: {status: http.StatusBadRequest, title: "Failed to block or unblock some users"},
	139101: {status: http.StatusBadRequest, title: "Blocklist limit reached"},
}
