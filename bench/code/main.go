// Command code measures the engine for code beside two others on the same folders: bandit (Debian) for Python and
// eslint-plugin-security (npm) for JavaScript and TypeScript.
//
//	go run ./bench/code -wardlet bin/wardlet -eslint DIR NAME=ROOT ...
//
// DIR is a folder with eslint 9, eslint-plugin-security 3 and @typescript-eslint/parser 8 installed. Printed are the median CPU seconds
// of three runs, and the size of the source that each of them reads: all files of its languages for the others, for Wardlet what
// handlers reach is less.
package main

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	wardlet := flag.String("wardlet", "bin/wardlet", "the program")
	eslint := flag.String("eslint", "", "folder with eslint; empty leaves it out")
	flag.Parse()
	fmt.Println("| input | MB of JS, TS | MB of Python | wardlet s | bandit s | eslint-plugin-security s |")
	fmt.Println("| --- | --- | --- | --- | --- | --- |")
	for _, arg := range flag.Args() {
		name, root, _ := strings.Cut(arg, "=")
		root, err := filepath.EvalSymlinks(root)
		if err == nil {
			root, err = filepath.Abs(root)
		}
		if err != nil {
			fail(err)
		}
		node, python := size(root, ".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx"), size(root, ".py")
		ours := median(*wardlet, "scan", "--only", "sast", "--fail-on", "never", "-f", "json", root)
		bandit := "-"
		if path, err := exec.LookPath("bandit"); err == nil && python > 0 {
			bandit = median(path, "-q", "-r", root)
		}
		other := "-"
		if *eslint != "" && node > 0 {
			other = median("node", filepath.Join(*eslint, "node_modules/eslint/bin/eslint.js"), "--no-config-lookup", "-c", config(*eslint), root)
		}
		fmt.Printf("| %s | %.2f | %.2f | %s | %s | %s |\n", name, float64(node)/1e6, float64(python)/1e6, ours, bandit, other)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "code:", err)
	os.Exit(1)
}

// config writes the configuration that switches on every rule of the plugin.
func config(dir string) string {
	file := filepath.Join(dir, "security.config.mjs")
	text := `import security from "eslint-plugin-security";
import parser from "@typescript-eslint/parser";
export default [{
  files: ["**/*.js", "**/*.mjs", "**/*.cjs", "**/*.jsx", "**/*.ts", "**/*.tsx"],
  languageOptions: { parser, parserOptions: { ecmaFeatures: { jsx: true } } },
  ...security.configs.recommended,
}];
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		fail(err)
	}
	return file
}

// size is how many bytes of source of some languages lie below a folder, without what installers put there.
func size(root string, endings ...string) int64 {
	var sum int64
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if info, err := d.Info(); err == nil && !d.IsDir() && slices.Contains(endings, filepath.Ext(path)) {
			sum += info.Size()
		}
		return nil
	})
	if err != nil {
		fail(err)
	}
	return sum
}

// median is the CPU time of three runs in the middle. The exit code is not looked at: findings are no failure.
func median(program string, args ...string) string {
	var all []time.Duration
	for range 3 {
		cmd := exec.Command(program, args...)
		if filepath.Base(program) == "node" {
			cmd.Dir = args[len(args)-1] // it reads nothing outside of where it stands
		}
		if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
			return "not run"
		}
		all = append(all, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	}
	slices.Sort(all)
	return fmt.Sprintf("%.2f", all[1].Seconds())
}
