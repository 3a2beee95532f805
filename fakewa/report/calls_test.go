package report

import (
	"strings"

	"wappasim/fakewa"
	"wappasim/fakewa/internal/media"
)

// previewUrl is a text with a key that Meta spells in another way.
const previewUrl = `"to":"` + ana + `","text":{"body":"hi","previewUrl":true}}`

// callScenes break, or nearly break, the rules about single calls.
var callScenes = scenes{
	"expired media URL": {
		bad: []scene{
			{what: "once", play: func(p *play) { p.download(404) }},
			{what: "the same again", play: func(p *play) {
				p.download(404)
				p.download(404)
				p.medium("GET")
			}},
			{what: "the next is of another medium", play: func(p *play) {
				p.download(404)
				p.download(200)
			}},
			{what: "given up", play: func(p *play) {
				p.download(404)
				p.medium("DELETE")
				p.download(200)
			}},
			{what: "expired twice", play: func(p *play) {
				p.download(404)
				p.medium("GET")
				p.download(404)
				p.medium("GET")
				p.download(200)
			}},
			{what: "a look at the number", play: func(p *play) {
				p.download(404)
				p.call("GET", "/v23.0/"+p.s.Config().PhoneNumberID, "")
				p.download(200)
			}},
		},
		good: []scene{
			{what: "in time", play: func(p *play) {
				p.medium("GET")
				p.download(200)
			}},
			{what: "fetched anew", play: func(p *play) {
				p.download(404)
				p.medium("GET")
				p.download(200)
			}},
			{what: "a fault says so", play: func(p *play) {
				p.log(fakewa.Request{Method: "GET", Path: media.DownloadPath, Status: 404, Error: injectedError(132001)})
			}},
		},
	},
	"unknown key": {
		bad: []scene{
			{what: "in a message", cfg: fakewa.Config{TakeUnknown: true}, play: func(p *play) {
				p.say(ana, "hi")
				p.messages(previewUrl)
			}},
			{what: "in a mark-as-read", cfg: fakewa.Config{TakeUnknown: true}, play: func(p *play) {
				p.messages(`"speling":1,"status":"read","message_id":"` + p.say(ana, "hi") + `"}`)
			}},
			{what: "in a template", cfg: fakewa.Config{TakeUnknown: true}, play: func(p *play) {
				p.call("POST", "/v23.0/"+p.s.Config().BusinessID+"/message_templates", `{"name":"t","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"Hi.","txt":1}]}`)
			}},
		},
		good: []scene{
			{what: "refused", play: func(p *play) { p.messages(previewUrl) }},
			{what: "none", cfg: fakewa.Config{TakeUnknown: true}, play: func(p *play) {
				p.say(ana, "hi")
				p.messages(strings.Replace(previewUrl, "previewUrl", "preview_url", 1))
			}},
		},
	},
	"unversioned call": {
		bad: []scene{
			{what: "a number", play: func(p *play) { p.call("GET", "/"+p.s.Config().PhoneNumberID, "") }},
			{what: "through a proxy", play: func(p *play) { p.log(fakewa.Request{Method: "GET", Path: "https://graph.facebook.com/1", Status: 400}) }},
		},
		good: []scene{
			{what: "a version", play: func(p *play) { p.call("GET", "/v23.0/"+p.s.Config().PhoneNumberID, "") }},
			{what: "a media URL", play: func(p *play) { p.download(200) }},
			{what: "is it up", play: func(p *play) { p.call("GET", "/", "") }},
		},
	},
}
