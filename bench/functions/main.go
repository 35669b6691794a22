// Command functions holds what a scan tells of against what readers noted in functions that they read in full.
//
//	go run ./bench/functions -labels bench/review/serverless-mistakes-functions-fourth.tsv [-details] NAME=ROOT ...
//
// NAME is the repository as the labels have it, without its commit. A place counts as found where a finding of a rule about its kind stands
// within three lines of it, or, where the kind is about a path through a function, anywhere in that function; sensitive data in logs, of which one finding tells for a function, where there is one in the same folder. Places
// that the reader calls doubtful are left out, and those in functions of repositories that are not given.
package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/rule"
	"wardlet.example/internal/scan"
	"wardlet.example/rules"
)

// about are parts of the IDs of rules that tell of a kind, where the kind itself is none.
var about = map[string][]string{
	"sql-injection": {"sql"}, "nosql-injection": {"nosql"}, "xss": {"html"}, "open-redirect": {"redirect"}, "header-injection": {"header"},
	"stack-to-client": {"stack", "error-in-response", "=debug-mode-on"}, "cors-with-credentials": {"cors"}, "unverified-jwt": {"jwt"}, "weak-password-hash": {"weak-password"},
	"predictable-token": {"random", "predictable-token"}, "user-controlled-target": {"user-controlled"}, "redos": {"regex"}, "tls-off": {"tls"}, "command-injection": {"command"},
	"code-evaluation": {"code-injection"}, "dynamodb-expression-injection": {"dynamodb", "partiql"}, "not-awaited": {"unawaited"}, "unvalidated-number": {"unvalidated-number", "unbounded-size"},
	"secret-logged": {"sensitive-data-in-logs"}, "error-swallowed": {"error-swallowed", "batch-result", "empty-error-handler", "error-not-logged", "error-answered"}, "timing-unsafe": {"timing-unsafe", "clear-text-password"},
	"login-unlimited": {"login-without"}, "state-between-invocations": {"state-between", "default-made-once"}, "sensitive-response": {"sensitive-data-in-response"},
	"retry-repeats": {"retry-repeats", "batch"}, "sensitive-message": {"sensitive-data-in-messages"}, "sensitive-url": {"sensitive-data-in-url"},
	"plaintext-password": {"clear-text-password"}, "authorizer-allows": {"authorizer"}, "request-not-checked": {"request-not-checked", "text-without", "unvalidated"},
	"text-without-limit":          {"text-without-limit", "=request-not-checked"}, // which says that nothing limits how much it is
	"failed-login-without-origin": {"failed-login", "=login-not-recorded"},        // what is not recorded has no origin
	"error-without-stack":         {"without-stack"}, "plain-http": {"plain-http"}, "cors-echoed": {"cors"}, "function-triggers-itself": {"itself"}, "unbounded-scan": {"unbounded-scan", "same-page"},
}

// alongPath are kinds that are true of a path through a function, from its route to its answer: where on it they are told of is a matter of
// taste. Each finding counts for one place.
var alongPath = map[string]bool{
	"login-not-recorded": true, "failed-login-without-origin": true, "login-unlimited": true, "account-change-not-recorded": true, "payment-not-recorded": true,
}

// onPath takes a finding about a kind in a function, so that it counts once for that kind.
func onPath(findings []finding.Finding, kind, function string, counted map[string]bool) bool {
	for _, f := range findings {
		if f.Strict || f.Subject != function && f.Name != function || !tellsOf(f, kind) {
			continue
		}
		key := f.Fingerprint + kind
		if counted[key] {
			continue
		}
		counted[key] = true
		return true
	}
	return false
}

// near is how many lines a finding may stand from what a reader noted.
const near = 3

func main() {
	labels := flag.String("labels", "", "the file of labels")
	details := flag.Bool("details", false, "what was not found, too")
	flag.Parse()
	if err := run(*labels, *details, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "functions:", err)
		os.Exit(1)
	}
}

