package scan

import (
	"path"
	"regexp"
	"strings"

	"wardlet.example/internal/engine/sast"
)

// largestPage bounds the files of pages that are read, in bytes.
const largestPage = 200_000

var (
	// inBrowsers are packages that a front end is made with, as package.json names them.
	inBrowsers = regexp.MustCompile(`"(react-dom|react-scripts|next|vue|nuxt|svelte|@angular/core|preact|gatsby|solid-js|jquery|@sveltejs/kit|react-native|expo)"\s*:`)
	notPages   = regexp.MustCompile(`(^|/)(node_modules|build|dist|vendor|coverage|test|tests|__tests__|__mocks__|spec|cypress|e2e|\.next)/|\.(min|test|spec|config|d)\.[jt]sx?$`)
)

// pages are the source files of front ends: pages themselves, scripts that lie beside them, and the sources of applications for browsers.
func (s *scanner) pages() []sast.Page {
	folders := map[string]bool{} // with a page, or with the package.json of an application for browsers: true where all below counts
	for _, f := range s.repo.Files() {
		switch {
		case notPages.MatchString(f.Path):
		case path.Base(f.Path) == "package.json" && f.Size <= largestPage:
			if data, err := s.repo.Read(f.Path); err == nil && inBrowsers.Match(data) {
				folders[path.Dir(f.Path)] = true
			}
		case isPage[path.Ext(f.Path)] && !folders[path.Dir(f.Path)]:
			folders[path.Dir(f.Path)] = false
		}
	}
	var out, perhaps []sast.Page
	for _, f := range s.repo.Files() {
		ext := path.Ext(f.Path)
		of := isPage[ext] || isScript[ext] && ofFrontEnd(folders, f.Path)
		if f.Size > largestPage || notPages.MatchString(f.Path) || !of && !(isScript[ext] && ofSite.MatchString(f.Path)) {
			continue
		}
		data, err := s.repo.Read(f.Path)
		switch page := (sast.Page{Path: f.Path, Text: data}); {
		case err != nil:
		case of:
			out = append(out, page)
		default:
			perhaps = append(perhaps, page)
			if usesPage.Match(data) {
				folders[path.Dir(f.Path)] = false
			}
		}
	}
	for _, page := range perhaps {
		if ofFrontEnd(folders, page.Path) {
			out = append(out, page)
		}
	}
	return out
}

var (
	isPage   = map[string]bool{".html": true, ".htm": true, ".vue": true, ".svelte": true, ".ejs": true}
	isScript = map[string]bool{".js": true, ".jsx": true, ".ts": true, ".tsx": true, ".mjs": true}
)

var (
	// ofSite are folders that people keep what browsers load in, and usesPage what only scripts in browsers do.
	ofSite   = regexp.MustCompile(`(^|/)(public|static|www|web|site|frontend|front-end|client|assets)/`)
	usesPage = regexp.MustCompile(`\b(document\.(getElementById|querySelector|addEventListener|createElement|forms|cookie)|window\.(location|addEventListener|localStorage|fetch))\b`)
)

// ofFrontEnd reports whether a script lies beside a page, or below the package.json of an application for browsers.
func ofFrontEnd(folders map[string]bool, file string) bool {
	dir := path.Dir(file)
	if _, beside := folders[dir]; beside {
		return true
	}
	for dir != "." && dir != "/" && strings.Contains(dir, "/") {
		dir = path.Dir(dir)
		if folders[dir] {
			return true
		}
	}
	return folders["."]
}
