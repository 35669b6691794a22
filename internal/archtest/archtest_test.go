package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "wardlet.example/"

// floors is the plan: a package imports only from lower floors. A trailing "/" stands for all packages below.
var floors = map[string]int{
	"internal/golden": 0, "internal/parallel": 0, "internal/model": 0, "internal/finding": 0, "internal/rule": 0,
	"internal/repo": 1, "internal/git": 1, "internal/document": 1, "internal/jsontext": 1, "rules": 1, "data": 1, "data/": 1,
	"internal/syntax": 2, "internal/syntax/": 2, "internal/expr": 2,
	"internal/ir": 3, "internal/lower": 3, "internal/query": 3,
	"internal/dataflow": 4,
	"internal/asl":      2, "internal/pattern": 2, "internal/policy": 2, "internal/sdk": 2,
	"internal/template/": 3,
	"internal/assemble":  4,
	"internal/link":      5,
	"internal/privilege": 5,
	"internal/paths":     5,
	"internal/least":     5,
	"internal/engine/":   6,
	"internal/review":    6,
	"internal/scan":      7,
	"internal/fix":       8,
	"internal/report/":   8,
	"internal/cli":       9, "cmd/": 9,
	"internal/archtest": 9, "bench": 9, "bench/": 9,
}

// arrows are the imports allowed inside a floor: from -> to.
var arrows = map[string][]string{
	"internal/finding":             {"internal/model"},
	"internal/rule":                {"internal/model", "internal/finding"},
	"internal/syntax/treesitter":   {"internal/syntax"},
	"internal/syntax/javascript":   {"internal/syntax", "internal/syntax/treesitter"},
	"internal/syntax/python":       {"internal/syntax", "internal/syntax/treesitter"},
	"internal/syntax/golang":       {"internal/syntax"},
	"internal/template/sam":        {"internal/template/cloudformation"},
	"internal/template/serverless": {"internal/template/cloudformation"},
	"internal/report/term":         {"internal/report/escape", "internal/report/screen", "internal/report/tally"},
	"internal/report/json":         {"internal/report/escape", "internal/report/tally"},
	"internal/report/sarif":        {"internal/report/escape", "internal/report/tally"},
	"internal/report/appmap":       {"internal/report/escape", "internal/report/screen"},
	"internal/report/privileges":   {"internal/report/escape", "internal/report/screen"},
	"internal/report/screen":       {"internal/report/escape"},
	"internal/privilege":           {"internal/link"},
	"internal/paths":               {"internal/link"},
	"internal/least":               {"internal/link", "internal/paths", "internal/privilege"},
	"internal/lower":               {"internal/ir"},
	"cmd/wardlet":                  {"internal/cli"},
}

// onlyIn names packages of others that may be imported in one place only.
var onlyIn = map[string]string{
	"cel.dev/cel-go":                "internal/expr",
	"github.com/tree-sitter":        "internal/syntax/treesitter internal/syntax/javascript internal/syntax/python",
	"github.com/spf13/cobra":        "internal/cli",
	"C":                             "internal/syntax/treesitter",
	"net/http":                      "",
	"go.yaml.in/yaml":               "internal/document internal/rule bench/oracle",
	"github.com/bmatcuk/doublestar": "internal/repo",
	"github.com/go-git/go-git":      "internal/git",
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func TestFloorPlan(t *testing.T) {
	for _, p := range list(t) {
		from, ok := strings.CutPrefix(p.ImportPath, module)
		if !ok {
			continue
		}
		floor, known := floorOf(from)
		if !known {
			t.Errorf("%s stands on no floor: add it to the plan", from)
			continue
		}
		for _, imported := range p.Imports {
			checkForeign(t, from, imported)
			to, ok := strings.CutPrefix(imported, module)
			if !ok {
				continue
			}
			toFloor, _ := floorOf(to)
			if toFloor > floor || toFloor == floor && !allowed(from, to) {
				t.Errorf("%s (floor %d) imports %s (floor %d)", from, floor, to, toFloor)
			}
		}
	}
}

func checkForeign(t *testing.T, from, imported string) {
	t.Helper()
	for prefix, places := range onlyIn {
		if imported != prefix && !strings.HasPrefix(imported, prefix+"/") {
			continue
		}
		if !contains(strings.Fields(places), from) {
			t.Errorf("%s imports %s, which is only for %q", from, imported, places)
		}
	}
}

func contains(all []string, s string) bool {
	for _, a := range all {
		if a == s {
			return true
		}
	}
	return false
}

func floorOf(name string) (int, bool) {
	if f, ok := floors[name]; ok {
		return f, true
	}
	for dir := filepath.Dir(name); dir != "."; dir = filepath.Dir(dir) {
		if f, ok := floors[dir+"/"]; ok {
			return f, true
		}
	}
	return 0, false
}

func allowed(from, to string) bool { return contains(arrows[from], to) }

func list(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = filepath.Join("..", "..")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var packages []goPackage
	for decoder := json.NewDecoder(out); ; {
		var p goPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return packages
}
