package privileges

import (
	"fmt"
	"io"
	"strings"
	"time"

	"wardlet.example/internal/report/escape"
	"wardlet.example/internal/report/screen"
	"wardlet.example/internal/review"
)

// ReviewJSON writes a review list as one document.
func ReviewJSON(w io.Writer, grants []review.Grant) error {
	return escape.WriteJSON(w, struct {
		Format string         `json:"format"`
		Grants []review.Grant `json:"grants"`
	}{"privileges-review-v1", append([]review.Grant{}, grants...)})
}

// Review writes a review list for a person: the oldest grants first.
func Review(w io.Writer, grants []review.Grant, now time.Time, opts Options) error {
	if opts.Width <= 0 {
		opts.Width = screen.DefaultWidth
	}
	t := &page{ink: screen.Ink{Color: opts.Color}, width: opts.Width}
	overdue := 0
	for i := range grants {
		g := &grants[i]
		if g.Overdue {
			overdue++
		}
		t.grant(g, now)
	}
	if len(grants) == 0 {
		t.line("no grant of a role is written in these files")
	} else {
		t.line(fmt.Sprintf("%d grants, %d overdue", len(grants), overdue))
	}
	_, err := w.Write(t.out.Bytes())
	return err
}

func (t *page) grant(g *review.Grant, now time.Time) {
	age, ink := "not committed", t.ink.Dim
	if !g.When.IsZero() {
		age = g.When.Format(time.DateOnly) + "  " + fmt.Sprint(int(now.Sub(g.When).Hours()/24)) + " days"
	}
	if g.Overdue {
		age, ink = age+"  overdue", t.ink.Warn
	}
	t.line(ink(age), "  ", t.ink.Plain(g.Author), "  ", t.ink.Bold(g.Role), "  ", t.ink.Place(g.At))
	what := "the policy " + g.Policy
	if g.Policy == "" {
		what = few(g.Actions) + " on " + strings.Join(short(g.Resources), ", ")
	}
	for _, line := range screen.Wrap(what, max(30, t.width-6)) {
		t.line("    ", t.ink.Plain(line))
	}
}
