// Package query finds patterns of code in syntax trees. Patterns are written as tree-sitter writes its queries: kinds of nodes in
// brackets, fields before a colon, [alternatives], wildcards _, captures @name, anchors ., quantifiers ? * +, and the predicates
// #eq? #not-eq? #match? #not-match? #any-of? #not-any-of?. They run over the compact trees of package syntax, in which only named
// nodes stand.
package query

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"wardlet.example/internal/syntax"
)

// Query is one or more patterns.
type Query struct {
	patterns []*pattern
	names    []string
	byKind   sync.Map // of each grammar: the patterns that a node of each kind could fit
}

// Match is one place that fits: the nodes by the names of their captures, the first of each.
type Match map[string]int

// pattern is what one node has to be.
type pattern struct {
	kinds      []*pattern // alternatives; nil where kind says it
	kind       string     // _ is any
	field      string
	capture    []string
	children   []*pattern
	anchored   bool // it follows the one before at once
	last       bool // nothing follows it
	quantifier byte // ? * + or 0
	predicates []predicate
	group      bool // a list of siblings in brackets, of which the first stands for all
}

type predicate struct {
	name    string
	capture string
	other   string // a capture to compare with; empty for texts
	texts   []string
	regexp  *regexp.Regexp
}

// Captures are the names that the patterns catch, in order.
func (q *Query) Captures() []string { return q.names }

// Parse reads patterns.
func Parse(source string) (*Query, error) {
	p := &parser{rest: source, q: &Query{}}
	for {
		p.space()
		if p.rest == "" {
			break
		}
		p.top = nil
		pat, err := p.pattern()
		if err != nil {
			line := 1 + strings.Count(source[:len(source)-len(p.rest)], "\n")
			return nil, fmt.Errorf("line %d of the pattern: %w", line, err)
		}
		pat.predicates = p.top // they are asked when all of it has been found
		p.q.patterns = append(p.q.patterns, pat)
	}
	if len(p.q.patterns) == 0 {
		return nil, errors.New("the pattern is empty")
	}
	return p.q, p.unknownCaptures()
}

type parser struct {
	rest  string
	q     *Query
	depth int
	used  []string
	top   []predicate
}

func (p *parser) space() {
	for {
		p.rest = strings.TrimLeft(p.rest, " \t\r\n")
		if !strings.HasPrefix(p.rest, ";") {
			return
		}
		if i := strings.IndexByte(p.rest, '\n'); i >= 0 {
			p.rest = p.rest[i:]
		} else {
			p.rest = ""
		}
	}
}

func (p *parser) unknownCaptures() error {
	for _, name := range p.used {
		if !slices.Contains(p.q.names, name) {
			return fmt.Errorf("nothing is caught as @%s", name)
		}
	}
	return nil
}

