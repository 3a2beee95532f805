package fakewa_test

// exceptions are deviations from Meta's file that are allowed, and why.
type exceptions map[string]string

// refusedExamples are examples of requests that the fake refuses, by operation and name.
var refusedExamples = exceptions{
	"POST /{Phone-Number-ID}/messages: Send Reply to List Message":            "it has no type, and a message without a type is a text",
	"POST /{Phone-Number-ID}/messages: Send Sample Issue Resolution Template": "the texts of its buttons are JSON booleans; the file itself wants strings",

	"POST /{Phone-Number-ID}: comprehensive_update":                              notSimulated,
	"POST /{Phone-Number-ID}: configure_webhook":                                 notSimulated,
	"POST /{Phone-Number-ID}: set_username":                                      notSimulated,
	"POST /{Phone-Number-ID}: update_connection_status":                          notSimulated,
	"POST /{Phone-Number-ID}: update_display_name":                               notSimulated,
	"POST /{Phone-Number-ID}: update_security_settings":                          notSimulated,
	"POST /{Phone-Number-ID}/settings: Configure data storage":                   notSimulated,
	"POST /{Phone-Number-ID}/settings: Disable payload encryption":               notSimulated,
	"POST /{Phone-Number-ID}/settings: Enable SIP calling":                       notSimulated,
	"POST /{Phone-Number-ID}/settings: Enable calling with video":                notSimulated,
	"POST /{Phone-Number-ID}/settings: Enable payload encryption":                notSimulated,
	"POST /{Phone-Number-ID}/settings: Enable user identity change":              notSimulated,
	"POST /{Phone-Number-ID}/register: advanced_registration":                    notSimulated,
	"POST /{Phone-Number-ID}/register: migration_registration":                   notSimulated,
	"POST /{Phone-Number-ID}/whatsapp_business_profile: complete_profile_update": notSimulated,
}

const entryTime = "Meta's pages have the time of fields other than messages; the file does not"

const notSimulated = "it has fields that the fake does not simulate and refuses with 501"

// answerDeviations are where answers differ from Meta's file: operation and status, or
// "refusal", then place and keyword.
var answerDeviations = exceptions{
	"refusal /error/error_data unknown":                                                     "Meta's page of errors has it; the file does not",
	"refusal /error/error_subcode unknown":                                                  "the file has it in its common schema of refusals, not in that of calls and groups",
	"refusal /error/fbtrace_id unknown":                                                     "the file has it in its common schema of refusals, not in that of calls and groups",
	"POST /{Phone-Number-ID}/messages 200 /success unknown":                                 "the answer to mark-as-read is an example of the file, but not in its schema",
	"POST /{Phone-Number-ID}/messages 200 /messages/*/group_id unknown in a group":          "the file has no answer for groups",
	"GET /{Phone-Number-ID} 200 /platform_type unknown":                                     "Meta's pages have it; the file does not",
	"GET /{Phone-Number-ID} 200 /throughput unknown":                                        "Meta's pages have it; the file does not",
	"GET /{Phone-Number-ID} 200 /status unknown":                                            "Meta's pages have it; the file does not",
	"GET /{Phone-Number-ID} 200 /is_pin_enabled unknown":                                    "Meta's pages have it; the file does not",
	"GET /{Phone-Number-ID} 200 /webhook_configuration unknown":                             "Meta's pages have it; the file has it in requests only",
	"GET /{WABA-ID}/phone_numbers 200 /data/*/is_pin_enabled unknown":                       "Meta's pages have it; the file does not",
	"GET /{WABA-ID}/phone_numbers 200 /data/*/name_status unknown":                          "the file has it for one number, not for the list",
	"GET /{WABA-ID}/phone_numbers 200 /data/*/platform_type unknown":                        "Meta's pages have it; the file does not",
	"GET /{WABA-ID}/phone_numbers 200 /data/*/throughput unknown":                           "Meta's pages have it; the file does not",
	"GET /{WABA-ID}/phone_numbers 200 /data/*/webhook_configuration unknown":                "Meta's pages have it; the file has it in requests only",
	"GET /{WABA-ID}/phone_numbers 200 /data/*/status enum CONNECTED":                        "Meta's pages have it; the file has LINKED",
	"GET /{Phone-Number-ID}/call_permissions 200 /permission/status enum temporary":         "Meta's pages have no_permission, temporary and permanent",
	"GET /{Phone-Number-ID}/settings 200 /calling/call_icon_visibility enum DEFAULT":        "Meta's pages have DEFAULT and DISABLE_ALL",
	"GET /{Phone-Number-ID}/settings 200 /calling/callback_permission_status enum DISABLED": "Meta's pages have it in capitals",
	"GET /{Phone-Number-ID}/settings 200 /calling/status enum DISABLED":                     "Meta's pages have it in capitals",
	"GET /{Phone-Number-ID}/settings 200 /storage_configuration/status enum DEFAULT":        "Meta's pages have it in capitals",
	"POST /{Phone-Number-ID}/calls 200 / oneOf":                                             "the two answers of the file have no required fields, so that each answer is both",
	"GET /{group_id} 200 /participants/*/user_id unknown":                                   "newer than the file: since 2026",
	"GET /{group_id}/join_requests 200 /data/*/user_id unknown":                             "newer than the file: since 2026",
	"GET /{Media-ID} 200 /file_size type":                                                   "real answers have a number; the file has a string",
	"GET /{WABA-ID}/message_templates 200 /data/*/parameter_format unknown":                 "Meta's pages have it; the file does not",
	"GET /{WABA-ID}/message_templates 200 /paging/next unknown":                             "lists of the Graph API have it; the file does not for this one",
	"GET /{Flow-ID} 200 /whatsapp_business_account/business_verification_status unknown":    "pywa 4.5 cannot read an account without it",
	"GET /{TEMPLATE_ID} 200 /parameter_format unknown":                                      "Meta's pages have it; the file does not",
}

