package sast_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/rule"
	"wardlet.example/internal/scan"
	"wardlet.example/rules"
)

// Each archive of testdata/paths is a small application of several functions. Its file `want` says which of them hand data to which,
// and how an outsider's data comes to the places that are marked in the code:
//
//	edge FROM -> VIA > VIA -> TO       FROM hands data on to TO
//	no-edge FROM -> VIA -> TO REASON   it looks so, and is not: permission, filter, target
//	path RULE MARK EXPOSURE A > VIA > Z
//	alone RULE MARK                    the function trusts its event; no outsider comes there
//	silent RULE MARK                   nothing is found
//	sibling FUNCTION -> TO             others make safe what they send to TO, this one does not
func TestPaths(t *testing.T) {
	catalogue, err := rule.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/paths/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no applications", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			a := unpack(t, archive)
			a.scan, err = scan.Run(context.Background(), scan.Options{Path: a.root, Catalogue: catalogue, Now: time.Unix(0, 0), Only: []string{"sast"}, Profile: rule.Strict})
			if err != nil {
				t.Fatal(err)
			}
			a.rules = map[string][]string{}
			for _, r := range catalogue.Rules() {
				a.rules[r.Taint] = append(a.rules[r.Taint], r.ID)
			}
			a.check(t)
		})
	}
}

type application struct {
	root  string
	want  []string
	marks map[string]finding.Place
	rules map[string][]string // by what data does
	scan  *scan.Scan
}

func unpack(t *testing.T, archive *txtar.Archive) *application {
	t.Helper()
	a := &application{root: t.TempDir(), marks: map[string]finding.Place{}}
	for _, f := range archive.Files {
		if f.Name == "want" {
			a.want = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
			continue
		}
		file := filepath.Join(a.root, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(f.Data), "\n") {
			if _, mark, ok := strings.Cut(line, "// @"); ok {
				a.marks[strings.TrimSpace(mark)] = finding.Place{Pos: model.Pos{File: f.Name, Line: i + 1}}
			} else if _, mark, ok := strings.Cut(line, "# @"); ok {
				a.marks[strings.TrimSpace(mark)] = finding.Place{Pos: model.Pos{File: f.Name, Line: i + 1}}
			}
		}
	}
	return a
}

func (a *application) check(t *testing.T) {
	edges, stopped := a.edges()
	var expected []string
	ways := map[string][]string{}
	for _, line := range a.want {
		kind, rest, _ := strings.Cut(line, " ")
		switch kind {
		case "edge":
			expected = append(expected, rest)
			if !slices.Contains(edges, rest) {
				t.Errorf("missing edge %s", rest)
			}
		case "no-edge":
			i := strings.LastIndexByte(rest, ' ')
			if slices.Contains(edges, rest[:i]) {
				t.Errorf("edge that is none: %s", rest)
			}
			if reason := stopped[rest[:i]]; rest[i+1:] != "target" && reason == "" {
				t.Errorf("nothing says that this is no edge, and why: %s", rest)
			}
		case "path", "alone", "silent":
			words := strings.SplitN(rest, " ", 4)
			key := words[0] + " " + words[1]
			if kind == "path" {
				kind = words[2] + " " + words[3]
			}
			ways[key] = append(ways[key], kind)
		case "sibling":
			a.sibling(t, rest)
		default:
			t.Errorf("what is %q?", line)
		}
	}
	for _, e := range edges {
		if !slices.Contains(expected, e) {
			t.Errorf("edge too much: %s", e)
		}
	}
	for key, want := range ways {
		a.sink(t, key, want)
	}
	a.noMore(t)
}

// edges are those that data can take, and the others with what stands against them.
func (a *application) edges() (holding []string, stopped map[string]string) {
	stopped = map[string]string{}
	for _, e := range a.scan.Graph.Edges {
		if e.Kind == "answer" { // the other way of a call that stands here
			continue
		}
		text := e.From.Function.Name + " -> "
		var via []string
		for _, r := range e.Via {
			via = append(via, r.ID)
		}
		if len(via) > 0 {
			text += strings.Join(via, " > ") + " -> "
		}
		text += e.To.Function.Name
		if !e.Holds() {
			stopped[text] = e.Why
			continue
		}
		if !slices.Contains(holding, text) {
			holding = append(holding, text)
		}
	}
	return holding, stopped
}

// sink checks what is said of a marked place.
func (a *application) sink(t *testing.T, key string, want []string) {
	harm, mark, _ := strings.Cut(key, " ")
	place, ok := a.marks[mark]
	if !ok {
		t.Errorf("no mark %s", mark)
		return
	}
	var found *finding.Finding
	for i, f := range a.scan.Result.Findings {
		if f.Place.File == place.File && f.Place.Line == place.Line && slices.Contains(a.rules[harm], f.Rule) {
			found = &a.scan.Result.Findings[i]
		}
	}
	got := "silent"
	if found != nil {
		got = "alone"
		if len(found.Path) > 0 {
			got = fmt.Sprintf("%s %s", found.Exposure, strings.Join(found.Path, " > "))
		} else if found.Exposure == model.Public || found.Exposure == model.Authenticated {
			got = fmt.Sprintf("%s %s", found.Exposure, found.Called())
		}
	}
	if !slices.Contains(want, got) {
		t.Errorf("%s: got %s, want %s", key, got, strings.Join(want, " or "))
		if found != nil {
			for _, c := range found.Callers {
				t.Logf("  %s through %v %s %s", c.Name, c.Via, c.State, c.Reason)
			}
		}
	}
	if found != nil && len(found.Path) > 0 && len(found.Doors) < len(want) {
		t.Errorf("%s: paths begin at %v, want %s", key, found.Doors, strings.Join(want, " and "))
	}
}

// noMore checks that nothing is found beside the marks.
func (a *application) noMore(t *testing.T) {
	for _, f := range a.scan.Result.Findings {
		known := f.Rule == siblingRule
		for _, place := range a.marks {
			known = known || place.File == f.Place.File && place.Line == f.Place.Line
		}
		if !known && f.Severity.AtLeast(finding.Medium) && !f.Strict {
			t.Errorf("%s:%d %s is not marked", f.Place.File, f.Place.Line, f.Rule)
		}
	}
}

const siblingRule = "unsanitised-sibling"

func (a *application) sibling(t *testing.T, want string) {
	from, to, _ := strings.Cut(want, " -> ")
	for _, f := range a.scan.Result.Findings {
		if f.Rule == siblingRule && f.Called() == from && strings.Contains(f.Message, to) {
			return
		}
	}
	t.Errorf("nothing names %s, which does not make safe what it sends to %s", from, to)
}
