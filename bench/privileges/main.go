// Command privileges holds what Wardlet says of the permissions of functions against what readers worked out by hand.
//
//	go run ./bench/privileges -draw 40 -seed 20270210 NAME=ROOT ...                       the sample to label
//	go run ./bench/privileges [-labels bench/review/privileges.tsv] [-details] NAME=ROOT ...  how they agree
//
// A row of the labels is one pattern of actions that a function's role grants. The reader says whether the function needs it: yes, partly
// (only some of the actions), no, or unsure; and whether it needs it on all that it is granted on: ok, wide (on less), unsure. Rows that the
// reader adds with "missing" are what the function needs and is not allowed.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"wardlet.example/internal/least"
	"wardlet.example/internal/report/privileges"
	"wardlet.example/internal/rule"
	"wardlet.example/internal/scan"
	"wardlet.example/rules"
)

func main() {
	labels := flag.String("labels", "bench/review/privileges.tsv", "verdicts worked out by hand")
	details := flag.Bool("details", false, "list every row on which the two differ")
	n := flag.Int("draw", 0, "draw this many functions instead")
	seed := flag.Uint64("seed", 20270210, "seed of the draw")
	flag.Parse()
	var err error
	if *n > 0 {
		err = draw(flag.Args(), *n, *seed)
	} else {
		err = compare(flag.Args(), *labels, *details)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "privileges:", err)
		os.Exit(1)
	}
}

// read gives the functions of some trees by repository, template and name.
func read(args []string) (map[string]*privileges.Function, error) {
	catalogue, err := rule.Load(rules.FS)
	if err != nil {
		return nil, err
	}
	out := map[string]*privileges.Function{}
	for _, arg := range args {
		name, root, _ := strings.Cut(arg, "=")
		s, err := scan.Run(context.Background(), scan.Options{Path: root, Catalogue: catalogue, Now: time.Unix(0, 0), Only: []string{"sast"}})
		if err != nil {
			return nil, err
		}
		if s.Graph == nil {
			continue
		}
		for _, f := range privileges.Functions(s.Program, least.Roles(s.Program, s.Graph.Nodes)) {
			out[name+"\t"+f.App+"\t"+f.Name] = &f
		}
	}
	return out, nil
}

func draw(args []string, n int, seed uint64) error {
	all, err := read(args)
	if err != nil {
		return err
	}
	keys := make([]string, 0, len(all))
	for key := range all {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	rng := rand.New(rand.NewPCG(seed, 0))
	rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	fmt.Println("repository\tapplication\tfunction\taction\tresources\tneeded\ton\tnote")
	for _, key := range keys[:min(n, len(keys))] {
		f := all[key]
		for _, g := range f.Granted {
			fmt.Printf("%s\t%s\t%s\t\t\t%s\n", key, g.Action, strings.Join(g.Resources, " "), g.Policy)
		}
		if len(f.Granted) == 0 {
			fmt.Printf("%s\t-\t-\t-\t-\t\n", key)
		}
	}
	fmt.Fprintln(os.Stderr, "of", len(keys))
	return nil
}

// tally counts how the two agree.
type tally struct {
	functions, definite, rows     int
	calledUnused, unused, found   int // needed and called unused; certainly not needed; of those, found
	scoped, scopeRight            int
	missing, missingFound, unsure int
}

func compare(args []string, labels string, details bool) error {
	all, err := read(args)
	if err != nil {
		return err
	}
	file, err := os.Open(filepath.Clean(labels))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	var t tally
	seen := map[string]bool{}
	lines := bufio.NewScanner(file)
	for first := true; lines.Scan(); first = false {
		row := strings.Split(lines.Text(), "\t")
		if first || len(row) < 7 {
			continue
		}
		name, _, _ := strings.Cut(row[0], "@")
		key := name + "\t" + row[1] + "\t" + row[2]
		f := all[key]
		if f == nil {
			fmt.Println(key, "is not read")
			continue
		}
		if !seen[key] {
			seen[key] = true
			t.functions++
			if f.Unknown == "" && len(f.Uncertain) == 0 {
				t.definite++
			}
		}
		if told := t.row(f, row); told != "" && details {
			fmt.Printf("%s\t%s\t%s\t%s\n", key, row[3], row[4], told)
		}
	}
	fmt.Printf("functions %d, with a definite verdict for all of it %d; rows %d, unsure to the reader %d\n", t.functions, t.definite, t.rows, t.unsure)
	fmt.Printf("needed and called unused: %d\n", t.calledUnused)
	fmt.Printf("not needed: %d, called unused: %d (%.1f%%)\n", t.unused, t.found, 100*float64(t.found)/float64(max(1, t.unused)))
	fmt.Printf("resources right: %d of %d (%.1f%%)\n", t.scopeRight, t.scoped, 100*float64(t.scopeRight)/float64(max(1, t.scoped)))
	fmt.Printf("missing: %d, found: %d\n", t.missing, t.missingFound)
	return lines.Err()
}

// row counts one row; it tells where the two differ.
func (t *tally) row(f *privileges.Function, row []string) string {
	action, resources, needed, on := row[3], row[4], row[5], row[6]
	if action == "-" {
		return ""
	}
	if needed == "missing" {
		t.missing++
		if slices.ContainsFunc(f.Missing, func(e privileges.Entry) bool { return strings.EqualFold(e.Action, action) }) {
			t.missingFound++
			return ""
		}
		return "missing, and not found"
	}
	is := func(all []privileges.Entry) *privileges.Entry {
		for i, e := range all {
			if e.Action == action && strings.Join(e.Resources, " ") == resources {
				return &all[i]
			}
		}
		return nil
	}
	unused, uncertain := is(f.Unused), is(f.Uncertain)
	t.rows++
	whole := unused != nil && unused.Reason == ""
	told := ""
	switch needed {
	case "unsure":
		t.unsure++
	case "yes", "partly":
		if whole {
			t.calledUnused++
			told = "needed, and called unused"
		}
	case "no":
		t.unused++
		if whole {
			t.found++
		} else if uncertain != nil {
			told = "not needed, and uncertain: " + uncertain.Reason
		} else {
			told = "not needed, and not called unused"
		}
	}
	if (on == "ok" || on == "wide") && needed == "yes" && uncertain == nil && f.Unknown == "" {
		t.scoped++
		wide := unused != nil && unused.Reason == "needed on less"
		if wide == (on == "wide") {
			t.scopeRight++
		} else if told == "" {
			told = "on what: the reader says " + on
		}
	}
	return told
}
