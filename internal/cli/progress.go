package cli

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// progress tells on a terminal what is being done, once a scan has taken more than a second.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	on    bool
	begin time.Time
	text  string
	shown bool
	done  chan struct{}
}

func newProgress(w io.Writer) *progress {
	isTerminal, _, _ := terminal(w)
	p := &progress{w: w, on: isTerminal, begin: time.Now(), done: make(chan struct{})}
	if p.on {
		go p.run()
	}
	return p
}

func (p *progress) run() {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-ticker.C:
			p.draw()
		}
	}
}

func (p *progress) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if elapsed := time.Since(p.begin); elapsed > time.Second {
		fmt.Fprintf(p.w, "\r\x1b[K%s (%d s)", p.text, int(elapsed.Seconds()))
		p.shown = true
	}
}

func (p *progress) step(text string) {
	p.mu.Lock()
	p.text = text
	p.mu.Unlock()
}

// stop ends the progress and clears its line.
func (p *progress) stop() {
	if !p.on {
		return
	}
	close(p.done)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
