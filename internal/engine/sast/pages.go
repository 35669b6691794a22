package sast

import (
	"bytes"
	"path"
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
func (e *Engine) plainPages(p *link.Program, read func(string) bool, selected func(string) bool) []finding.Finding {
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
	tell := func(page Page, at int, how, host string) {
		from := bytes.LastIndexByte(page.Text[:at], '\n') + 1
		if comment.Match(page.Text[from:at+1]) || !dataflow.OnInternet(host) {
			return
		}
		pos := model.Pos{File: page.Path, Line: 1 + bytes.Count(page.Text[:at], []byte("\n")), Col: at - from + 1}
		for _, b := range rules {
			out = append(out, pageFinding(b, nearest(p.Apps, page.Path), pos, strings.TrimPrefix(how, "."), host))
		}
	}
	var pages []Page
	for _, page := range e.options.Pages() {
		if !read(page.Path) {
			pages = append(pages, page)
		}
	}
	for _, page := range pages {
		if !bytes.Contains(page.Text, []byte("://")) {
			continue
		}
		for _, at := range asksFromPage.FindAllSubmatchIndex(page.Text, -1) {
			host := strings.ToLower(string(page.Text[at[len(at)-2]:at[len(at)-1]]))
			how := ""
			for i := 2; i < len(at)-2 && how == ""; i += 2 {
				if at[i] >= 0 {
					how = string(page.Text[at[i]:at[i+1]])
				}
			}
			tell(page, at[0], how, host)
		}
		for _, at := range addressWithName.FindAllSubmatchIndex(page.Text, -1) {
			name, host := string(page.Text[at[2]:at[3]]), strings.ToLower(string(page.Text[at[4]:at[5]]))
			if user, use, how := askedBy(pages, page, name); user != nil && user.Path == page.Path {
				tell(page, use, how, host)
			} else if user != nil {
				tell(page, at[2], how, host)
			}
		}
	}
	return out
}

var (
	// addressWithName is an address without TLS that a script has a name for: const API = "http://...", { api: "http://..." }.
	addressWithName = regexp.MustCompile("\\b([A-Za-z_$][\\w$]*)\\s*[:=]\\s*[\"'`](?:http|ws)://(?:[^/@\\s\"'`]*@)?([A-Za-z0-9.-]+)[:/?#\"'`]")
	// asksByName is a request to an address that begins with a name, the last group: fetch(API), fetch(`${settings.api}/loans`).
	asksByName = regexp.MustCompile("\\b(fetch|axios(?:\\.[a-z]+)?|\\$\\.(?:get|post|ajax|getJSON)|ky(?:\\.[a-z]+)?|new WebSocket)\\s*\\(\\s*(?:`\\$\\{\\s*)?(?:[\\w$]+\\.)*([A-Za-z_$][\\w$]*)\\b")
)

// askedBy is the first request to an address that has a name, in the page that declares it or in one that loads that page as a module.
func askedBy(pages []Page, declares Page, name string) (user *Page, at int, how string) {
	stem := strings.TrimSuffix(path.Base(declares.Path), path.Ext(declares.Path))
	for own := range 2 { // the page itself first
		for i, page := range pages {
			if (page.Path == declares.Path) != (own == 0) || own > 0 && !bytes.Contains(page.Text, []byte("/"+stem)) {
				continue
			}
			for _, m := range asksByName.FindAllSubmatchIndex(page.Text, -1) {
				if string(page.Text[m[4]:m[5]]) == name {
					return &pages[i], m[0], string(page.Text[m[2]:m[3]])
				}
			}
		}
	}
	return nil, 0, ""
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
func nearest(apps []*model.App, file string) *model.App {
	best := apps[0]
	depth := -1
	for _, a := range apps {
		dir := strings.Trim(a.Dir, "./")
		if n := len(dir); (dir == "" || strings.HasPrefix(file, dir+"/")) && n > depth {
			best, depth = a, n
		}
	}
	return best
}
