package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"wardlet.example/internal/least"
	"wardlet.example/internal/report/escape"
	"wardlet.example/internal/report/privileges"
	"wardlet.example/internal/scan"
)

func (p *Program) privilegesCommand() *cobra.Command {
	var o scan.Options
	var format string
	cmd := &cobra.Command{
		Use:   "privileges [PATH]",
		Short: "Show what each function may do, and where that leads if it is taken over",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Path = path(args)
			catalogue, err := p.catalogue()
			if err != nil {
				return err
			}
			o.Catalogue, o.Only, o.Version = catalogue, []string{"sast"}, p.Version
			s, err := scan.Run(cmd.Context(), o)
			if err != nil {
				return err
			}
			for _, d := range s.Program.Diagnostics {
				fmt.Fprintln(p.stderr, escape.Terminal(diagnosticLine(d)))
			}
			return p.writePrivileges(format, s)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&format, "format", "f", "term", "term or json; `FORMAT=FILE` writes to a file")
	flags.StringVar(&o.Stage, "stage", "", "the `stage` to read, where a service has stages")
	flags.StringSliceVar(&o.Exclude, "exclude", nil, "leave out paths that match `glob`")
	return cmd
}

func (p *Program) writePrivileges(spec string, s *scan.Scan) error {
	var roles []*least.Role
	if s.Graph != nil {
		roles = least.Roles(s.Program, s.Graph.Nodes)
	}
	name, file, toFile := strings.Cut(spec, "=")
	var view func(io.Writer) error
	switch name {
	case "term":
		view = func(w io.Writer) error {
			_, color, width := terminal(w)
			return privileges.Tree(w, s.Program, roles, privileges.Options{Color: color, Width: width})
		}
	case "json":
		view = func(w io.Writer) error { return privileges.JSON(w, s.Program, roles) }
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
