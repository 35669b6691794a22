package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/privilege"
	"wardlet.example/internal/report/appmap"
	"wardlet.example/internal/report/escape"
	"wardlet.example/internal/scan"
)

func (p *Program) mapCommand() *cobra.Command {
	var o scan.Options
	var format string
	var unknown, attacks bool
	cmd := &cobra.Command{
		Use:   "map [PATH]",
		Short: "Show the applications of a repository as Wardlet sees them",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Path = path(args)
			if attacks {
				return p.writeAttacks(cmd.Context(), format, o)
			}
			program, err := scan.Read(cmd.Context(), o)
			if err != nil {
				return err
			}
			for _, d := range program.Diagnostics {
				fmt.Fprintln(p.stderr, escape.Terminal(diagnosticLine(d)))
			}
			privilege.Mark(program)
			return p.writeMap(format, unknown, program)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&format, "format", "f", "term", "term, json, mermaid or svg; `FORMAT=FILE` writes to a file")
	flags.BoolVar(&unknown, "unknown", false, "list instead what could not be resolved, and why (term or json)")
	flags.BoolVar(&attacks, "paths", false, "show instead by which ways outsiders' data gets to where it does harm")
	flags.StringVar(&o.Stage, "stage", "", "the `stage` to read, where a service has stages")
	flags.StringSliceVar(&o.Exclude, "exclude", nil, "leave out paths that match `glob`")
	return cmd
}

// diagnosticLine is a diagnostic on one line, with its place where it has one.
func diagnosticLine(d model.Diagnostic) string {
	if d.Pos.IsZero() {
		return fmt.Sprintf("%s: %s", d.Level, d.Message)
	}
	return fmt.Sprintf("%s: %s: %s", d.Level, d.Pos, d.Message)
}

func (p *Program) writeMap(spec string, unknown bool, program *link.Program) error {
	name, file, _ := strings.Cut(spec, "=")
	view, err := p.view(name)
	if unknown {
		view, err = p.unknownView(name)
	}
	if err != nil {
		return err
	}
	return p.writeTo(file, func(w io.Writer) error { return view(w, program) })
}

// writeTo writes a view to a file, or to the terminal where none is named.
func (p *Program) writeTo(file string, view func(io.Writer) error) error {
	if file == "" {
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

// writeAttacks scans the code and shows the ways of outsiders' data through it.
func (p *Program) writeAttacks(ctx context.Context, spec string, o scan.Options) error {
	name, file, _ := strings.Cut(spec, "=")
	views := map[string]func(io.Writer, *appmap.Attack) error{
		"term": func(w io.Writer, a *appmap.Attack) error {
			_, color, width := terminal(w)
			return appmap.PathsTree(w, a, appmap.Options{Color: color, Width: width})
		},
		"json": appmap.PathsJSON, "mermaid": appmap.PathsMermaid, "svg": appmap.PathsSVG,
	}
	view := views[name]
	if view == nil {
		return hinted{fmt.Errorf("unknown format %q", name), "use term, json, mermaid or svg"}
	}
	catalogue, err := p.catalogue()
	if err != nil {
		return err
	}
	o.Catalogue, o.Only, o.Version = catalogue, []string{"sast"}, p.Version
	s, err := scan.Run(ctx, o)
	if err != nil {
		return err
	}
	for _, d := range s.Program.Diagnostics {
		fmt.Fprintln(p.stderr, escape.Terminal(diagnosticLine(d)))
	}
	privilege.Mark(s.Program)
	attack := &appmap.Attack{Workspace: s.Program.Workspace, Graph: s.Graph, Findings: s.Result.Findings}
	return p.writeTo(file, func(w io.Writer) error { return view(w, attack) })
}

func (p *Program) view(name string) (func(io.Writer, *link.Program) error, error) {
	switch name {
	case "term":
		return func(w io.Writer, program *link.Program) error {
			_, color, width := terminal(w)
			return appmap.Tree(w, program.Workspace, appmap.Options{Color: color, Width: width})
		}, nil
	case "json":
		return func(w io.Writer, program *link.Program) error { return appmap.JSON(w, program.Workspace) }, nil
	case "mermaid":
		return func(w io.Writer, program *link.Program) error { return appmap.Mermaid(w, program.Workspace) }, nil
	case "svg":
		return func(w io.Writer, program *link.Program) error { return appmap.SVG(w, program.Workspace) }, nil
	}
	return nil, hinted{fmt.Errorf("unknown format %q", name), "use term, json, mermaid or svg"}
}

// unknownView is the view of what could not be resolved.
func (p *Program) unknownView(name string) (func(io.Writer, *link.Program) error, error) {
	switch name {
	case "term":
		return func(w io.Writer, program *link.Program) error {
			_, color, width := terminal(w)
			return appmap.UnknownTree(w, program.Workspace, appmap.Options{Color: color, Width: width})
		}, nil
	case "json":
		return func(w io.Writer, program *link.Program) error { return appmap.UnknownJSON(w, program.Workspace) }, nil
	}
	return nil, hinted{fmt.Errorf("what is not known cannot be written as %q", name), "use term or json"}
}
