// Command sample draws findings at random for review by hand, so that nobody chooses what is judged.
//
//	go run ./bench/sample -seed 1 -n 100 [-profile strict] NAME@COMMIT=PATH ...
//
// It writes one line per finding: repository@commit, file:line, rule, severity, subject, message, with empty columns for the
// label (true, false) and the reason.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"sort"
	"strings"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/rule"
	"wardlet.example/internal/scan"
	"wardlet.example/rules"
)

func main() {
	seed := flag.Uint64("seed", 1, "seed of the draw")
	n := flag.Int("n", 100, "how many findings")
	profile := flag.String("profile", "default", "default, or strict for hardening advice alone")
	flag.Parse()
	if err := run(*seed, *n, rule.Profile(*profile), flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "sample:", err)
		os.Exit(1)
	}
}

type drawn struct {
	repository string
	finding    finding.Finding
}

func run(seed uint64, n int, profile rule.Profile, repositories []string) error {
	catalogue, err := rule.Load(rules.FS)
	if err != nil {
		return err
	}
	var all []drawn
	for _, r := range repositories {
		name, path, ok := strings.Cut(r, "=")
		if !ok {
			return fmt.Errorf("%q is not NAME@COMMIT=PATH", r)
		}
		s, err := scan.Run(context.Background(), scan.Options{Path: path, Profile: profile, Catalogue: catalogue})
		if err != nil {
			return err
		}
		for _, f := range s.Result.Findings {
			if f.Strict == (profile == rule.Strict) {
				all = append(all, drawn{name, f})
			}
		}
	}
	// An order of its own, so that the draw depends on the set of findings alone.
	sort.Slice(all, func(i, j int) bool { return key(all[i]) < key(all[j]) })
	random := rand.New(rand.NewPCG(seed, 0))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	fmt.Println("repository\tplace\trule\tseverity\tsubject\tmessage\tlabel\twhy")
	for _, d := range all[:min(n, len(all))] {
		f := d.finding
		fmt.Printf("%s\t%s:%d\t%s\t%s\t%s\t%s\t\t\n", d.repository, f.Place.File, f.Place.Line, f.Rule, f.Severity, f.Subject, f.Message)
	}
	return nil
}

func key(d drawn) string { return d.repository + "\x00" + d.finding.Fingerprint }
