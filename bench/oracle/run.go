package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// framework is the released Serverless Framework that stands as oracle, and realPlugins are the plugins that change what it
// deploys and still install; every other plugin a service names is replaced by one that does nothing.
const framework = "serverless@3.40.0"

var realPlugins = []string{
	"serverless-step-functions@3.21.0",
	"serverless-iam-roles-per-function@3.2.0",
	"serverless-pseudo-parameters@2.6.1",
	"serverless-lift@1.28.1",
	"serverless-apigateway-service-proxy@2.2.1",
}

// templateName is what the framework leaves in `.serverless` for the second, full deployment.
const templateName = "cloudformation-template-update-stack.json"

// oracle runs the framework in a copy of the repository.
type oracle struct {
	modules string // folder with node_modules
	tree    string // the copy that it works in
	cache   string // its answers: NAME.json, or NAME.err with the reason
}

// install brings the framework and the plugins once; it needs npm and the registry.
func (o oracle) install() error {
	if _, err := os.Stat(filepath.Join(o.modules, "node_modules", "serverless")); err == nil {
		return nil
	}
	if err := os.MkdirAll(o.modules, 0o755); err != nil {
		return err
	}
	args := append([]string{"install", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", framework}, realPlugins...)
	cmd := exec.Command("npm", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = o.modules, os.Stderr, os.Stderr
	return cmd.Run()
}

var frameworkVersion = regexp.MustCompile(`(?m)^frameworkVersion:.*$`)

// compile gives the template of the service in file (relative to the tree), or why the framework makes none.
func (o oracle) compile(file string) ([]byte, error) {
	answer := filepath.Join(o.cache, strings.ReplaceAll(file, "/", "__"))
	if data, err := os.ReadFile(answer + ".json"); err == nil {
		return data, nil
	}
	if data, err := os.ReadFile(answer + ".err"); err == nil {
		return nil, errors.New(string(data))
	}
	data, err := o.run(file)
	if err != nil {
		return nil, errors.Join(err, os.WriteFile(answer+".err", []byte(err.Error()), 0o600))
	}
	return data, os.WriteFile(answer+".json", data, 0o600)
}

func (o oracle) run(file string) ([]byte, error) {
	path := filepath.Join(o.tree, file)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	// The framework refuses services that ask for another major version of it.
	if err := os.WriteFile(path, frameworkVersion.ReplaceAll(text, nil), 0o600); err != nil {
		return nil, err
	}
	dir := filepath.Dir(path)
	if err := o.plugins(dir, text); err != nil {
		return nil, err
	}
	if err := standIns(dir, text); err != nil {
		return nil, err
	}
	out := filepath.Join(dir, ".wardlet-oracle")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join(o.modules, "node_modules", "serverless", "bin", "serverless.js"),
		"package", "--stage", "dev", "--config", filepath.Base(path), "--package", out)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=dummy", "AWS_SECRET_ACCESS_KEY=dummy", "SLS_TELEMETRY_DISABLED=1",
		"SLS_INTERACTIVE_SETUP_ENABLE=0", "SLS_NOTIFICATIONS_MODE=off", "CI=true")
	said, runErr := cmd.CombinedOutput()
	data, err := os.ReadFile(filepath.Join(out, templateName))
	if err != nil {
		return nil, fmt.Errorf("%w: %s", errors.Join(runErr, err), bytes.TrimSpace(said))
	}
	return data, nil
}

var (
	artifacts = regexp.MustCompile(`(?m)^\s*artifact:\s*['"]?([\w./-]+)`)
	binaries  = regexp.MustCompile(`(?m)^\s*handler:\s*['"]?([\w/-]+)['"]?\s*$`)
	emptyZip  = []byte("PK\x05\x06" + strings.Repeat("\x00", 18))
)

// standIns puts empty files where a build that was not run would have put archives and programs: the framework packs them,
// and only their names reach the template.
func standIns(dir string, text []byte) error {
	for _, m := range append(artifacts.FindAllSubmatch(text, -1), binaries.FindAllSubmatch(text, -1)...) {
		file := filepath.Join(dir, string(m[1]))
		if _, err := os.Stat(file); err == nil {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, emptyZip, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// plugins puts the installed plugins, and empty ones for the rest, where the service looks for them.
func (o oracle) plugins(dir string, text []byte) error {
	for _, name := range pluginNames(text) {
		if strings.HasPrefix(name, ".") {
			continue
		}
		target := filepath.Join(dir, "node_modules", name)
		if _, err := os.Stat(target); err == nil {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		real := filepath.Join(o.modules, "node_modules", name)
		if _, err := os.Stat(real); err == nil {
			if err := os.Symlink(real, target); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(target, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(target, "index.js"), []byte("module.exports = class {};\n"), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// pluginNames reads `plugins:` in both of its forms.
func pluginNames(text []byte) []string {
	var names struct {
		Plugins yaml.Node `yaml:"plugins"`
	}
	if yaml.Unmarshal(text, &names) != nil {
		return nil
	}
	var list []string
	if names.Plugins.Decode(&list) == nil {
		return list
	}
	var form struct {
		Modules []string `yaml:"modules"`
	}
	if names.Plugins.Decode(&form) == nil {
		return form.Modules
	}
	return nil
}

// copyTree copies the repository, without what was installed or built in it.
func copyTree(from, to string) error {
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(from, path)
		if entry.IsDir() {
			if name := entry.Name(); name == ".git" || name == "node_modules" || name == ".serverless" {
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o600)
	})
}
