package report

import (
	"wappasim/fakewa"
	"wappasim/fakewa/internal/media"
)

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
