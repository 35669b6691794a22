package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"wardlet.example/internal/document"
	"wardlet.example/internal/model"
)

// configName is the configuration that lies in the scanned folder.
const configName = ".wardlet.yaml"

// configKey reads one key of the configuration into the flags.
type configKey func(f *scanFlags, v *model.Value) error

// configKeys is every key of .wardlet.yaml with the flag that wins over it. config.schema.json says the same.
func configKeys() map[string]struct {
	flag string
	read configKey
} {
	type entry = struct {
		flag string
		read configKey
	}
	return map[string]entry{
		"fail-on":          {"fail-on", configText(func(f *scanFlags) *string { return &f.failOn })},
		"profile":          {"profile", configText(func(f *scanFlags) *string { return &f.profile })},
		"stage":            {"stage", configText(func(f *scanFlags) *string { return &f.stage })},
		"only":             {"only", configList(func(f *scanFlags) *[]string { return &f.only })},
		"skip":             {"skip", configList(func(f *scanFlags) *[]string { return &f.skip })},
		"exclude":          {"exclude", configList(func(f *scanFlags) *[]string { return &f.exclude })},
		"rules":            {"rules", configList(func(f *scanFlags) *[]string { return &f.rules })},
		"models":           {"models", configList(func(f *scanFlags) *[]string { return &f.models })},
		"review-after":     {"review-after", configText(func(f *scanFlags) *string { return &f.reviewAfter })},
		"timeout":          {"timeout", configDuration},
		"require-complete": {"require-complete", configBool},
	}
}

func configText(field func(*scanFlags) *string) configKey {
	return func(f *scanFlags, v *model.Value) error {
		s, ok := v.Scalar()
		if !ok {
			return errors.New("takes one value")
		}
		*field(f) = s
		return nil
	}
}

func configList(field func(*scanFlags) *[]string) configKey {
	return func(f *scanFlags, v *model.Value) error {
		var out []string
		for _, item := range v.Elements() {
			s, ok := item.Scalar()
			if !ok {
				return errors.New("takes a list of texts")
			}
			out = append(out, s)
		}
		*field(f) = out
		return nil
	}
}

func configDuration(f *scanFlags, v *model.Value) error {
	s, _ := v.Scalar()
	d, err := time.ParseDuration(s)
	if err != nil {
		return errors.New("takes a time such as 90s or 2m")
	}
	f.timeout = d
	return nil
}

func configBool(f *scanFlags, v *model.Value) error {
	if v.Kind != model.Bool {
		return errors.New("takes true or false")
	}
	f.requireComplete = v.Bool
	return nil
}

// configure reads the configuration for a path; flags that were given win over it.
func (f *scanFlags) configure(path string, changed func(string) bool) error {
	file := f.config
	if file == "" {
		file = filepath.Join(folder(path), configName)
	}
	data, err := os.ReadFile(filepath.Clean(file))
	if errors.Is(err, fs.ErrNotExist) && f.config == "" {
		return nil
	}
	if err != nil {
		return err
	}
	doc, diagnostics := document.ParseYAML(file, data, document.Options{})
	if doc == nil {
		d := diagnostics[0]
		return hinted{fmt.Errorf("%s: %s", d.Pos, d.Message), d.Hint}
	}
	return f.apply(file, doc.Root, changed)
}

func folder(path string) string {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return filepath.Dir(path)
	}
	return path
}

func (f *scanFlags) apply(file string, root *model.Value, changed func(string) bool) error {
	if root.Kind != model.Map && root.Kind != model.Absent {
		return hinted{fmt.Errorf("%s: the configuration is not a map", file), "write key: value lines"}
	}
	keys := configKeys()
	for _, field := range root.Fields {
		key, ok := keys[field.Key]
		if !ok {
			return hinted{fmt.Errorf("%s: unknown key %q", field.At, field.Key), nearestKey(field.Key)}
		}
		if changed(key.flag) {
			continue
		}
		if err := key.read(f, field.Value); err != nil {
			return fmt.Errorf("%s: %s %w", field.Value.Origin.Pos, field.Key, err)
		}
	}
	for key, folders := range map[string][]string{"rules": f.rules, "models": f.models} {
		if changed(key) {
			continue
		}
		if err := f.locate(key, folders, filepath.Dir(file)); err != nil {
			return err
		}
	}
	return nil
}

// locate makes folders that the configuration names relative to where it lies. A configuration that belongs to the scanned tree may
// only name folders inside the tree.
func (f *scanFlags) locate(key string, folders []string, dir string) error {
	for i, folder := range folders {
		if f.config == "" {
			if err := insideTree(dir, key, folder); err != nil {
				return hinted{err, "use --" + key + " " + folder + ", or give the configuration with --config"}
			}
		}
		if !filepath.IsAbs(folder) {
			folders[i] = filepath.Join(dir, folder)
		}
	}
	return nil
}

// insideTree refuses a folder that is not inside dir, also by way of a link.
func insideTree(dir, key, folder string) error {
	outside := fmt.Errorf("%s: %s: %s lies outside the scanned folder", filepath.Join(dir, configName), key, folder)
	if !filepath.IsLocal(folder) {
		return outside
	}
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	real, err := filepath.EvalSymlinks(filepath.Join(dir, folder))
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(root, real); err != nil || !filepath.IsLocal(rel) {
		return outside
	}
	return nil
}

func nearestKey(key string) string {
	var names []string
	for name := range configKeys() {
		names = append(names, name)
	}
	sort.Strings(names)
	best, distance := "", 4
	for _, name := range names {
		if d := editDistance(strings.ToLower(key), name); d < distance {
			best, distance = name, d
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "known keys: " + strings.Join(names, ", ")
}

// editDistance is the number of letters to insert, delete or change.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := diagonal
			if a[i-1] != b[j-1] {
				change++
			}
			diagonal = row[j]
			row[j] = min(change, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