var word = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*`)

func (p *parser) word() string {
	w := word.FindString(p.rest)
	p.rest = p.rest[len(w):]
	return w
}

const deepest = 60

func (p *parser) pattern() (*pattern, error) {
	p.space()
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > deepest {
		return nil, errors.New("it is nested too deep")
	}
	var pat *pattern
	var err error
	switch {
	case p.rest == "":
		return nil, errors.New("it ends in the middle")
	case p.rest[0] == '[':
		pat, err = p.alternatives()
	case p.rest[0] == '(':
		pat, err = p.node()
	case p.rest[0] == '_':
		p.rest = p.rest[1:]
		pat = &pattern{kind: "_"}
	case p.rest[0] == '"':
		return nil, errors.New("signs and keywords such as " + p.rest[:min(8, len(p.rest))] + " stand in no tree: ask for the nodes around them, or for their text")
	default:
		return nil, fmt.Errorf("%q is no pattern: a node is written (kind)", p.rest[:min(10, len(p.rest))])
	}
	if err != nil {
		return nil, err
	}
	return pat, p.suffix(pat)
}

// suffix reads quantifier and captures behind a pattern.
func (p *parser) suffix(pat *pattern) error {
	for {
		p.space()
		switch {
		case p.rest != "" && strings.IndexByte("?*+", p.rest[0]) >= 0:
			pat.quantifier = p.rest[0]
			p.rest = p.rest[1:]
		case strings.HasPrefix(p.rest, "@"):
			p.rest = p.rest[1:]
			name := p.word()
			if name == "" {
				return errors.New("@ without a name")
			}
			pat.capture = append(pat.capture, name)
			if !slices.Contains(p.q.names, name) {
				p.q.names = append(p.q.names, name)
			}
		default:
			return nil
		}
	}
}

func (p *parser) alternatives() (*pattern, error) {
	p.rest = p.rest[1:]
	pat := &pattern{}
	for {
		p.space()
		if strings.HasPrefix(p.rest, "]") {
			p.rest = p.rest[1:]
			if len(pat.kinds) == 0 {
				return nil, errors.New("[] has no alternatives")
			}
			return pat, nil
		}
		one, err := p.pattern()
		if err != nil {
			return nil, err
		}
		pat.kinds = append(pat.kinds, one)
	}
}

func (p *parser) node() (*pattern, error) {
	p.rest = p.rest[1:]
	p.space()
	pat := &pattern{}
	switch {
	case strings.HasPrefix(p.rest, "(") || strings.HasPrefix(p.rest, "["):
		pat.group = true
	case strings.HasPrefix(p.rest, "_"):
		p.rest = p.rest[1:]
		pat.kind = "_"
	default:
		if pat.kind = p.word(); pat.kind == "" {
			return nil, fmt.Errorf("a kind of node is missing at %q", p.rest[:min(10, len(p.rest))])
		}
	}
	anchored := false
	for {
		p.space()
		switch {
		case p.rest == "":
			return nil, errors.New("a bracket is not closed")
		case p.rest[0] == ')':
			p.rest = p.rest[1:]
			if n := len(pat.children); anchored && n > 0 {
				pat.children[n-1].last = true
			}
			return pat, p.ungrouped(pat)
		case p.rest[0] == '.':
			p.rest = p.rest[1:]
			anchored = true
		case strings.HasPrefix(p.rest, "(#"):
			if err := p.predicate(); err != nil {
				return nil, err
			}
		default:
			child, err := p.child()
			if err != nil {
				return nil, err
			}
			child.anchored, anchored = anchored, false
			pat.children = append(pat.children, child)
		}
	}
}

// ungrouped turns brackets around one pattern into that pattern.
func (*parser) ungrouped(pat *pattern) error {
	if !pat.group {
		return nil
	}
	if len(pat.children) != 1 {
		return errors.New("brackets without a kind hold one pattern and its predicates")
	}
	*pat = *pat.children[0]
	return nil
}

func (p *parser) child() (*pattern, error) {
	field := ""
	if w := word.FindString(p.rest); w != "" && strings.HasPrefix(strings.TrimLeft(p.rest[len(w):], " \t\n"), ":") {
		field = w
		p.rest = strings.TrimLeft(p.rest[len(w):], " \t\n")[1:]
	}
	child, err := p.pattern()
	if err != nil {
		return nil, err
	}
	child.field = field
	return child, nil
}

func (p *parser) predicate() error {
	p.rest = p.rest[2:]
	pred := predicate{name: p.word()}
	p.rest = strings.TrimPrefix(p.rest, "?")
	var err error
	for first := true; ; first = false {
		p.space()
		switch {
		case p.rest == "":
			return errors.New("a predicate is not closed")
		case p.rest[0] == ')':
			p.rest = p.rest[1:]
			p.top = append(p.top, pred)
			return p.judge(&p.top[len(p.top)-1])
		case p.rest[0] == '@':
			p.rest = p.rest[1:]
			name := p.word()
			p.used = append(p.used, name)
			if first {
				pred.capture = name
			} else {
				pred.other = name
			}
		case p.rest[0] == '"':
			var text string
			if text, err = p.quoted(); err != nil {
				return err
			}
			pred.texts = append(pred.texts, text)
		default:
			return fmt.Errorf("#%s? has something else than captures and texts: %q", pred.name, p.rest[:min(10, len(p.rest))])
		}
	}
}

func (p *parser) judge(pred *predicate) error {
	switch strings.TrimPrefix(pred.name, "not-") {
	case "eq", "any-of":
	case "match":
		if len(pred.texts) != 1 {
			return errors.New("#match? wants one expression")
		}
		var err error
		if pred.regexp, err = regexp.Compile(pred.texts[0]); err != nil {
			return err
		}
	default:
		return fmt.Errorf("#%s? is not known: use #eq?, #match?, #any-of? or their not- forms", pred.name)
	}
	if pred.capture == "" {
		return fmt.Errorf("#%s? begins with a capture", pred.name)
	}
	return nil
}

func (p *parser) quoted() (string, error) {
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '"':
			p.rest = p.rest[i+1:]
			return b.String(), nil
		case c == '\\' && i+1 < len(p.rest):
			i++
			switch p.rest[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(p.rest[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", errors.New("a text is not closed")
}

// budget bounds the nodes that are compared for one file.
const budget = 1_000_000

// Find lists the places in a tree that fit, in the order of the source. It reports false where it gave up: the tree asks for too many
// comparisons.
func (q *Query) Find(t *syntax.Tree) ([]Match, bool) {
	s := &search{tree: t, left: budget}
	var out []Match
	candidates := q.candidates(t.Grammar)
	for node := range t.Nodes {
		for _, pat := range candidates[t.Nodes[node].Kind] {
			s.caught = s.caught[:0]
			if s.node(pat, node, func() bool { return true }) {
				m := Match{}
				for _, c := range s.caught {
					if _, ok := m[c.name]; !ok {
						m[c.name] = c.node
					}
				}
				out = append(out, m)
			}
			if s.left < 0 {
				return out, false
			}
		}
	}
	return out, true
}

// candidates are the patterns for each kind of node of a grammar.
func (q *Query) candidates(g *syntax.Grammar) [][]*pattern {
	if known, ok := q.byKind.Load(g); ok {
		all, _ := known.([][]*pattern)
		return all
	}
	all := make([][]*pattern, len(g.Kinds))
	for i, kind := range g.Kinds {
		for _, pat := range q.patterns {
			if pat.accepts(kind) {
				all[i] = append(all[i], pat)
			}
		}
	}
	q.byKind.Store(g, all)
	return all
}

// accepts reports whether a node of a kind could fit: most do not.
func (p *pattern) accepts(kind string) bool {
	if p.kinds == nil {
		return p.kind == "_" || p.kind == kind
	}
	return slices.ContainsFunc(p.kinds, func(k *pattern) bool { return k.accepts(kind) })
}

type caught struct {
	name string
	node int
}

type search struct {
	tree   *syntax.Tree
	caught []caught
	left   int
}

// node reports whether a node fits a pattern and then the rest does; what it caught stays where all fits.
func (s *search) node(p *pattern, node int, rest func() bool) bool {
	if s.left--; s.left < 0 {
		return false
	}
	before := len(s.caught)
	for _, name := range p.capture {
		s.caught = append(s.caught, caught{name, node})
	}
	fits := func() bool { return s.holds(p.predicates) && rest() }
	if p.kinds != nil {
		for _, k := range p.kinds {
			if s.node(k, node, fits) {
				return true
			}
		}
	} else if p.kind == "_" || s.tree.Kind(node) == p.kind {
		if len(p.children) == 0 {
			if fits() {
				return true
			}
		} else if s.children(p.children, s.named(node), 0, fits) {
			return true
		}
	}
	s.caught = s.caught[:before]
	return false
}

func (s *search) named(node int) []int {
	var out []int
	for c := range s.tree.NamedChildren(node) {
		out = append(out, c)
	}
	return out
}

// children fits patterns to nodes in order; others may stand between them where no anchor forbids it.
func (s *search) children(patterns []*pattern, nodes []int, from int, rest func() bool) bool {
	if len(patterns) == 0 {
		return rest()
	}
	p := patterns[0]
	for i := from; i < len(nodes); i++ {
		if p.anchored && i > from {
			break
		}
		if p.field != "" && s.tree.Field(nodes[i]) != p.field || !p.accepts(s.tree.Kind(nodes[i])) {
			continue
		}
		next := func() bool {
			if p.last && i != len(nodes)-1 {
				return false
			}
			if p.quantifier == '*' || p.quantifier == '+' {
				again := *p
				again.quantifier, again.anchored = '*', false
				if s.children(append([]*pattern{&again}, patterns[1:]...), nodes, i+1, rest) {
					return true
				}
			}
			return s.children(patterns[1:], nodes, i+1, rest)
		}
		if s.node(p, nodes[i], next) {
			return true
		}
		if s.left < 0 {
			return false
		}
	}
	if p.quantifier == '?' || p.quantifier == '*' {
		return s.children(patterns[1:], nodes, from, rest)
	}
	return false
}

func (s *search) text(name string) (string, bool) {
	for _, c := range s.caught {
		if c.name == name {
			return s.tree.Text(c.node), true
		}
	}
	return "", false
}

// holds reports whether predicates hold for what was caught. One about what this alternative did not catch holds.
func (s *search) holds(all []predicate) bool {
	for _, p := range all {
		text, ok := s.text(p.capture)
		if !ok {
			continue
		}
		var yes bool
		switch {
		case p.regexp != nil:
			yes = p.regexp.MatchString(text)
		case p.other != "":
			other, ok := s.text(p.other)
			yes = ok && text == other
		default:
			yes = slices.Contains(p.texts, text)
		}
		if yes == strings.HasPrefix(p.name, "not-") {
			return false
		}
	}
	return true
}
