package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"wardlet.example/internal/rule"
	"wardlet.example/internal/scan"
)

func (p *Program) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "rules", Short: "List, test and write rules"}
	cmd.AddCommand(p.rulesListCommand(), p.rulesTestCommand(), p.rulesNewCommand())
	return cmd
}

func (p *Program) rulesListCommand() *cobra.Command {
	var dirs []string
	cmd := &cobra.Command{
		Use: "list", Short: "List the rules", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := p.withUserRules(dirs)
			if err != nil {
				return err
			}
			for _, r := range c.Rules() {
				profile := ""
				if r.Profile == rule.Strict {
					profile = "strict"
				}
				fmt.Fprintf(p.stdout, "%-9s %-42s %-7s %s\n", r.Severity, r.ID, profile, r.Title)
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&dirs, "rules", nil, "add the rules in `dir`")
	return cmd
}

// withUserRules adds the rules of folders to the built-in ones; a mistake in one of them is an error.
func (p *Program) withUserRules(dirs []string) (*rule.Catalogue, error) {
	c, err := p.catalogue()
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		user, mistakes := rule.LoadLenient(os.DirFS(dir), dir)
		joined, taken := c.With(user)
		if all := append(mistakes, taken...); len(all) > 0 {
			return nil, all[0]
		}
		c = joined
	}
	return c, nil
}

func (p *Program) rulesTestCommand() *cobra.Command {
	return &cobra.Command{
		Use: "test DIR", Short: "Run the examples of the rules in a folder", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := args[0]
			user, mistakes := rule.LoadLenient(os.DirFS(dir), dir)
			builtin, err := p.catalogue()
			if err != nil {
				return err
			}
			for _, m := range mistakes {
				fmt.Fprintln(p.stdout, m)
			}
			joined, _ := user.With(builtin) // the folder's own rules win, so that built-in ones can be worked on
			failed := len(mistakes)
			for _, r := range user.Rules() {
				failed += p.testRule(joined, r)
			}
			if failed > 0 {
				p.code = exitFindings
			}
			if len(user.Rules())+len(mistakes) == 0 {
				return hinted{fmt.Errorf("%s holds no rules", dir), "rules are files FAMILY/ID.md; make one with: wardlet rules new ID"}
			}
			return nil
		},
	}
}

func (p *Program) testRule(c *rule.Catalogue, r *rule.Rule) int {
	errs := scan.TestRule(c, r)
	if len(errs) == 0 {
		fmt.Fprintf(p.stdout, "ok   %s\n", r.ID)
		return 0
	}
	fmt.Fprintf(p.stdout, "FAIL %s\n", r.ID)
	for _, err := range errs {
		fmt.Fprintf(p.stdout, "     %v\n", err)
	}
	return len(errs)
}

func (p *Program) rulesNewCommand() *cobra.Command {
	return &cobra.Command{
		Use: "new FAMILY/ID [DIR]", Short: "Write the file of a new rule, to be filled in", Args: cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			family, id, ok := strings.Cut(args[0], "/")
			if !ok {
				return hinted{fmt.Errorf("%q is not FAMILY/ID", args[0]), "for example: wardlet rules new api/no-public-admin-route"}
			}
			for _, name := range []string{family, id} {
				if err := rule.CheckID(name); err != nil {
					return err
				}
			}
			dir := "."
			if len(args) > 1 {
				dir = args[1]
			}
			file := filepath.Join(dir, family, id+".md")
			if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
				return err
			}
			out, err := os.OpenFile(filepath.Clean(file), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
			if err != nil {
				return err
			}
			if _, err := out.Write(rule.Scaffold(id, family)); err != nil {
				_ = out.Close()
				return err
			}
			fmt.Fprintf(p.stdout, "wrote %s\nfill it in, then run: wardlet rules test %s\n", file, dir)
			return out.Close()
		},
	}
}
