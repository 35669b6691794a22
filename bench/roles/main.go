// Command roles draws roles at random and writes what Wardlet says of each, for a reader who judges it by the templates.
//
//	go run ./bench/roles -n 60 -seed 20261126 NAME=ROOT ... > sample.tsv
//
// Each row: repository, application, role, what it may do, how it gains more, what is not known.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"

	"wardlet.example/internal/assemble"
	"wardlet.example/internal/link"
	"wardlet.example/internal/repo"
	"wardlet.example/internal/report/privileges"
)

func main() {
	n := flag.Int("n", 60, "how many roles")
	seed := flag.Uint64("seed", 20261126, "seed of the draw")
	flag.Parse()
	var rows []string
	for _, arg := range flag.Args() {
		name, root, _ := strings.Cut(arg, "=")
		found, err := verdicts(name, root)
		if err != nil {
			fmt.Fprintln(os.Stderr, "roles:", err)
			os.Exit(1)
		}
		rows = append(rows, found...)
	}
	fmt.Fprintf(os.Stderr, "%d roles, users and groups\n", len(rows))
	r := rand.New(rand.NewPCG(*seed, *seed))
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	fmt.Println("repository\tapplication\trole\tmay do\tgains\tunknown")
	for _, row := range rows[:min(*n, len(rows))] {
		fmt.Println(row)
	}
}

// verdicts is a row for each role, user and group of a repository.
func verdicts(name, root string) ([]string, error) {
	r, err := repo.Open(root, repo.Options{})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	ws, _ := assemble.Workspace(context.Background(), r, root, assemble.Options{Jobs: 2})
	var out []string
	for _, h := range privileges.Holders(link.Build(ws)) {
		out = append(out, strings.Join([]string{name, h.App, h.ID, may(h), gains(h), strings.Join(h.Open, "; ")}, "\t"))
	}
	return out, nil
}

func may(h privileges.Holder) string {
	if h.All {
		return "everything"
	}
	var parts []string
	for _, r := range h.Reaches {
		on := r.Resource + r.Named
		if on == "" {
			on = strings.TrimSpace("any " + r.Service + " " + r.Kind)
		}
		for _, d := range r.Does {
			level := d.Level
			if d.Perhaps {
				level += "?"
			}
			parts = append(parts, level+" "+on+" ("+strings.Join(first(d.Actions, 4), ", ")+")")
		}
	}
	if len(parts) == 0 {
		return "nothing but its own logs, traces and metrics"
	}
	return strings.Join(parts, "; ")
}

func first(all []string, n int) []string {
	if len(all) > n {
		return append(append([]string{}, all[:n]...), fmt.Sprintf("and %d more", len(all)-n))
	}
	return all
}

func gains(h privileges.Holder) string {
	var parts []string
	for _, g := range h.Gains {
		text := g.Method
		if g.Through != "" {
			text += " through " + g.Through
		}
		if g.Answer != "yes" {
			text += "?"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}
