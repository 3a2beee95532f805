package main

import (
	"sync"
	"sync/atomic"
)

// proofs tell the bot that its histories were delivered.
type proofs struct {
	poster
	texts   chan sentText
	working sync.WaitGroup
	failed  atomic.Pointer[error]
}

func newProofs() *proofs { return &proofs{poster: newPoster(), texts: make(chan sentText, 1<<20)} }

func (p *proofs) start(url string) {
	for range posters {
		p.working.Go(func() {
			for text := range p.texts {
				if err := p.post(url, statusWebhook(text)); err != nil {
					p.failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
}

func (p *proofs) send(t sentText) {
	defer func() { _ = recover() }() // the bot drains after the end of the proofs
	p.texts <- t
}

func (p *proofs) stop() {
	close(p.texts)
	p.working.Wait()
	p.close()
}

func (p *proofs) err() error {
	if err := p.failed.Load(); err != nil {
		return *err
	}
	return nil
}
