package sim

import (
	"time"

	"wappasim/fakewa"
)

// callFaults are those of what the bot calls: the Graph API and services.
var callFaults = []faultRow{{
	kind:  APIAnswers,
	forms: []string{"the API answers {code}", "the API answers {code} the next time", "the API answers {code} the next {n} times"},
	draw:  func(f *Fault, d draws) { f.Code, f.N = d.oneOf(temporary), d.upTo(3) },
	api:   func(f Fault) fakewa.Fault { return fakewa.Fault{Code: f.Code, Times: f.N} },
	takes: refusesForGood,
}, {
	kind:  APISlow,
	forms: []string{"the API takes {by}", "the API takes {by} the next time", "the API takes {by} the next {n} times"},
	draw:  func(f *Fault, d draws) { f.N, f.By = d.upTo(3), d.between(time.Second, 20*time.Second) },
	api:   func(f Fault) fakewa.Fault { return fakewa.Fault{Delay: f.By, Times: f.N} },
}, {
	kind:  APISilent,
	forms: []string{"the API never answers the next time", "the API never answers the next {n} times"},
	draw:  func(f *Fault, d draws) { f.N = d.upTo(2) },
	api:   func(f Fault) fakewa.Fault { return fakewa.Fault{Silent: true, Times: max(f.N, 1)} },
}, {
	kind:  APILoses,
	forms: []string{"the API loses the next answer", "the API loses the next {n} answers"},
	draw:  func(f *Fault, d draws) { f.N = d.upTo(2) },
	api:   func(f Fault) fakewa.Fault { return fakewa.Fault{Lost: true, Times: max(f.N, 1)} },
}, {
	kind:  APIFails,
	forms: []string{"the API takes the next message, which then fails with {code}", "the API takes the next {n} messages, which then fail with {code}"},
	draw:  func(f *Fault, d draws) { f.Code, f.N = d.oneOf(asynchronous), d.upTo(2) },
	api:   func(f Fault) fakewa.Fault { return fakewa.Fault{Fails: f.Code, Times: max(f.N, 1)} },
	takes: refusesForGood,
}, {
	kind:  TokenExpires,
	forms: []string{"the token expires", "the token expires for {for}"},
	draw:  func(f *Fault, d draws) { f.For = d.between(5*time.Second, time.Minute) },
	api:   func(Fault) fakewa.Fault { return fakewa.Fault{Code: 190} },
	takes: refuses,
}, {
	kind:       ServiceAnswers,
	forms:      []string{"{service} answers {code}", "{service} answers {code} the next time", "{service} answers {code} the next {n} times"},
	draw:       func(f *Fault, d draws) { f.Service, f.Code, f.N = d.service(), d.oneOf(unavailable), d.upTo(3) },
	apply:      (*World).queueServiceFault,
	needsWorld: needsService,
}, {
	kind:  ServiceSlow,
	forms: []string{"{service} takes {by}", "{service} takes {by} the next time", "{service} takes {by} the next {n} times"},
	draw: func(f *Fault, d draws) {
		f.Service, f.N, f.By = d.service(), d.upTo(3), d.between(time.Second, 20*time.Second)
	},
	apply:      (*World).queueServiceFault,
	needsWorld: needsService,
}, {
	kind:       ServiceSilent,
	forms:      []string{"{service} never answers the next time", "{service} never answers the next {n} times"},
	draw:       func(f *Fault, d draws) { f.Service, f.N = d.service(), d.upTo(2) },
	apply:      (*World).queueServiceFault,
	needsWorld: needsService,
}, {
	kind:       ServiceLoses,
	forms:      []string{"{service} loses the next answer", "{service} loses the next {n} answers"},
	draw:       func(f *Fault, d draws) { f.Service, f.N = d.service(), d.upTo(2) },
	apply:      (*World).queueServiceFault,
	needsWorld: needsService,
}}
