package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wardlet.example/internal/fix"
	"wardlet.example/internal/git"
	"wardlet.example/internal/least"
	"wardlet.example/internal/repo"
	"wardlet.example/internal/report/escape"
	"wardlet.example/internal/report/privileges"
	"wardlet.example/internal/review"
	"wardlet.example/internal/scan"
)

// privilegeFlags are the flags of the command.
type privilegeFlags struct {
	scanFlags
	format   string
	policies string
	check    bool
	review   bool
}

func (p *Program) privilegesCommand() *cobra.Command {
	var f privilegeFlags
	cmd := &cobra.Command{
		Use:   "privileges [PATH]",
		Short: "Show what each function may do against what it does, and where that leads",
		Long: `Privileges shows what each role may do and where that leads if it is taken over, and
for each function what its role grants, what its code and the platform need of that,
what is unused, missing and uncertain. --review lists the grants by their age.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.privileges(cmd, path(args), &f)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&f.format, "format", "f", "term", "term or json; `FORMAT=FILE` writes to a file")
	flags.BoolVar(&f.check, "check", false, "exit with 1 if a role grants more than is needed, or lacks something")
	flags.StringVar(&f.policies, "policies", "", "write the smallest policy of each function into `dir`")
	flags.BoolVar(&f.review, "review", false, "list who changed each grant last, and when, as git has it")
	flags.StringVar(&f.reviewAfter, "review-after", defaultReviewAfter, "grants are overdue after this `time`, such as 90d")
	flags.StringVar(&f.stage, "stage", "", "the `stage` to read, where a service has stages")
	flags.StringSliceVar(&f.exclude, "exclude", nil, "leave out paths that match `glob`")
	flags.StringVar(&f.config, "config", "", "configuration `file` (default: .wardlet.yaml in PATH)")
	return cmd
}

// defaultReviewAfter is how old a grant may get.
const defaultReviewAfter = "180d"

func (p *Program) privileges(cmd *cobra.Command, at string, f *privilegeFlags) error {
	if err := f.configure(at, cmd.Flags().Changed); err != nil {
		return err
	}
	f.only, f.skip = []string{"privilege"}, nil
	o, err := p.options(at, &f.scanFlags)
	if err != nil {
		return err
	}
	if f.review {
		return p.reviewed(cmd, o, f)
	}
	s, err := scan.Run(cmd.Context(), o)
	if err != nil {
		return err
	}
	for _, d := range s.Program.Diagnostics {
		fmt.Fprintln(p.stderr, escape.Terminal(diagnosticLine(d)))
	}
	var roles []*least.Role
	if s.Graph != nil {
		roles = least.Roles(s.Program, s.Graph.Nodes)
	}
	if f.policies != "" {
		if err := p.writePolicies(f.policies, s, roles); err != nil {
			return err
		}
	}
	if f.check && s.Result.Worst("info") > 0 {
		p.code = exitFindings
	}
	return p.inFormat(f.format, func(w io.Writer, o privileges.Options) error { return privileges.Tree(w, s.Program, roles, o) },
		func(w io.Writer) error { return privileges.JSON(w, s.Program, roles) })
}

// inFormat writes a view as the format says, to standard output or to a file.
func (p *Program) inFormat(spec string, term func(io.Writer, privileges.Options) error, json func(io.Writer) error) error {
	name, file, toFile := strings.Cut(spec, "=")
	var view func(io.Writer) error
	switch name {
	case "term":
		view = func(w io.Writer) error {
			_, color, width := terminal(w)
			return term(w, privileges.Options{Color: color, Width: width})
		}
	case "json":
		view = json
	default:
		return hinted{fmt.Errorf("unknown format %q", name), "use term or json"}
	}
	if !toFile {
		return view(p.stdout)
	}
	out, err := os.Create(filepath.Clean(file))
	if err != nil {
		return err
	}
	if err := view(out); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}

// writePolicies writes the smallest policy of each function into a folder.
func (p *Program) writePolicies(dir string, s *scan.Scan, roles []*least.Role) error {
	files, err := fix.PolicyFiles(s.Program, roles)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f.Path)), f.Data, 0o600); err != nil {
			return err
		}
	}
	fmt.Fprintf(p.stderr, "%s written to %s\n", policiesOf(len(files)), escape.Terminal(dir))
	return nil
}

func policiesOf(n int) string {
	if n == 1 {
		return "1 policy"
	}
	return fmt.Sprintf("%d policies", n)
}

// reviewed lists grants by their age.
func (p *Program) reviewed(cmd *cobra.Command, o scan.Options, f *privilegeFlags) error {
	after, err := days(f.reviewAfter)
	if err != nil {
		return err
	}
	program, err := scan.Read(cmd.Context(), o)
	if err != nil {
		return err
	}
	history, err := git.Open(folder(o.Path))
	if err != nil {
		return hinted{fmt.Errorf("%s: %w", o.Path, err), "run the command inside a clone with its history"}
	}
	files, err := repo.Open(o.Path, repo.Options{Exclude: o.Exclude})
	if err != nil {
		return err
	}
	defer files.Close()
	now := time.Now()
	grants, errs := review.List(program, history, files.Read, now.Add(-after))
	for _, err := range errs {
		fmt.Fprintf(p.stderr, "warning: %s\n", escape.Lines(err.Error()))
	}
	return p.inFormat(f.format, func(w io.Writer, o privileges.Options) error { return privileges.Review(w, grants, now, o) },
		func(w io.Writer) error { return privileges.ReviewJSON(w, grants) })
}

// days reads a time that may be given in days.
func days(s string) (time.Duration, error) {
	if n, ok := strings.CutSuffix(s, "d"); ok {
		var count int
		if _, err := fmt.Sscanf(n, "%d", &count); err == nil && count > 0 && fmt.Sprint(count) == n {
			return time.Duration(count) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, hinted{fmt.Errorf("%q is no time after which grants are overdue", s), "write a number of days, such as 90d"}
	}
	return d, nil
}
