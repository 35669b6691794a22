package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// A scan that takes more than a second says on a terminal what it does, and takes the line back when it is done.
func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := &progress{w: &out, on: true, begin: time.Now(), done: make(chan struct{})}
	p.step("reading shop")
	p.draw()
	if out.Len() > 0 {
		t.Errorf("a quick scan writes %q", out.String())
	}
	p.begin = time.Now().Add(-2 * time.Second)
	p.draw()
	if !strings.Contains(out.String(), "reading shop (2 s)") {
		t.Errorf("a slow scan writes %q", out.String())
	}
	p.stop()
	if !strings.HasSuffix(out.String(), "\r\x1b[K") {
		t.Errorf("the line stays: %q", out.String())
	}
}

// Where standard error is no terminal nothing is written.
func TestNoProgressWithoutTerminal(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	p.begin = time.Now().Add(-2 * time.Second)
	p.step("reading shop")
	p.stop()
	if out.Len() > 0 {
		t.Errorf("wrote %q", out.String())
	}
}
