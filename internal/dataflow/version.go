package dataflow

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
)

// beforeVersion is a note of a row that holds for older versions of its package only: "before 4.17.12: ...".
var beforeVersion = regexp.MustCompile(`^before (?:[A-Za-z][\w .-]* )?(\d+(?:\.\d+)*)`)

func versionIn(note string) string {
	if m := beforeVersion.FindStringSubmatch(note); m != nil {
		return m[1]
	}
	return ""
}

// holdsFor reports whether a row holds for the version of its package that a file gets: Maybe where that is not written.
func (p *Program) holdsFor(file *ir.File, m *Model) model.Tri {
	if m.before == "" {
		return model.Yes
	}
	name := m.Package
	if file.Language == ir.Python {
		name = distributions[packageOf(name)]
	}
	version := p.versionOf(path.Dir(file.Path), name, file.Language)
	switch {
	case version == "":
		return model.Maybe
	case older(version, m.before):
		return model.Yes
	}
	return model.No
}

// distributions are packages of Python by what is imported, where rows speak of versions.
var distributions = map[string]string{"yaml": "pyyaml", "lxml": "lxml"}

// plainQuery reports whether queries are texts and lists of texts only, as they are by default since Express 5.
func (p *Program) plainQuery(file string) bool {
	version := p.versionOf(path.Dir(file), "express", ir.Node)
	return version != "" && !older(version, "5") && !p.queryParser
}

// AtLeast reports whether the files pin a package of Node.js that a source file gets to a version, or a newer one.
func (p *Program) AtLeast(file, name, version string) bool {
	pinned := p.versionOf(path.Dir(file), name, ir.Node)
	return pinned != "" && !older(pinned, version)
}

// versionOf is the version of a package that a folder gets, by the files that pin it there or above; empty if none does.
func (p *Program) versionOf(dir, name string, language ir.Language) string {
	if name == "" {
		return ""
	}
	key := dir + " " + name
	if _, known := p.versions[key]; !known {
		p.versions[key] = p.pinned(dir, name, language)
	}
	return p.versions[key]
}

// buildFiles are files that say how the code of a folder is built.
var buildFiles = []string{"package.json", "esbuild.js", "esbuild.mjs", "esbuild.config.js", "esbuild.config.mjs", "esbuild.config.ts", "build.js", "build.mjs"}

// SomeBuild reports whether a file that says how code is built, in the folder of a source file or above, says something.
func (p *Program) SomeBuild(file string, says func([]byte) bool) bool {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if slices.ContainsFunc(buildFiles, func(name string) bool { return says(p.files.Read(path.Join(dir, name))) }) {
			return true
		}
		if dir == "." || dir == "/" {
			return false
		}
	}
}

// Container is the file by which the image of a program is built, in the folder of its source file or above; empty where there is none.
func (p *Program) Container(file string) string {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		for _, name := range []string{"Dockerfile", "Containerfile"} {
			if built := path.Join(dir, name); p.files.Read(built) != nil {
				return built
			}
		}
		if dir == "." || dir == "/" {
			return ""
		}
	}
}

// mostBelow bounds the files that are looked at for what a folder says.
const mostBelow = 5000

// Beside is what files say in the nearest folder above a file in which, or below which, some of them fits a pattern: of how a program is
// deployed, mostly. What is installed and what only people read is left out, nothing where there is too much to read.
func (p *Program) Beside(file string, is *regexp.Regexp) [][]byte {
	return p.besideIn(path.Dir(file), is)
}

// nearby is a folder, and what is looked for in it and above.
type nearby struct {
	dir string
	is  *regexp.Regexp
}

// besideIn reads each folder once for all files in it and below.
func (p *Program) besideIn(dir string, is *regexp.Regexp) [][]byte {
	key := nearby{dir, is}
	if texts, ok := p.beside[key]; ok {
		return texts
	}
	texts, enough := p.textsBelow(dir, is)
	if !enough && dir != "." && dir != "/" {
		texts = p.besideIn(path.Dir(dir), is)
	}
	if p.beside == nil {
		p.beside = map[nearby][][]byte{}
	}
	p.beside[key] = texts
	return texts
}

// textsBelow are the files of a folder and those below it, where one of them is what is looked for; it reports whether that ends the search, as it does
// where there are too many.
func (p *Program) textsBelow(dir string, is *regexp.Regexp) (texts [][]byte, enough bool) {
	files := p.files.Below(dir)
	if len(files) > mostBelow {
		return nil, true
	}
	for _, name := range files {
		if saysNothing.MatchString(name) {
			continue
		}
		text := p.files.Read(name)
		texts, enough = append(texts, text), enough || is.Match(text)
	}
	if !enough {
		return nil, false
	}
	return texts, true
}

// saysNothing are files that say nothing of how code is deployed.
var saysNothing = regexp.MustCompile(`(?i)(^|/)(node_modules|\.git|dist|coverage)/|\.(md|txt|html?|css|scss|svg|png|jpe?g|gif|ico|pdf|zip|jar|woff2?|map|csv|lock|drawio|mp4)$|(package-lock|example-pattern)\.json$`)

func (p *Program) pinned(dir, name string, language ir.Language) string {
	for {
		var found string
		if language == ir.Node {
			found = pinnedNode(string(p.files.Read(path.Join(dir, "package-lock.json"))), string(p.files.Read(path.Join(dir, "package.json"))), name)
		} else {
			found = pinnedPython(string(p.files.Read(path.Join(dir, "requirements.txt"))), name)
		}
		if found != "" || dir == "." || dir == "/" {
			return found
		}
		dir = path.Dir(dir)
	}
}

// pinnedNode reads a version from the files of npm: the lock file, or an exact version among the dependencies.
func pinnedNode(lock, manifest, name string) string {
	quoted := regexp.QuoteMeta(name)
	if m := regexp.MustCompile(`"(?:node_modules/)?` + quoted + `":\s*\{\s*"version":\s*"(\d[^"]*)"`).FindStringSubmatch(lock); m != nil {
		return m[1]
	}
	if m := regexp.MustCompile(`"` + quoted + `":\s*"[\^~]?(\d[^"]*)"`).FindStringSubmatch(manifest); m != nil {
		return m[1]
	}
	return ""
}

func pinnedPython(requirements, name string) string {
	if m := regexp.MustCompile(`(?im)^\s*` + regexp.QuoteMeta(name) + `\s*[=~]=\s*(\d[\w.]*)`).FindStringSubmatch(requirements); m != nil {
		return m[1]
	}
	return ""
}

// older reports whether a version comes before another, part by part.
func older(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		m, n := part(x, i), part(y, i)
		if m != n {
			return m < n
		}
	}
	return false
}

// part is the number of a part of a version; what follows the digits is left out.
func part(parts []string, i int) int {
	n := 0
	if i < len(parts) {
		for _, c := range parts[i] {
			if c < '0' || c > '9' {
				break
			}
			n = n*10 + int(c-'0')
		}
	}
	return n
}
