// Command measure runs wardlet over fixed inputs and reports the median CPU time and peak memory of five runs, beside the
// figures recorded in bench/baseline.tsv. Times are compared as ratios to a run on the same machine; nothing fails.
//
//	go run ./bench/measure [-record] [NAME=PATH ...]
//
// NAME=PATH adds a repository on this machine, for example examples=../serverless-examples.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"time"
)

const (
	runs     = 5
	binary   = "bin/wardlet"
	baseline = "bench/baseline.tsv"
)

func main() {
	record := flag.Bool("record", false, "write the figures to "+baseline)
	flag.Parse()
	if err := run(*record, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

// sample is one measured run, with what it found: speed that is bought with silence must show.
type sample struct {
	cpu  time.Duration
	peak int64 // bytes
	said said
}

// said is what the JSON report of a run says of its coverage.
type said struct {
	Apps []struct {
		Functions int `json:"functions"`
		Resolved  int `json:"resolvedHandlers"`
	} `json:"apps"`
	Outcomes struct {
		Passed     int `json:"passed"`
		Failed     int `json:"failed"`
		NotChecked int `json:"notChecked"`
	} `json:"outcomes"`
}

// handlers is how many functions there are, and of how many the file and symbol were found.
func (s said) handlers() (all, resolved int) {
	for _, a := range s.Apps {
		all += a.Functions
		resolved += a.Resolved
	}
	return all, resolved
}

func (s said) outcomes() int { return s.Outcomes.Passed + s.Outcomes.Failed + s.Outcomes.NotChecked }

func run(record bool, repos []string) error {
	dir, err := os.MkdirTemp("", "wardlet-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cases, err := inputs(dir, repos)
	if err != nil {
		return err
	}
	before := readBaseline()
	var lines []string
	fmt.Printf("%-16s %10s %10s %8s %10s %10s %10s %12s\n", "case", "cpu ms", "peak MB", "ratio", "functions", "resolved", "outcomes", "not checked")
	for _, c := range cases {
		s, err := measure(c.args)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		ms := float64(s.cpu.Microseconds()) / 1000
		mb := float64(s.peak) / (1 << 20)
		ratio := "-"
		if old := before[c.name]; old > 0 {
			ratio = fmt.Sprintf("%.2f", ms/old)
		}
		functions, resolved := s.said.handlers()
		fmt.Printf("%-16s %10.1f %10.1f %8s %10d %10d %10d %12d\n", c.name, ms, mb, ratio, functions, resolved, s.said.outcomes(), s.said.Outcomes.NotChecked)
		lines = append(lines, fmt.Sprintf("%s\t%.1f\t%.1f\n", c.name, ms, mb))
	}
	if !record {
		return nil
	}
	return os.WriteFile(baseline, []byte("case\tcpu_ms\tpeak_mb\n"+strings.Join(lines, "")), 0o600)
}

type benchCase struct {
	name string
	args []string
}

func inputs(dir string, repos []string) ([]benchCase, error) {
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		return nil, err
	}
	cases := []benchCase{
		{"version", []string{"version"}},
		{"empty", scanArgs(empty)},
	}
	for _, n := range []int{250, 500, 1000} {
		root := filepath.Join(dir, fmt.Sprint(n))
		if err := generate(root, n, 50); err != nil {
			return nil, err
		}
		cases = append(cases, benchCase{fmt.Sprintf("functions-%d", n), scanArgs(root)})
		alone := filepath.Join(dir, fmt.Sprintf("alone-%d", 4*n))
		if err := generate(alone, 4*n, 4*n); err != nil {
			return nil, err
		}
		cases = append(cases, benchCase{fmt.Sprintf("one-app-%d", 4*n), scanArgs(alone)})
	}
	for _, r := range repos {
		name, path, ok := strings.Cut(r, "=")
		if !ok {
			return nil, fmt.Errorf("%q is not NAME=PATH", r)
		}
		cases = append(cases, benchCase{name, scanArgs(path)})
	}
	return cases, nil
}

func scanArgs(path string) []string {
	return []string{"scan", path, "--fail-on", "never", "-f", "json"}
}

// measure gives the median by CPU time of several runs.
func measure(args []string) (sample, error) {
	var all []sample
	for range runs {
		cmd := exec.Command(binary, args...)
		var out bytes.Buffer
		cmd.Stdout = &out
		if err := cmd.Run(); err != nil {
			return sample{}, err
		}
		var report said
		if args[0] == "scan" {
			if err := json.Unmarshal(out.Bytes(), &report); err != nil {
				return sample{}, err
			}
		}
		usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		if !ok {
			return sample{}, errors.New("this system does not tell the memory of a process")
		}
		all = append(all, sample{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peakBytes(usage), report})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].cpu < all[j].cpu })
	return all[len(all)/2], nil
}

func readBaseline() map[string]float64 {
	out := map[string]float64{}
	data, err := os.ReadFile(baseline)
	if err != nil {
		return out
	}
	for _, line := range strings.Split(string(data), "\n") {
		var name string
		var ms, mb float64
		if _, err := fmt.Sscanf(line, "%s\t%f\t%f", &name, &ms, &mb); err == nil {
			out[name] = ms
		}
	}
	return out
}

// generate writes a repository of n functions in services of a size, SAM and Serverless Framework in turn, every function
// with a route, a table and a source file.
func generate(root string, n, perService int) error {
	for s := 0; s*perService < n; s++ {
		dir := filepath.Join(root, fmt.Sprintf("service%d", s))
		if err := os.MkdirAll(filepath.Join(dir, "src"), 0o700); err != nil {
			return err
		}
		name, text := "template.yaml", samService(perService)
		if s%2 == 1 {
			name, text = "serverless.yml", slsService(s, perService)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
		for i := range perService {
			source := fmt.Sprintf("const helper = (x) => x + %d;\nexports.handler = async (event) => {\n  const id = event.pathParameters.id;\n  return { statusCode: 200, body: helper(id) };\n};\n", i)
			if err := os.WriteFile(filepath.Join(dir, "src", fmt.Sprintf("f%d.js", i)), []byte(source), 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

func samService(n int) string {
	var b strings.Builder
	b.WriteString("Transform: AWS::Serverless-2016-10-31\nGlobals: {Function: {Runtime: nodejs24.x, CodeUri: .}}\nResources:\n")
	for i := range n {
		fmt.Fprintf(&b, `  F%d:
    Type: AWS::Serverless::Function
    Properties:
      Handler: src/f%d.handler
      Environment: {Variables: {TABLE: !Ref T%d}}
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref T%d}}]
      Events: {Get: {Type: Api, Properties: {Path: "/f%d/{id}", Method: get}}}
  T%d: {Type: AWS::Serverless::SimpleTable}
`, i, i, i, i, i, i)
	}
	return b.String()
}

func slsService(s, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "service: service%d\nprovider: {name: aws, runtime: nodejs24.x, stage: \"${opt:stage, 'dev'}\"}\nfunctions:\n", s)
	for i := range n {
		fmt.Fprintf(&b, "  f%d:\n    handler: src/f%d.handler\n    environment: {TABLE: !Ref T%d}\n    events: [{http: {path: \"f%d/{id}\", method: get}}]\n", i, i, i, i)
	}
	b.WriteString("resources:\n  Resources:\n")
	for i := range n {
		fmt.Fprintf(&b, "    T%d: {Type: AWS::DynamoDB::Table, Properties: {TableName: \"${self:service}-${sls:stage}-t%d\"}}\n", i, i)
	}
	return b.String()
}
