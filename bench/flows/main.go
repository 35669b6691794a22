// Command flows holds the triggers and declared flows that Wardlet reads from templates against those worked out by hand.
//
//	go run ./bench/flows [-labels bench/review/flows.tsv] [-details] ROOT        precision and recall
//	go run ./bench/flows -draw 50 -seed 20261125 [-without FILE] ROOT             the sample to label
//
// The labels name nodes by logical ID; "*" stands for what a language generates without a name of the user's own,
// "external" for what no template has, "internet" for everybody.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"wardlet.example/internal/assemble"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/repo"
)

func main() {
	labels := flag.String("labels", "bench/review/flows.tsv", "hops worked out by hand")
	details := flag.Bool("details", false, "list every hop that only one side has")
	n := flag.Int("draw", 0, "draw this many templates instead")
	seed := flag.Uint64("seed", 20261125, "seed of the draw")
	without := flag.String("without", "", "labels whose templates are not to be drawn again")
	flag.Parse()
	var err error
	if *n > 0 {
		err = sample(flag.Arg(0), *seed, *n, *without)
	} else {
		err = run(flag.Arg(0), *labels, *details)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "flows:", err)
		os.Exit(1)
	}
}

func sample(root string, seed uint64, n int, without string) error {
	all, err := templates(root)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	if without != "" {
		hops, err := readLabels(without)
		if err != nil {
			return err
		}
		for file := range hops {
			known[file] = true
		}
	}
	for _, file := range draw(all, seed, len(all)) {
		if !known[file] && n > 0 {
			n--
			fmt.Println(file)
		}
	}
	return nil
}

// hop is one labelled or read hop.
type hop struct{ from, to, kind string }

func (h hop) String() string { return h.from + " -> " + h.to + " (" + h.kind + ")" }

// readLabels reads hops by template; a template without any has an empty list.
func readLabels(file string) (map[string][]hop, error) {
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out := map[string][]hop{}
	lines := bufio.NewScanner(f)
	for first := true; lines.Scan(); first = false {
		fields := strings.Split(lines.Text(), "\t")
		if first || len(fields) < 4 {
			continue
		}
		out[fields[0]] = append(out[fields[0]], []hop{{fields[1], fields[2], fields[3]}}...)
		if fields[1] == "-" {
			out[fields[0]] = []hop{}
		}
	}
	return out, lines.Err()
}

func run(root, labels string, details bool) error {
	want, err := readLabels(labels)
	if err != nil {
		return err
	}
	var files []string
	for file := range want {
		files = append(files, file)
	}
	sort.Strings(files)
	found, missed, extra, unread := 0, 0, 0, 0
	for _, file := range files {
		app, err := read(root, file)
		if err != nil {
			return err
		}
		if app == nil {
			unread++
			missed += len(want[file])
			fmt.Printf("%s\tgives no model\n", file)
			continue
		}
		hit, lost, more := match(want[file], hops(app), app)
		found, missed, extra = found+hit, missed+len(lost), extra+len(more)
		if details {
			for _, h := range lost {
				fmt.Printf("%s\tmissed\t%s\n", file, h)
			}
			for _, h := range more {
				fmt.Printf("%s\tonly here\t%s\n", file, h)
			}
		}
	}
	fmt.Printf("templates: %d, without a model: %d\n", len(files), unread)
	fmt.Printf("hops by hand: %d, found: %d, missed: %d, only here: %d\n", found+missed, found, missed, extra)
	fmt.Printf("precision %.1f%%, recall %.1f%%\n", 100*float64(found)/float64(max(1, found+extra)), 100*float64(found)/float64(max(1, found+missed)))
	return nil
}

// read gives the application that a template is, alone in its folder.
func read(root, file string) (*model.App, error) {
	dir := path.Dir(file)
	r, err := repo.Open(filepath.Join(root, filepath.FromSlash(dir)), repo.Options{})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	ws, _ := assemble.Workspace(context.Background(), r, root, assemble.Options{Jobs: 2})
	link.Build(ws)
	for _, app := range ws.Apps {
		if app.File == path.Base(file) {
			return app, nil
		}
	}
	return nil, nil
}

// hops are the hops of an application in the words of the labels.
func hops(app *model.App) []hop {
	seen := map[hop]bool{}
	var out []hop
	for _, f := range app.Flows {
		if f.Kind == "aws-event" { // the platform's own events are not labelled
			continue
		}
		h := hop{node(app, f.From, f.FromApp), node(app, f.To, f.ToApp), f.Kind}
		if to := app.Resource(f.To); f.From == model.Internet && (to == nil || to.Type != "AWS::Lambda::Function") {
			continue // that everybody can write somewhere is exposure, not a hop of the labels
		}
		if !seen[h] {
			seen[h] = true
			out = append(out, h)
		}
	}
	return out
}

func node(app *model.App, id string, other *model.App) string {
	if other != nil || id == model.Outside {
		return "external"
	}
	for _, f := range app.Functions {
		if f.ID == id {
			return f.Name
		}
	}
	return id
}

// match pairs labelled hops with read ones: exactly first, then by what "*" may stand for.
func match(want, got []hop, app *model.App) (hits int, lost, more []hop) {
	left := append([]hop{}, got...)
	take := func(fits func(hop) bool) bool {
		for i, h := range left {
			if fits(h) {
				left = append(left[:i], left[i+1:]...)
				return true
			}
		}
		return false
	}
	var open []hop
	for _, w := range want {
		if !take(func(h hop) bool { return h == w }) {
			open = append(open, w)
		}
	}
	for _, w := range open {
		if !take(func(h hop) bool { return h.kind == w.kind && stands(w.from, h.from, app) && stands(w.to, h.to, app) }) {
			lost = append(lost, w)
		}
	}
	return len(want) - len(lost), lost, left
}

func stands(label, id string, app *model.App) bool {
	r := app.Resource(id)
	return label == id || label == "*" && r != nil && r.Generated != ""
}
