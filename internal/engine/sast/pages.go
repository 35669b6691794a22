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
	}
	for _, use := range asksByName(pages) {
		if use.from == use.at.page {
			tell(pages[use.at.page], use.at.offset, use.how, use.host)
		} else { // what is to be changed is where the address stands
			tell(pages[use.from], use.declared, use.how, use.host)
		}
	}
	return out
}

var (
	// addressOfName is an address without TLS that a script has a name for: const API = "http://..."
	addressOfName = regexp.MustCompile("\\b(?:const|let|var)\\s+([A-Za-z_$][\\w$]*)\\s*=\\s*" + plainAddress)
	// addressInside is one under a name inside of something that has a name: const settings = { api: "http://..." }
	addressInside = regexp.MustCompile("\\b([A-Za-z_$][\\w$]*)\\s*:\\s*" + plainAddress)
	objectOfName  = regexp.MustCompile(`\b(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=\s*(?:Object\.freeze\(\s*)?\{`)
	// asksNamed is a request to an address that begins with a name, the last group: fetch(API), fetch(`${settings.api}/loans`).
	asksNamed = regexp.MustCompile("\\b(fetch|axios(?:\\.[a-z]+)?|\\$\\.(?:get|post|ajax|getJSON)|ky(?:\\.[a-z]+)?|new WebSocket)\\s*\\(\\s*(?:`\\$\\{\\s*)?([A-Za-z_$][\\w$]*(?:\\.[\\w$]+)*)")
)

// plainAddress is an address without TLS in a pattern, with its host as a group.
const plainAddress = "[\"'`](?:http|ws)://(?:[^/@\\s\"'`]*@)?([A-Za-z0-9.-]+)[:/?#\"'`]"

// inPage is a place in one of some pages.
type inPage struct{ page, offset int }

// namedAsk is a request of a page to an address without TLS that has a name.
type namedAsk struct {
	at        inPage
	from      int // the page that the address stands in
	declared  int // where
	how, host string
}

// asksByName are the first requests to addresses that have a name, in the page that declares it or in one that imports a name from it. A name that is a
// parameter somewhere in a page may be anything there.
func asksByName(pages []Page) []namedAsk {
	uses := map[string][]namedAsk{} // by what is asked: API, settings.api
	for i, page := range pages {
		for _, m := range asksNamed.FindAllSubmatchIndex(page.Text, -1) {
			name := string(page.Text[m[4]:m[5]])
			uses[name] = append(uses[name], namedAsk{at: inPage{i, m[0]}, how: string(page.Text[m[2]:m[3]])})
		}
	}
	var out []namedAsk
	if len(uses) == 0 {
		return nil
	}
	for i, page := range pages {
		if !bytes.Contains(page.Text, []byte("://")) {
			continue
		}
		for _, m := range addressOfName.FindAllSubmatchIndex(page.Text, -1) {
			out = append(out, firstAsk(pages, uses, i, m, string(page.Text[m[2]:m[3]]))...)
		}
		objects, name := objectOfName.FindAllSubmatchIndex(page.Text, -1), ""
		for _, m := range addressInside.FindAllSubmatchIndex(page.Text, -1) {
			for len(objects) > 0 && objects[0][0] < m[0] { // the last one before it
				name, objects = string(page.Text[objects[0][2]:objects[0][3]]), objects[1:]
			}
			out = append(out, firstAsk(pages, uses, i, m, name+"."+string(page.Text[m[2]:m[3]]))...)
		}
	}
	return out
}

// firstAsk is the first request to what stands under a name in a page, if there is one.
func firstAsk(pages []Page, uses map[string][]namedAsk, page int, m []int, name string) []namedAsk {
	if len(uses[name]) == 0 {
		return nil
	}
	root, _, _ := strings.Cut(name, ".")
	stem := strings.TrimSuffix(path.Base(pages[page].Path), path.Ext(pages[page].Path))
	imports := regexp.MustCompile(`\b` + regexp.QuoteMeta(root) + `\b[^;\n]*(?:from|require\()\s*["'][./][^"']*/?` + regexp.QuoteMeta(stem) + `(?:\.[a-z]+)?["']`)
	given := regexp.MustCompile(`(?:\(|,)\s*` + regexp.QuoteMeta(root) + `\s*(?:=[^,()]*)?(?:,[^()]*)?\)\s*(?:=>|\{)|\b` + regexp.QuoteMeta(root) + `\s*=>`)
	for _, use := range uses[name] {
		text := pages[use.at.page].Text
		if use.at.page != page && !imports.Match(text) || given.Match(text) {
			continue
		}
		use.from, use.declared, use.host = page, m[2], strings.ToLower(string(pages[page].Text[m[4]:m[5]]))
		return []namedAsk{use}
	}
	return nil
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
