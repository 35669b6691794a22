package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"wardlet.example/internal/fix"
	"wardlet.example/internal/report/escape"
	"wardlet.example/internal/report/screen"
)

func (p *Program) fixCommand() *cobra.Command {
	var f scanFlags
	var dryRun bool
	var want fix.Options
	cmd := &cobra.Command{
		Use:   "fix [PATH]",
		Short: "Change templates so that findings are gone",
		Long: `Fix narrows roles to what their functions need, in the template at hand. Each patch
is tried before it is written: the finding must be gone, everything that is needed
still be granted, and nothing else of the application be different. Comments, order
and style stay. What cannot be changed with certainty is named, with the reason.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			at := path(args)
			if err := f.configure(at, cmd.Flags().Changed); err != nil {
				return err
			}
			o, err := p.options(at, &f)
			if err != nil {
				return err
			}
			progress := newProgress(p.stderr)
			o.Progress = progress.step
			plan, _, err := fix.Run(cmd.Context(), o, want)
			progress.stop()
			if err != nil {
				return err
			}
			p.tellPlan(plan, want.Unsafe)
			if dryRun {
				return p.showDiff(plan)
			}
			for _, err := range plan.Apply(at) {
				fmt.Fprintf(p.stderr, "wardlet: %s\n", escape.Lines(err.Error()))
				p.code = exitError
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&dryRun, "dry-run", "n", false, "show what would change, as a diff on standard output")
	flags.BoolVar(&want.Unsafe, "unsafe", false, "also apply patches that should be looked at first")
	flags.BoolVar(&want.Split, "split", false, "give each function of a shared role a role of its own")
	f.selection(flags)
	return cmd
}

// tellPlan says what is mended and what is not, on standard error.
func (p *Program) tellPlan(plan *fix.Plan, unsafe bool) {
	_, color, _ := terminal(p.stderr)
	ink := screen.Ink{Color: color}
	lost, open := 0, 0
	for i := range plan.Patches {
		patch := &plan.Patches[i]
		at := ink.Place(patch.At) + "  " + ink.Bold(patch.Role)
		switch {
		case patch.Refused != "":
			open++
			fmt.Fprintf(p.stderr, "%s  %s  %s\n", ink.Warn("left"), at, ink.Plain(patch.Refused))
		case patch.Unsafe != "" && !unsafe:
			open++
			fmt.Fprintf(p.stderr, "%s  %s  only with --unsafe: %s\n", ink.Warn("left"), at, ink.Plain(patch.Unsafe))
		case patch.Split:
			lost += patch.Before - patch.After
			fmt.Fprintf(p.stderr, "%s  %s  %d actions become at most %d each  %s\n", ink.Good("split"), at, patch.Before, patch.After, ink.Dim(strings.Join(patch.Functions, ", ")))
		default:
			lost += patch.Before - patch.After
			fmt.Fprintf(p.stderr, "%s  %s  %d actions become %d  %s\n", ink.Good("fixed"), at, patch.Before, patch.After, ink.Dim(strings.Join(patch.Functions, ", ")))
			if patch.Unsafe != "" {
				fmt.Fprintf(p.stderr, "       look at it: %s\n", ink.Plain(patch.Unsafe))
			}
		}
	}
	fmt.Fprintf(p.stderr, "%s fixed, %d left as they are; roles lose %d actions\n", plural(len(plan.Patches)-open, "role"), open, lost)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// showDiff writes what would change.
func (p *Program) showDiff(plan *fix.Plan) error {
	isTerminal, color, _ := terminal(p.stdout)
	ink := screen.Ink{Color: color}
	for _, f := range plan.Files {
		text := string(diff.Diff("a/"+f.Path, f.Before, "b/"+f.Path, f.After))
		_, text, _ = strings.Cut(text, "\n") // a line for its own tests
		if !isTerminal {                     // for other programs, to the byte
			if _, err := io.WriteString(p.stdout, text); err != nil {
				return err
			}
			continue
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
			if _, err := io.WriteString(p.stdout, diffLine(ink, line)+"\n"); err != nil {
				return err
			}
		}
	}
	return nil
}

func diffLine(ink screen.Ink, line string) string {
	switch {
	case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
		return ink.Bold(line)
	case strings.HasPrefix(line, "+"):
		return ink.Good(line)
	case strings.HasPrefix(line, "-"):
		return ink.Bad(line)
	}
	return ink.Plain(line)
}
