// Command taint draws findings of the code engine at random, or functions to be read in full, and writes them as rows for readers who
// did not write the rules.
//
//	go run ./bench/taint -n 100 -seed 20261201 -most 15 NAME=ROOT ... > findings.tsv
//	go run ./bench/taint -functions -n 30 -seed 20261202 NAME=ROOT ... > functions.tsv
//
// A row of findings: repository, rule, severity, confidence, exposure, place, message, and two empty columns for the reader: verdict
// (true, false) and why. A row of functions: repository, application, function, file and symbol.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/rule"
	"wardlet.example/internal/scan"
	"wardlet.example/rules"
)

func main() {
	n := flag.Int("n", 100, "how many rows")
	seed := flag.Uint64("seed", 20261201, "seed of the draw")
	most := flag.Int("most", 15, "at most so many findings of one repository, drawn from it first")
	functions := flag.Bool("functions", false, "functions instead of findings")
	flag.Parse()
	catalogue, err := rule.Load(rules.FS)
	if err != nil {
		fail(err)
	}
	r := rand.New(rand.NewPCG(*seed, *seed))
	var rows []string
	for _, arg := range flag.Args() {
		name, root, _ := strings.Cut(arg, "=")
		s, err := scan.Run(context.Background(), scan.Options{Path: root, Catalogue: catalogue, Now: time.Now(), Only: []string{"sast"}})
		if err != nil {
			fail(err)
		}
		found := findings(name, s.Result)
		if *functions {
			found = read(name, s)
		}
		r.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
		rows = append(rows, found[:min(*most, len(found))]...)
	}
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	fmt.Fprintf(os.Stderr, "%d to draw from\n", len(rows))
	for _, row := range rows[:min(*n, len(rows))] {
		fmt.Println(row)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "taint:", err)
	os.Exit(1)
}

// findings are those of medium and worse, one row each.
func findings(name string, r *finding.Result) []string {
	var out []string
	for _, f := range r.Findings {
		if f.Severity.AtLeast(finding.Medium) {
			out = append(out, strings.Join([]string{
				name, f.Rule, string(f.Severity), string(f.Confidence), string(f.Exposure), f.Place.String(), oneLine(f.Message), "", "",
			}, "\t"))
		}
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// read are the functions of which the code is followed.
func read(name string, s *scan.Scan) []string {
	var out []string
	for _, app := range s.Program.Apps {
		for _, f := range app.Functions {
			if f.Code.State == model.CodeResolved && dataflow.LanguageOf(f.Code.File) != "" {
				out = append(out, strings.Join([]string{name, app.File, f.Name, f.Code.File, f.Code.Symbol}, "\t"))
			}
		}
	}
	return out
}
