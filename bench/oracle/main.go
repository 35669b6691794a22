// Command oracle compares what Wardlet makes of a template with what the real tools make of it: the Serverless Framework's
// `package` for services, the SAM transform for SAM templates. It is a check to run by hand; nothing of the tools is part of
// Wardlet.
//
//	go run ./bench/oracle [-work DIR] [-details FILE] ROOT
//	go run ./bench/oracle sam [-work DIR] [-details FILE] ROOT...
//
// The first needs Node.js with npm, the second Python 3 with aws-sam-translator 1.110.0. The tools' answers are kept below DIR, so that a second run only compares.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"sync"

	"wardlet.example/internal/assemble"
	"wardlet.example/internal/model"
	"wardlet.example/internal/repo"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "sam" {
		if err := samMain(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "oracle:", err)
			os.Exit(1)
		}
		return
	}
	work := flag.String("work", filepath.Join(os.TempDir(), "wardlet-oracle"), "folder for the tools, the copy they work in and their answers")
	details := flag.String("details", "", "file for the differences; standard output if empty")
	flag.Parse()
	if err := run(*work, *details, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

func run(work, details, root string) error {
	o := oracle{modules: filepath.Join(work, "npm"), tree: filepath.Join(work, "tree"), cache: filepath.Join(work, "cache")}
	if err := os.MkdirAll(o.cache, 0o755); err != nil {
		return err
	}
	if err := o.install(); err != nil {
		return err
	}
	if err := copyTree(root, o.tree); err != nil {
		return err
	}
	apps, err := services(root)
	if err != nil {
		return err
	}
	out := io.Writer(os.Stdout)
	if details != "" {
		f, err := os.Create(filepath.Clean(details))
		if err != nil {
			return err
		}
		defer f.Close()
		out = f
	}
	return report(out, each(apps, o.compareOne))
}

// services are the applications of a tree that are services for AWS, as Wardlet reads them for the stage dev.
func services(root string) ([]*model.App, error) {
	r, err := repo.Open(root, repo.Options{})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	ws, _ := assemble.Workspace(context.Background(), r, root, assemble.Options{Stage: "dev", Jobs: 2})
	var out []*model.App
	for _, app := range ws.Apps {
		if app.Kind == model.Serverless && app.Provider == "aws" {
			out = append(out, app)
		}
	}
	return out, nil
}

// outcome is what came of one service.
type outcome struct {
	file        string
	err         error // why the oracle has no answer
	count       tally
	differences []difference
}

// each asks f of all, two at a time: the tools take long and most of a processor.
func each[T, R any](all []T, f func(T) R) []R {
	out := make([]R, len(all))
	next := make(chan int)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for i := range next {
				out[i] = f(all[i])
			}
		})
	}
	for i := range all {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}

func (o oracle) compareOne(app *model.App) outcome {
	res := outcome{file: app.File}
	data, err := o.compile(app.File)
	if err != nil {
		res.err = err
		return res
	}
	theirs, err := parse(path.Base(app.File), data)
	if err != nil {
		res.err = err
		return res
	}
	res.count, res.differences = compare(app.File, app.Deployed(), theirs)
	return res
}

// report writes every difference, why services were left out, and the totals.
func report(w io.Writer, all []outcome) error {
	var total tally
	left := 0
	kinds := map[string]int{}
	for _, o := range all {
		if o.err != nil {
			left++
			fmt.Fprintf(w, "%s\tnot compiled: %s\n", o.file, reason(o.err))
			continue
		}
		total.add(o.count)
		for _, d := range o.differences {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", d.file, d.kind, d.id, d.what)
			if d.what == "missing" || d.what == "extra" || strings.HasPrefix(d.what, "is ") {
				kinds[d.what+" "+d.kind]++
			} else {
				name, _, _ := strings.Cut(d.what, ":")
				kinds["property "+d.kind+" "+name]++
			}
		}
	}
	for _, k := range sorted(kinds) {
		fmt.Printf("%5d %s\n", kinds[k], k)
	}
	fmt.Printf("services compared: %d (the oracle refuses %d more)\n", total.templates, left)
	fmt.Printf("resources of the oracle: %d, equal by type and logical ID: %d (%s), only here: %d\n",
		total.resources, total.same, percent(total.same, total.resources), total.extra)
	_, err := fmt.Printf("properties of equal resources: %d, equal: %d (%s)\n",
		total.properties, total.sameProperties, percent(total.sameProperties, total.properties))
	return err
}

func percent(part, all int) string {
	return fmt.Sprintf("%.1f%%", 100*float64(part)/float64(max(all, 1)))
}

func sorted(counts map[string]int) []string {
	var keys []string
	for k := range counts {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if counts[keys[i]] != counts[keys[j]] {
			return counts[keys[i]] > counts[keys[j]]
		}
		return keys[i] < keys[j]
	})
	return keys
}

// reason is the line of the framework's output that says what is wrong.
func reason(err error) string {
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) == "Error:" && i+1 < len(lines) {
			return strings.Join(lines[i+1:min(i+3, len(lines))], " ")
		}
	}
	return lines[len(lines)-1]
}
