package sast

import (
	"bytes"
	"regexp"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/rule"
)

// Page is a source file of what runs in browsers.
type Page struct {
	Path string // relative to the root
	Text []byte
}

var (
	// asksFromPage is how pages ask for something over HTTP without TLS: requests, forms, scripts, sockets; the host is the last group.
	asksFromPage = regexp.MustCompile("(?i)(?:\\b(fetch|axios(?:\\.[a-z]+)?|\\$\\.(?:get|post|ajax|getJSON)|ky(?:\\.[a-z]+)?|https?\\.(?:get|post|put|patch|delete)(?:<[^>(]*>)?|new WebSocket)\\s*\\(\\s*|(\\.open)\\s*\\(\\s*[\"'][A-Za-z]+[\"']\\s*,\\s*|\\b(baseURL)\\s*:\\s*|<form\\b[^>]*\\s(action)\\s*=\\s*|<script\\b[^>]*\\s(src)\\s*=\\s*)[\"'`](?:http|ws)://(?:[^/@\\s\"'`]*@)?([a-z0-9.-]+)[:/?#\"'`]")
	comment      = regexp.MustCompile(`^\s*(//|\*|/\*|<!--|#)`)
)

// plainPages are the requests without TLS of pages that no function reads: findings of each rule about such requests.
func (e *Engine) plainPages(p *link.Program, read func(path string) bool, selected func(string) bool) []finding.Finding {
	var rules []*bound
	for _, b := range e.taints["plain-http"] {
		if selected(b.ID) {
			rules = append(rules, b)
		}
	}
	if len(rules) == 0 || e.options.Pages == nil || len(p.Apps) == 0 {
		return nil
	}
	var out []finding.Finding
	for _, page := range e.options.Pages() {
		if read(page.Path) || !bytes.Contains(page.Text, []byte("://")) {
			continue
		}
		for _, at := range asksFromPage.FindAllSubmatchIndex(page.Text, -1) {
			from := bytes.LastIndexByte(page.Text[:at[0]], '\n') + 1
			host := strings.ToLower(string(page.Text[at[len(at)-2]:at[len(at)-1]]))
			if comment.Match(page.Text[from:at[0]+1]) || !dataflow.OnInternet(host) {
				continue
			}
			how := ""
			for i := 2; i < len(at)-2 && how == ""; i += 2 {
				if at[i] >= 0 {
					how = string(page.Text[at[i]:at[i+1]])
				}
			}
			pos := model.Pos{File: page.Path, Line: 1 + bytes.Count(page.Text[:at[0]], []byte("\n")), Col: at[0] - from + 1}
			for _, b := range rules {
				out = append(out, pageFinding(b, nearest(p.Apps, page.Path), pos, strings.TrimPrefix(how, "."), host))
			}
		}
	}
	return out
}

func pageFinding(b *bound, app *model.App, pos model.Pos, how, host string) finding.Finding {
	fields := map[string]string{"name": pos.File, "call": "the page (" + how + ")", "source": "http://" + host}
	message := b.message.Render(func(name string) *model.Value { return model.NewString(fields[name], model.Origin{}) })
	conf := b.Confidence
	if conf == "" {
		conf = finding.Likely
	}
	return finding.Finding{
		Rule: b.ID, Title: b.Title, Severity: b.Severity, Confidence: conf, Place: finding.Place{Pos: pos}, Message: message,
		App: app.File, Subject: pos.File, Exposure: model.Public, Practices: b.Practices, CWE: b.CWE, Strict: b.Profile == rule.Strict, Group: b.ID,
	}
}

// nearest is the application that a file lies in the folder of; the first one where it lies in none.
func nearest(apps []*model.App, path string) *model.App {
	best := apps[0]
	depth := -1
	for _, a := range apps {
		dir := strings.Trim(a.Dir, "./")
		if n := len(dir); (dir == "" || strings.HasPrefix(path, dir+"/")) && n > depth {
			best, depth = a, n
		}
	}
	return best
}