// webhookDeviations are where webhooks differ from Meta's file: field, place and keyword,
// then the test if the exception is for one test only.
var webhookDeviations = exceptions{
	"messages /value/messages/*/document/caption unknown": "documents have captions; the file does not",
	"messages /value/messages/*/audio/url unknown":        "real webhooks have it; the file does not",
	"messages /value/messages/*/document/url unknown":     "real webhooks have it; the file does not",
	"messages /value/messages/*/image/url unknown":        "real webhooks have it; the file does not",
	"messages /value/messages/*/sticker/url unknown":      "real webhooks have it; the file does not",
	"messages /value/messages/*/video/url unknown":        "real webhooks have it; the file does not",
	"messages /value/messages/*/unsupported unknown":      "Meta's pages have it since 2025",

	"flows /field enum flows":     "the file has webhooks of messages and groups only",
	"flows /entry/*/time unknown": entryTime,
	"message_template_status_update /field enum message_template_status_update": "the file has webhooks of messages and groups only",

	"calls /field enum calls":                                           "the file has webhooks of messages and groups only",
	"calls /entry/*/time unknown":                                       entryTime,
	"group_lifecycle_update /entry/*/time unknown":                      entryTime,
	"group_participants_update /entry/*/time unknown":                   entryTime,
	"group_settings_update /entry/*/time unknown":                       entryTime,
	"group_lifecycle_update /value/groups/*/timestamp type":             "a string in Meta's pages, and in the file's own example",
	"group_settings_update /value/groups/*/timestamp type":              "a string in Meta's pages, and in the file's own example",
	"group_lifecycle_update /value/groups/*/invite_link unknown":        "Meta's pages have it; the file does not",
	"group_lifecycle_update /value/groups/*/join_approval_mode unknown": "Meta's pages have it; the file does not",
	"group_settings_update /value/groups/*/group_subject unknown":       "Meta's pages have it; the file has subject",
	"group_settings_update /value/groups/*/group_description unknown":   "Meta's pages have it; the file has description",
	"group_participants_update /field enum group_participants_update":   "the file has group_participant_update, and this name in its own example",
	"messages /value/statuses/*/recipient_participant_id unknown":       "Meta's pages have it for groups; the file does not",
	"messages /value/statuses/*/recipient_participant_user_id unknown":  "newer than the file: since 2026",

	"message_template_status_update /entry/*/time unknown": entryTime,

	"messages /value/messages/*/interactive/list_reply/description required in a user's bare list reply": "a row need not have a description",
	"messages /value/messages/*/interactive discriminator in a user's flow reply":                        "Meta's pages have answers to flows; the file does not",
	"messages /value/messages/*/interactive/nfm_reply unknown in a user's flow reply":                    "Meta's pages have answers to flows; the file does not",
	"messages /value/messages/*/location/address required in a user's position":                          "a place on the map has none",
	"messages /value/messages/*/location/name required in a user's position":                             "a place on the map has none",
	"messages /value/messages/*/reaction/emoji required in a user's reaction undone":                     "Meta's pages say that it has none",

	"messages /value/statuses/*/biz_opaque_callback_data unknown":  "Meta's pages have it; the file does not",
	"messages /value/statuses/*/pricing/type unknown":              "newer than the file: it came with prices per message",
	"messages /value/statuses/*/recipient_type unknown in a group": "Meta's pages have it for groups; the file does not",
	"messages /value/statuses/*/status enum played":                "Meta's pages have \"played\"; the file does not",

	"messages /value/contacts required in an error of no message": "Meta's pages have webhooks with nothing but errors; the file does not",
	"messages /value/messages required in an error of no message": "Meta's pages have webhooks with nothing but errors; the file does not",
	"messages /value/errors unknown in an error of no message":    "Meta's pages have webhooks with nothing but errors; the file does not",

	"messages /value/contacts unknown":                                                "newer than the file: statuses have them since 2026",
	"messages /value/messages/*/system/user_id unknown":                               "newer than the file: since 2026",
	"messages /value/contacts/*/profile/username unknown":                             "newer than the file: since 2026",
	"messages /value/contacts/*/user_id unknown":                                      "newer than the file: since 2026",
	"messages /value/messages/*/from_user_id unknown":                                 "newer than the file: since 2026",
	"messages /value/statuses/*/recipient_user_id unknown":                            "newer than the file: since 2026",
	"messages /value/messages/*/from required in a user without a number":             "since 2026, people with usernames have no number",
	"messages /value/messages/*/from required in statuses with user ids only":         "since 2026, people with usernames have no number",
	"messages /value/statuses/*/recipient_id required in statuses with user ids only": "since 2026, people with usernames have no number",
}
