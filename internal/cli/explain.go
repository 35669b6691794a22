package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/report/term"
	"wardlet.example/internal/rule"
)

func (p *Program) explainCommand() *cobra.Command {
	var f scanFlags
	cmd := &cobra.Command{
		Use:   "explain RULE | FINGERPRINT [PATH]",
		Short: "Explain a rule, or one finding of a scan",
		Long: `Explain a rule: why it matters, when it stays silent, how to fix it. With the fingerprint
of a finding (a unique beginning is enough) PATH is scanned again and the finding is
told with its rule.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := p.withUserRules(f.rules)
			if err != nil {
				return err
			}
			if r := c.Get(args[0]); r != nil {
				return p.explainRule(r)
			}
			if !isFingerprint(args[0]) {
				return unknownRule(c, args[0])
			}
			return p.explainFinding(cmd.Context(), c, args[0], path(args[1:]), &f, cmd.Flags().Changed)
		},
	}
	f.selection(cmd.Flags())
	return cmd
}

func unknownRule(c *rule.Catalogue, id string) error {
	hint := "wardlet rules list shows all rules"
	if near := c.Nearest(id); near != "" {
		hint = "did you mean " + near + "?"
	}
	return hinted{fmt.Errorf("%q is neither a rule nor a fingerprint", id), hint}
}

func isFingerprint(s string) bool {
	return len(s) >= 4 && strings.Trim(s, "0123456789abcdef") == ""
}

func (p *Program) explainRule(r *rule.Rule) error {
	body, err := r.Body()
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%s\n%s\n\n", r.Title, strings.Repeat("=", len([]rune(r.Title))))
	fmt.Fprintf(p.stdout, "%s  %s  practices %s", r.ID, r.Severity, numbers(r.Practices))
	if len(r.CWE) > 0 {
		fmt.Fprintf(p.stdout, "  %s", strings.Join(r.CWE, ", "))
	}
	fmt.Fprintln(p.stdout)
	sections := []struct{ title, text string }{
		{"Why", body.Why}, {"Fix", body.Fix}, {"When it stays silent", body.Silence}, {"Examples", body.Examples}, {"References", body.References},
	}
	for _, s := range sections {
		if s.text = strings.TrimSpace(s.text); s.text != "" {
			fmt.Fprintf(p.stdout, "\n%s\n%s\n\n%s\n", s.title, strings.Repeat("-", len(s.title)), s.text)
		}
	}
	return nil
}

func numbers(all []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(all), " ", ", "), "[]")
}

// explainFinding scans again and shows the one finding with this fingerprint.
func (p *Program) explainFinding(ctx context.Context, c *rule.Catalogue, prefix, path string, f *scanFlags, changed func(string) bool) error {
	f.formats, f.profile = []string{"term"}, string(rule.Strict)
	s, err := p.run(ctx, path, f, func(name string) bool { return name == "profile" || changed(name) })
	if err != nil {
		return err
	}
	var found []finding.Finding
	for _, one := range s.Result.Findings {
		if strings.HasPrefix(one.Fingerprint, prefix) {
			found = append(found, one)
		}
	}
	switch len(found) {
	case 0:
		return hinted{fmt.Errorf("no finding of %s has the fingerprint %s", path, prefix), "fingerprints are in the output of: wardlet scan -f json"}
	case 1:
	default:
		return hinted{fmt.Errorf("%d findings begin with %s", len(found), prefix), "give more of the fingerprint"}
	}
	_, color, width := terminal(p.stdout)
	if err := term.Finding(p.stdout, &found[0], term.Options{Color: color, Width: width}); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout)
	return p.explainRule(c.Get(found[0].Rule))
}
