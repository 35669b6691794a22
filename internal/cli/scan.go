package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wardlet.example/internal/finding"
	jsonreport "wardlet.example/internal/report/json"
	"wardlet.example/internal/report/sarif"
	"wardlet.example/internal/report/term"
	"wardlet.example/internal/rule"
	"wardlet.example/internal/scan"
)

// scanFlags are the flags of commands that scan.
type scanFlags struct {
	formats         []string
	failOn          string
	only, skip      []string
	exclude         []string
	rules           []string
	models          []string
	profile         string
	stage           string
	config          string
	reviewAfter     string
	jobs            int
	timeout         time.Duration
	requireComplete bool
	verbose         bool
}

// selection are the flags that say what is read and checked.
func (f *scanFlags) selection(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.only, "only", nil, "run only these `names`: engines, families or rules")
	flags.StringSliceVar(&f.skip, "skip", nil, "leave these `names` out: engines, families or rules")
	flags.StringSliceVar(&f.exclude, "exclude", nil, "leave out paths that match `glob`")
	flags.StringArrayVar(&f.rules, "rules", nil, "add the rules in `dir`")
	flags.StringArrayVar(&f.models, "models", nil, "add what the rows in `dir` say of libraries")
	flags.StringVar(&f.profile, "profile", "default", "default, or strict with hardening advice")
	flags.StringVar(&f.stage, "stage", "", "the `stage` to read, where a service has stages")
	flags.StringVar(&f.config, "config", "", "configuration `file` (default: .wardlet.yaml in PATH)")
	flags.IntVar(&f.jobs, "jobs", 0, "how many files to work on at once (default: one a processor)")
	flags.DurationVar(&f.timeout, "timeout", 0, "stop after this `time`; what is left is reported as incomplete")
}

func (p *Program) scanCommand() *cobra.Command {
	var f scanFlags
	cmd := &cobra.Command{
		Use:   "scan [PATH]",
		Short: "Find what is wrong with the applications in a repository",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.scan(cmd.Context(), path(args), &f, cmd.Flags().Changed)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVarP(&f.formats, "format", "f", []string{"term"}, "term, json or sarif; `FORMAT=FILE` writes to a file; repeatable")
	flags.StringVar(&f.failOn, "fail-on", "high", "exit with 1 if there is a finding at or above this `severity`")
	f.selection(flags)
	flags.BoolVar(&f.requireComplete, "require-complete", false, "exit with 3 if something was left unread")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "show every place and reason")
	return cmd
}

func (p *Program) scan(ctx context.Context, path string, f *scanFlags, changed func(string) bool) error {
	s, err := p.run(ctx, path, f, changed)
	if err != nil {
		return err
	}
	if err := p.writeAll(f, s.Result); err != nil {
		return err
	}
	switch {
	case s.Result.Worst(s.Result.FailOn) > 0:
		p.code = exitFindings
	case f.requireComplete && !s.Result.Complete:
		p.code = exitIncomplete
	}
	return nil
}

// run scans with flags and configuration joined.
func (p *Program) run(ctx context.Context, path string, f *scanFlags, changed func(string) bool) (*scan.Scan, error) {
	if err := f.configure(path, changed); err != nil {
		return nil, err
	}
	if err := checkFormats(f.formats); err != nil {
		return nil, err
	}
	o, err := p.options(path, f)
	if err != nil {
		return nil, err
	}
	if f.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.timeout)
		defer cancel()
	}
	progress := newProgress(p.stderr)
	defer progress.stop()
	o.Progress = progress.step
	return scan.Run(ctx, o)
}

func (p *Program) options(path string, f *scanFlags) (scan.Options, error) {
	failOn, err := finding.ParseSeverity(orDefault(f.failOn, "high"))
	if err != nil {
		return scan.Options{}, err
	}
	profile := rule.Profile(orDefault(f.profile, "default"))
	if profile != rule.Default && profile != rule.Strict {
		return scan.Options{}, fmt.Errorf("unknown profile %q: use default or strict", f.profile)
	}
	catalogue, err := p.catalogue()
	if err != nil {
		return scan.Options{}, err
	}
	return scan.Options{
		Path: path, Stage: f.stage, Profile: profile, Only: f.only, Skip: f.skip, Exclude: f.exclude, RuleDirs: f.rules, ModelDirs: f.models,
		FailOn: failOn, Jobs: f.jobs, Version: p.Version, Catalogue: catalogue,
	}, nil
}

func orDefault(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// formats is every format of a scan.
var formats = []string{"term", "json", "sarif"}

// checkFormats refuses unknown formats and two that would both go to standard output.
func checkFormats(all []string) error {
	stdout := 0
	for _, spec := range all {
		name, file, toFile := strings.Cut(spec, "=")
		known := false
		for _, f := range formats {
			known = known || f == name
		}
		if !known {
			return hinted{fmt.Errorf("unknown format %q", name), "use " + strings.Join(formats, ", ")}
		}
		if toFile && file == "" {
			return hinted{fmt.Errorf("format %q names no file", spec), "write -f " + name + "=FILE"}
		}
		if !toFile {
			stdout++
		}
	}
	if stdout > 1 {
		return hinted{fmt.Errorf("several formats would go to standard output"), "give all but one a file: -f sarif=wardlet.sarif"}
	}
	return nil
}

func (p *Program) writeAll(f *scanFlags, r *finding.Result) error {
	for _, spec := range f.formats {
		name, file, toFile := strings.Cut(spec, "=")
		if !toFile {
			if err := p.write(p.stdout, name, f, r); err != nil {
				return err
			}
			continue
		}
		if err := p.writeFile(file, name, f, r); err != nil {
			return err
		}
	}
	return nil
}

func (p *Program) writeFile(file, format string, f *scanFlags, r *finding.Result) error {
	out, err := os.Create(filepath.Clean(file))
	if err != nil {
		return err
	}
	if err := p.write(out, format, f, r); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}

func (p *Program) write(w io.Writer, format string, f *scanFlags, r *finding.Result) error {
	switch format {
	case "json":
		return jsonreport.Write(w, r)
	case "sarif":
		return sarif.Write(w, r)
	}
	_, color, width := terminal(w)
	return term.Write(w, r, term.Options{Color: color, Width: width, Verbose: f.verbose})
}
