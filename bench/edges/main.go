// Command edges holds the ways of data between functions, as Wardlet reads them from code and templates together, against those worked
// out by hand.
//
//	go run ./bench/edges -draw 50 -seed 20270201 [-without FILE] NAME=ROOT ...     the sample to label
//	go run ./bench/edges [-labels bench/review/edges.tsv] [-details] NAME=ROOT ... precision and recall
//
// Drawn are applications with a template and at least two functions in JavaScript, TypeScript or Python whose code is in the repository.
// Labels name functions by logical ID, in the Serverless Framework by their key. An edge counts by its two functions and what carries it.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
	"wardlet.example/internal/rule"
	"wardlet.example/internal/scan"
	"wardlet.example/rules"
)

func main() {
	file := flag.String("labels", "bench/review/edges.tsv", "edges worked out by hand")
	details := flag.Bool("details", false, "list every edge that only one side has")
	n := flag.Int("draw", 0, "draw this many applications instead")
	seed := flag.Uint64("seed", 20270201, "seed of the draw")
	without := flag.String("without", "", "labels whose applications are not to be drawn again")
	flag.Parse()
	var err error
	if *n > 0 {
		err = draw(flag.Args(), *n, *seed, *without)
	} else {
		err = compare(flag.Args(), *file, *details)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "edges:", err)
		os.Exit(1)
	}
}

// edge is one labelled or found edge.
type edge struct{ from, to, kind string }

// labels are the edges of applications worked out by hand, and those that the reader held for debatable: these count neither way.
type labels struct{ sure, doubtful map[string][]edge }

// read scans a tree; the applications by name and file, with the edges between their functions.
func read(args []string) (map[string]*model.App, map[string][]edge, error) {
	catalogue, err := rule.Load(rules.FS)
	if err != nil {
		return nil, nil, err
	}
	apps, edges := map[string]*model.App{}, map[string][]edge{}
	for _, arg := range args {
		name, root, _ := strings.Cut(arg, "=")
		s, err := scan.Run(context.Background(), scan.Options{Path: root, Catalogue: catalogue, Now: time.Unix(0, 0), Only: []string{"sast"}})
		if err != nil {
			return nil, nil, err
		}
		for _, app := range s.Program.Apps {
			apps[name+" "+app.File] = app
		}
		if s.Graph == nil { // there is no code
			continue
		}
		for _, e := range s.Graph.Edges {
			key := name + " " + e.From.App.File
			if one := found(e); counts(e) && !slices.Contains(edges[key], one) {
				edges[key] = append(edges[key], one)
			}
		}
	}
	return apps, edges, nil
}

// counts reports whether an edge is one by the conventions of the labels: what a function keeps for itself is none, nor an answer, nor an
// address that is only signed, nor what an API sends without a function.
func counts(e *paths.Edge) bool {
	return e.Holds() && slices.Contains(e.From.App.Functions, e.From.Function) && e.Kind != "answer" && !e.Send.Signed && (e.Read == nil || e.From != e.To)
}

func found(e *paths.Edge) edge { return edge{e.From.Function.Name, e.To.Function.Name, e.Kind} }

func draw(args []string, n int, seed uint64, without string) error {
	apps, _, err := read(args)
	if err != nil {
		return err
	}
	var known labels
	if without != "" {
		if known, err = readLabels(without); err != nil {
			return err
		}
	}
	var all []string
	for key, app := range apps {
		if _, done := known.sure[key]; !done && app.Kind != model.Convention && followed(app) >= 2 {
			all = append(all, key)
		}
	}
	sort.Strings(all)
	rng := rand.New(rand.NewPCG(seed, 0))
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, key := range all[:min(n, len(all))] {
		fmt.Println(key)
	}
	fmt.Fprintln(os.Stderr, "of", len(all))
	return nil
}

func followed(app *model.App) int {
	n := 0
	for _, f := range app.Functions {
		file := f.Code.File
		if f.Code.State == model.CodeInline {
			file = f.Code.Module
		}
		if (f.Code.State == model.CodeResolved || f.Code.State == model.CodeInline) && dataflow.LanguageOf(file) != "" && (f.Resource == nil || !f.Resource.Tool) {
			n++
		}
	}
	return n
}

// readLabels reads edges by application; one without any has an empty list. Columns: repository, application, from, to, kind, via, note.
func readLabels(file string) (labels, error) {
	out := labels{map[string][]edge{}, map[string][]edge{}}
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return out, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for first := true; lines.Scan(); first = false {
		fields := strings.Split(lines.Text(), "\t")
		if first || len(fields) < 7 {
			continue
		}
		name, _, _ := strings.Cut(fields[0], "@")
		key, e := name+" "+fields[1], edge{fields[2], fields[3], fields[4]}
		out.sure[key] = append(out.sure[key], []edge{}...)
		switch {
		case e.from == "-":
		case strings.HasPrefix(fields[6], "doubtful:"):
			out.doubtful[key] = append(out.doubtful[key], e)
		case !slices.Contains(out.sure[key], e):
			out.sure[key] = append(out.sure[key], e)
		}
		if out.sure[key] == nil {
			out.sure[key] = []edge{}
		}
	}
	return out, lines.Err()
}

func compare(args []string, file string, details bool) error {
	want, err := readLabels(file)
	if err != nil {
		return err
	}
	apps, have, err := read(args)
	if err != nil {
		return err
	}
	keys := slices.Sorted(maps.Keys(want.sure))
	hit, missed, extra, doubtful := 0, 0, 0, 0
	tell := func(key, what string, e edge) {
		if details {
			fmt.Printf("%s\t%s\t%s -> %s (%s)\n", key, what, e.from, e.to, e.kind)
		}
	}
	for _, key := range keys {
		if apps[key] == nil {
			fmt.Printf("%s\tis not read\n", key)
		}
		doubtful += len(want.doubtful[key])
		for _, e := range want.sure[key] {
			if slices.Contains(have[key], e) {
				hit++
				continue
			}
			missed++
			tell(key, "missed", e)
		}
		for _, e := range have[key] {
			if !slices.Contains(want.sure[key], e) && !slices.Contains(want.doubtful[key], e) {
				extra++
				tell(key, "only here", e)
			}
		}
	}
	fmt.Printf("applications: %d; edges by hand: %d, found: %d, missed: %d, only here: %d; doubtful and not counted: %d\n", len(keys), hit+missed, hit, missed, extra, doubtful)
	fmt.Printf("precision %.1f%%, recall %.1f%%\n", 100*float64(hit)/float64(max(1, hit+extra)), 100*float64(hit)/float64(max(1, hit+missed)))
	return nil
}