func run(labels string, details bool, repositories []string) error {
	data, err := os.ReadFile(labels)
	if err != nil {
		return err
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		return err
	}
	catalogue, err := rule.Load(rules.FS)
	if err != nil {
		return err
	}
	found := map[string][]finding.Finding{}
	for _, arg := range repositories {
		name, root, _ := strings.Cut(arg, "=")
		s, err := scan.Run(context.Background(), scan.Options{Path: root, Catalogue: catalogue, Now: time.Now()})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		found[name] = append(s.Result.Findings, finding.Finding{})
	}
	all, hit, seen, counted := map[string]int{}, map[string]int{}, map[string]bool{}, map[string]bool{}
	onWay := 0
	for _, row := range rows[1:] {
		repository, _, _ := strings.Cut(row[0], "@")
		if found[repository] == nil {
			continue
		}
		for noted := range strings.SplitSeq(row[5], ";") {
			kind, place, ok := strings.Cut(strings.TrimSpace(noted), "@")
			if !ok || strings.Contains(noted, "doubtful") || seen[repository+kind+place] {
				continue
			}
			seen[repository+kind+place] = true
			all[kind]++
			if tells(found[repository], kind, place) || alongPath[kind] && onPath(found[repository], kind, row[2], counted) {
				hit[kind]++
				continue
			}
			if goesThrough(found[repository], kind, place) {
				onWay++
			}
			if details {
				fmt.Println(repository, row[2], strings.TrimSpace(noted), elsewhere(found[repository], kind))
			}
		}
	}
	sum, of := 0, 0
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		fmt.Printf("%-32s %4d of %4d\n", kind, hit[kind], all[kind])
		sum, of = sum+hit[kind], of+all[kind]
	}
	fmt.Printf("%-32s %4d of %4d\n", "all", sum, of)
	fmt.Printf("%-32s %4d\n", "others on the way of a finding", onWay)
	return nil
}

// goesThrough reports whether the way of a finding about a kind goes by what a reader noted: it is told of at its end.
func goesThrough(findings []finding.Finding, kind, place string) bool {
	file, number, _ := strings.Cut(place, ":")
	line, err := strconv.Atoi(strings.TrimSpace(number))
	return err == nil && slices.ContainsFunc(findings, func(f finding.Finding) bool {
		return !f.Strict && tellsOf(f, kind) && slices.ContainsFunc(f.Trace, func(s finding.Step) bool {
			return s.Place.Pos.File == file && max(s.Place.Pos.Line-line, line-s.Place.Pos.Line) <= near
		})
	})
}

// tells reports whether a finding is about what a reader noted: kind at file:line.
func tells(findings []finding.Finding, kind, place string) bool {
	file, number, _ := strings.Cut(place, ":")
	line, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil {
		return false
	}
	return slices.ContainsFunc(findings, func(f finding.Finding) bool {
		if f.Strict || !tellsOf(f, kind) {
			return false
		}
		if kind == "secret-logged" {
			return first(f.Place.File) == first(file)
		}
		return (strings.HasSuffix(f.Place.File, file) || f.Place.File != "" && strings.HasSuffix(file, f.Place.File)) && max(f.Place.Line-line, line-f.Place.Line) <= near
	})
}

// elsewhere are the places of the same application where findings tell of a kind: perhaps of the same flaw, at the call that leads to it.
func elsewhere(findings []finding.Finding, kind string) string {
	var out []string
	for _, f := range findings {
		if tellsOf(f, kind) {
			place := f.Place.String()
			if f.Strict {
				place += " (strict)"
			}
			out = append(out, place)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "| told at " + strings.Join(out[:min(4, len(out))], ", ")
}

// tellsOf reports whether the rule of a finding is about a kind.
func tellsOf(f finding.Finding, kind string) bool {
	return slices.ContainsFunc(words(kind), func(word string) bool {
		whole, exact := strings.CutPrefix(word, "=")
		return exact && f.Rule == whole || !exact && strings.Contains(f.Rule, word)
	})
}

// words are the parts of the IDs of rules that tell of a kind, or with = before it an ID.
func words(kind string) []string {
	if about[kind] == nil {
		return []string{kind}
	}
	return about[kind]
}

// first is the folder of the root that a file lies in.
func first(file string) string {
	dir, _, _ := strings.Cut(path.Clean(file), "/")
	return dir
}
