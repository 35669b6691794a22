// Package cli is the command line: flags, files, exit codes. It holds no logic of its own.
//
// The rules of the interface: results go to standard output, progress and warnings to standard error. Errors are written
// as "wardlet: what is wrong" and, where there is one, "hint: the way out", in lower case without a period. Exit codes are
// the same for every format: 0 no finding at or above --fail-on, 1 some, 2 could not run, 3 incomplete under
// --require-complete (1 wins over 3).
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"wardlet.example/internal/report/escape"
	"wardlet.example/internal/rule"
)

// Exit codes.
const (
	exitClean      = 0
	exitFindings   = 1
	exitError      = 2
	exitIncomplete = 3
)

// Program is the whole command. Tests run it in-process.
type Program struct {
	Version string
	Rules   fs.FS // the built-in catalogue

	stdout, stderr io.Writer
	code           int
}

// hinted is an error with a way out.
type hinted struct {
	error
	hint string
}

// Run executes one command line and gives its exit code.
func (p *Program) Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	p.stdout, p.stderr, p.code = stdout, stderr, exitClean
	root := p.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintf(stderr, "wardlet: %s\n", escape.Lines(err.Error()))
		var h hinted
		if errors.As(err, &h) {
			fmt.Fprintf(stderr, "hint: %s\n", escape.Lines(h.hint))
		}
		return exitError
	}
	return p.code
}

func (p *Program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "wardlet",
		Short: "Security for serverless applications",
		Long: `Wardlet reads a repository the way the cloud will run it - templates, permissions,
functions - and says where it can be attacked. Nothing is executed, nothing leaves
the machine.`,
		SilenceUsage: true, SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(p.scanCommand(), p.mapCommand(), p.privilegesCommand(), p.fixCommand(), p.explainCommand(), p.rulesCommand(), p.versionCommand(), completionCommand())
	return root
}

func (p *Program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		Run: func(*cobra.Command, []string) { fmt.Fprintln(p.stdout, "wardlet", p.Version) },
	}
}

func completionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "completion bash|zsh|fish|powershell", Short: "Print a completion script for a shell",
		Args: cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs), ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			switch args[0] {
			case "bash":
				return cmd.Root().GenBashCompletionV2(out, true)
			case "zsh":
				return cmd.Root().GenZshCompletion(out)
			case "fish":
				return cmd.Root().GenFishCompletion(out, true)
			}
			return cmd.Root().GenPowerShellCompletionWithDesc(out)
		},
	}
}

// catalogue loads the built-in rules.
func (p *Program) catalogue() (*rule.Catalogue, error) { return rule.Load(p.Rules) }

// path is the repository that a command is about: its argument, or the working folder.
func path(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return "."
}

// terminal tells what is known of the terminal behind a writer.
func terminal(w io.Writer) (isTerminal, color bool, width int) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(f.Fd()) {
		return false, false, columns()
	}
	width, _, err := term.GetSize(f.Fd())
	if err != nil {
		width = columns()
	}
	_, plain := os.LookupEnv("NO_COLOR")
	return true, !plain && os.Getenv("TERM") != "dumb", width
}

// columns is the width that the environment asks for; 0 if it does not.
func columns() int {
	n, err := strconv.Atoi(os.Getenv("COLUMNS"))
	if err != nil {
		return 0
	}
	return n
}
