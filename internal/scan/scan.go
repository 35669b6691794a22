// Package scan runs the engines over a repository and makes one Result of what they say.
//
// It reads the workspace, links it, runs the selected rules, drops what is ignored in place, sorts, and applies the
// profile. What is printed is left to the reports, flags and exit codes to cli.
package scan

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"wardlet.example/data/models"
	"wardlet.example/internal/assemble"
	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/document"
	"wardlet.example/internal/engine/iac"
	"wardlet.example/internal/engine/privilege"
	"wardlet.example/internal/engine/sast"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
	"wardlet.example/internal/repo"
	"wardlet.example/internal/rule"
)

// Options are what a scan depends on besides the repository.
type Options struct {
	Path      string // folder or file
	Stage     string
	Profile   rule.Profile // default or strict; empty stands for default
	Only      []string     // engines, families or rules; empty: all
	Skip      []string
	Exclude   []string // globs of paths left out
	RuleDirs  []string // folders with the user's own rules
	ModelDirs []string // folders with the user's own rows about libraries
	FailOn    finding.Severity
	Jobs      int // 0: as many as there are processors
	Version   string
	Now       time.Time
	Catalogue *rule.Catalogue // the built-in rules
	Progress  func(string)    // told what is being done; may be nil

	Instead map[string][]byte // content of files instead of what they hold, by path: how a change would be seen
}

// Scan is a finished scan: what was seen and what is wrong with it.
type Scan struct {
	Result  *finding.Result
	Program *link.Program
	Graph   *paths.Graph // the ways of data between functions; nil where no code was followed
}

// Read reads a repository without running any rule: for the map.
func Read(ctx context.Context, o Options) (*link.Program, error) {
	s := &scanner{o: o.withDefaults()}
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	defer s.repo.Close()
	return s.program, nil
}

// Run scans. The error says why it could not run at all; everything else that is wrong is in the Result.
func Run(ctx context.Context, o Options) (*Scan, error) {
	s := &scanner{o: o.withDefaults()}
	if err := s.rules(); err != nil {
		return nil, err
	}
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	defer s.repo.Close()
	s.o.Progress("checking")
	s.report = s.engine.Run(ctx, s.program, s.selection.Has)
	code := s.code.Run(ctx, s.program, s.selection.Has, s.rights.Wanted(s.selection.Has))
	if code.Graph != nil {
		rights := s.rights.Run(s.program, code.Graph.Nodes, s.selection.Has)
		s.report.Findings = append(s.report.Findings, rights.Findings...)
		s.report.Outcomes = append(s.report.Outcomes, rights.Outcomes...)
	}
	s.report.Findings = append(s.report.Findings, code.Findings...)
	s.report.Outcomes = append(s.report.Outcomes, code.Outcomes...)
	s.notes = append(s.notes, code.Diagnostics...)
	for file, tree := range code.Trees {
		if bytes.Contains(tree.Source, []byte(marker)) {
			s.comments = append(s.comments, commented{s.template(file), tree})
		}
	}
	slices.SortFunc(s.comments, func(a, b commented) int { return strings.Compare(a.file, b.file) })
	s.notes = append(s.notes, s.report.Diagnostics...)
	s.unselected = s.engine.Secrets(ctx, s.program, s.selection.Has)
	return &Scan{Result: s.result(), Program: s.program, Graph: code.Graph}, nil
}

func (o Options) withDefaults() Options {
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	if o.Profile == "" {
		o.Profile = rule.Default
	}
	if o.FailOn == "" {
		o.FailOn = finding.High
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	return o
}

// scanner is one scan being made.
type scanner struct {
	o         Options
	repo      *repo.Repo
	program   *link.Program
	sources   assemble.Sources
	catalogue *rule.Catalogue
	selection *rule.Selection
	engine    *iac.Engine
	code      *sast.Engine
	rights    *privilege.Engine
	comments  []commented // source files in which something is ignored
	notes     []model.Diagnostic
	report    iac.Report
	ignored   int
	hidden    int
	split     map[string][]string // lines by file

	// unselected are findings of rules that were not asked for, kept only for the secrets that must not be shown.
	unselected []finding.Finding
}

// rules loads the user's rules beside the built-in ones and binds them all.
func (s *scanner) rules() error {
	s.catalogue = s.o.Catalogue
	for _, dir := range s.o.RuleDirs {
		user, mistakes := rule.LoadLenient(os.DirFS(dir), dir)
		if _, err := fs.Stat(os.DirFS(dir), "."); err != nil {
			return fmt.Errorf("rules folder %s cannot be read: %w", dir, err)
		}
		joined, taken := s.catalogue.With(user)
		s.catalogue = joined
		for _, m := range append(mistakes, taken...) {
			s.notes = append(s.notes, m.Diagnostic())
		}
	}
	selection, err := s.catalogue.Select(s.o.Only, s.o.Skip)
	if err != nil {
		return err
	}
	s.selection = selection
	if s.engine, err = iac.New(s.catalogue, iac.Options{Now: s.o.Now, Jobs: s.o.Jobs}); err != nil {
		return err
	}
	if s.rights, err = privilege.New(s.catalogue); err != nil {
		return err
	}
	s.code, err = sast.New(s.catalogue, sast.Options{Files: s.files(), Models: s.models, Pages: s.pages, Jobs: s.o.Jobs})
	return err
}

// files hands out the source files of applications.
func (s *scanner) files() func(*model.App) dataflow.Files {
	modules := sync.OnceValue(func() *assemble.Modules { return assemble.NewModules(s.repo) })
	return func(app *model.App) dataflow.Files { return &source{s, app, modules} }
}

// source hands out the source files of one application.
type source struct {
	*scanner
	app     *model.App
	modules func() *assemble.Modules
}

// Module is the file that a module means which does not stand beside the one that imports it; empty if none of the repository.
func (s *source) Module(from, module string) string { return s.modules().Find(s.app.Dir, from, module) }

// Folder are the files of a folder.
func (s *source) Folder(dir string) []string {
	var out []string
	for _, f := range s.repo.InDir(dir) {
		if path.Dir(f.Path) == path.Clean(dir) {
			out = append(out, f.Path)
		}
	}
	return out
}

// Below are the files of a folder and of those below it.
func (s *source) Below(dir string) []string {
	var out []string
	for _, f := range s.repo.InDir(dir) {
		out = append(out, f.Path)
	}
	return out
}

// Read gives the bytes of a file; nil where there is none, and for the code of others that was installed into the repository.
func (s *source) Read(path string) []byte {
	if strings.Contains(path, "#") {
		for _, f := range s.app.Functions {
			if f.Code.Module == path {
				return f.Code.Source
			}
		}
	}
	if !s.repo.IsFile(path) || s.modules().Installed(path) {
		return nil
	}
	data, err := s.repo.Read(path)
	if err != nil {
		return nil
	}
	return data
}

// template is the template that holds the code of that name, or the file itself where none does.
func (s *scanner) template(file string) string {
	if strings.Contains(file, "#") {
		for _, app := range s.program.Apps {
			for _, f := range app.Functions {
				if f.Code.Module == file {
					return f.Code.File
				}
			}
		}
	}
	return file
}

func builtinRows() map[string][]byte {
	files := map[string][]byte{}
	names, _ := fs.Glob(models.FS, "*.yaml")
	for _, name := range names {
		files["models/"+name], _ = fs.ReadFile(models.FS, name)
	}
	return files
}

// builtinModels reads the built-in rows, once.
var builtinModels = sync.OnceValues(func() (*dataflow.Models, []model.Diagnostic) { return dataflow.ReadModels(builtinRows(), nil) })

// models reads what is known of libraries: the built-in rows, and those of the user.
func (s *scanner) models() (*dataflow.Models, []model.Diagnostic) {
	if len(s.o.ModelDirs) == 0 {
		return builtinModels()
	}
	rows := map[string][]byte{}
	var problems []model.Diagnostic
	for _, dir := range s.o.ModelDirs {
		own, err := fs.Glob(os.DirFS(dir), "*.yaml")
		if err != nil || len(own) == 0 {
			problems = append(problems, model.Diagnostic{Pos: model.Pos{File: dir}, Level: model.Warning, Message: "the folder has no rows about libraries", Hint: "write them into files that end in .yaml"})
		}
		for _, name := range own {
			data, err := fs.ReadFile(os.DirFS(dir), name)
			if err != nil {
				problems = append(problems, model.Diagnostic{Pos: model.Pos{File: dir}, Level: model.Error, Message: err.Error(), Incomplete: true})
				continue
			}
			rows[filepath.Join(dir, name)] = data
		}
	}
	m, told := dataflow.ReadModels(builtinRows(), rows)
	return m, append(problems, told...)
}

func (s *scanner) read(ctx context.Context) error {
	s.o.Progress("reading " + s.o.Path)
	r, err := repo.Open(s.o.Path, repo.Options{Exclude: s.o.Exclude, Instead: s.o.Instead})
	if err != nil {
		return err
	}
	s.repo = r
	ws, sources := assemble.Workspace(ctx, r, s.o.Path, assemble.Options{Stage: s.o.Stage, Jobs: s.o.Jobs})
	s.sources = sources
	s.program = link.Build(ws)
	s.program.Folder = r.IsDir
	return nil
}

// result orders and completes what the engines said.
func (s *scanner) result() *finding.Result {
	findings := s.report.Findings
	findings = append(findings, s.applyIgnores(findings)...)
	findings = s.byProfile(findings)
	sortByPlace(findings)
	finding.SetFingerprints(findings)
	s.addSnippets(findings)
	sortFindings(findings)
	r := &finding.Result{
		Root: s.o.Path, Version: s.o.Version, Profile: string(s.o.Profile), FailOn: s.o.FailOn,
		Findings: findings, Outcomes: s.report.Outcomes, Hidden: s.hidden, Ignored: s.ignored,
		Diagnostics: append(s.notes, s.program.Diagnostics...), Complete: true,
	}
	for _, d := range r.Diagnostics {
		r.Complete = r.Complete && !d.Incomplete
	}
	for _, app := range s.program.Apps {
		r.Apps = append(r.Apps, summary(app))
	}
	for _, rl := range s.selection.Rules() {
		info, err := rl.Info()
		if err != nil {
			continue // its mistake is told where the rule is loaded
		}
		r.Rules = append(r.Rules, info)
	}
	return r
}

func summary(app *model.App) finding.AppSummary {
	sum := finding.AppSummary{Name: app.Name, Kind: app.Kind, File: app.File, Stage: app.Stage, Stages: app.Stages, Functions: len(app.Functions), Resources: len(app.Deployed())}
	for _, f := range app.Functions {
		sum.Triggers += len(f.Triggers)
		switch f.Code.State {
		case model.CodeResolved:
			sum.Resolved++
		case model.CodeMissing:
			sum.Missing++
		}
	}
	return sum
}

// byProfile leaves hardening advice out unless it was asked for. Critical and high findings always stay.
func (s *scanner) byProfile(all []finding.Finding) []finding.Finding {
	if s.o.Profile == rule.Strict {
		return all
	}
	kept := all[:0]
	for _, f := range all {
		if f.Strict && !f.Severity.AtLeast(finding.High) {
			if f.Ignored == nil {
				s.hidden++
			}
			continue
		}
		kept = append(kept, f)
	}
	return kept
}

func sortByPlace(all []finding.Finding) {
	sort.SliceStable(all, func(i, j int) bool { return before(&all[i], &all[j]) })
}

func before(a, b *finding.Finding) bool {
	switch {
	case a.Place.File != b.Place.File:
		return a.Place.File < b.Place.File
	case a.Place.Line != b.Place.Line:
		return a.Place.Line < b.Place.Line
	case a.Place.Col != b.Place.Col:
		return a.Place.Col < b.Place.Col
	case a.Rule != b.Rule:
		return a.Rule < b.Rule
	case a.Subject != b.Subject:
		return a.Subject < b.Subject
	}
	return a.Message < b.Message
}

// sortFindings puts the worst first, and among equals those that more people can reach.
func sortFindings(all []finding.Finding) {
	sort.SliceStable(all, func(i, j int) bool {
		a, b := &all[i], &all[j]
		if a.Severity != b.Severity {
			return a.Severity.Rank() > b.Severity.Rank()
		}
		if a.Exposure != b.Exposure && a.Exposure.Wider(b.Exposure) == a.Exposure {
			return true
		}
		if a.Exposure != b.Exposure {
			return false
		}
		if x, y := sureness(a), sureness(b); x != y {
			return x > y
		}
		if x, y := reach[a.Power], reach[b.Power]; x != y {
			return x > y
		}
		return before(a, b)
	})
}

// reach ranks findings in functions by what whoever takes one over can do.
var reach = map[model.BlastReach]int{model.BlastAll: 2, model.BlastWide: 1}

// sureness ranks findings that a way through code leads to.
func sureness(f *finding.Finding) int {
	if f.Power != "" && f.Confidence == finding.Possible {
		return 0
	}
	return 1
}

// addSnippets gives each finding the text of its line. What any finding says is secret is masked: a long one wherever it
// stands, a short one on the lines where it was found, because it may be an ordinary word elsewhere.
func (s *scanner) addSnippets(all []finding.Finding) {
	secrets := secretsOf(slices.Concat(all, s.unselected))
	for i := range all {
		f := &all[i]
		known := replacer(secrets.everywhere)
		f.Message, f.Name, f.Subject = known.Replace(f.Message), known.Replace(f.Name), known.Replace(f.Subject)
		s.snippet(&f.Place, secrets)
		for j := range f.Trace {
			s.snippet(&f.Trace[j].Place, secrets)
		}
	}
}

func (s *scanner) snippet(p *finding.Place, secrets secrets) {
	if p.Line == 0 {
		return
	}
	lines := s.lines(p.File)
	if p.Line > len(lines) {
		return
	}
	line := lines[p.Line-1]
	trimmed := strings.TrimRight(line, " \t\r")
	p.EndLine = p.Line
	p.EndCol = len([]rune(trimmed)) + 1
	mask := maskAssigned
	if dataflow.LanguageOf(p.File) != "" {
		mask = maskInCode
	}
	masked := mask(replacer(slices.Concat(secrets.everywhere, secrets.onLine[lineOf(p.Pos)])).Replace(trimmed))
	const longest = 400
	if r := []rune(masked); len(r) > longest {
		masked = string(r[:longest]) + "…"
	}
	p.Snippet = masked
}

// lines are the lines of a file, which is read and split once.
func (s *scanner) lines(file string) []string {
	if lines, ok := s.split[file]; ok {
		return lines
	}
	data, err := s.repo.Read(file)
	if err != nil {
		data = nil // shown without its text
	}
	if s.split == nil {
		s.split = map[string][]string{}
	}
	s.split[file] = document.Lines(data)
	return s.split[file]
}

// secrets are the texts that no output may show.
type secrets struct {
	everywhere []string
	onLine     map[string][]string // by file:line
}

// ordinaryLength is up to which length a secret may be an ordinary word.
const ordinaryLength = 12

func secretsOf(all []finding.Finding) secrets {
	out := secrets{onLine: map[string][]string{}}
	for i := range all {
		for _, secret := range all[i].Secrets {
			place := lineOf(all[i].Place.Pos)
			out.onLine[place] = append(out.onLine[place], secret)
			if len(secret) > ordinaryLength {
				out.everywhere = append(out.everywhere, secret)
			}
		}
	}
	return out
}

func lineOf(p model.Pos) string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// replacer masks texts, the longest first.
func replacer(all []string) *strings.Replacer {
	all = slices.Clone(all)
	sort.Slice(all, func(i, j int) bool { return len(all[i]) > len(all[j]) })
	var pairs []string
	for _, secret := range all {
		if secret != "" {
			pairs = append(pairs, secret, Mask(secret))
		}
	}
	return strings.NewReplacer(pairs...)
}

// secretName is a name which says that what is assigned to it is secret, with the sign that assigns.
var secretName = regexp.MustCompile(`(?i)["']?[a-z0-9_.-]*(?:passwo?r?d|passwd|passphrase|\bpass|secret|token|api_?key|private_?key|credential)[a-z0-9_.-]*["']?\s*[:=]\s*`)

// nextName is where the next entry of a line begins.
var nextName = regexp.MustCompile(`[,;{]\s*["']?[A-Za-z_][A-Za-z0-9_.-]*["']?\s*[:=]\s`)

// literalText is a text in a line: in quotes, or a bare word.
var literalText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'[^']*'|!?[^\s"'{}\[\](),!|>#&]{4,}`)

var (
	// quotedText is a text in a line of a program, callOrPart a call or an index, startsComment where a comment begins.
	quotedText    = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`")
	callOrPart    = regexp.MustCompile(`[\w\])][(\[]`)
	startsComment = regexp.MustCompile(`(^|\s)(//|#|/\*|\*)`)
)

// userInfo is a name and password inside an address.
var userInfo = regexp.MustCompile(`(://[^/\s:@"']*:)([^@/\s"']+)@`)

// maskAssigned masks in a line whatever a name calls a secret, and passwords in addresses, whether or not a rule has found
// them: better a masked harmless value than a secret in a log.
func maskAssigned(line string) string {
	return maskNamed(line, func(string) *regexp.Regexp { return literalText })
}

// maskInCode is maskAssigned for a line of a program: where a value is made by a call or taken out of something, only what stands in quotes can be a
// secret, and else in a comment. Bare words alone are masked there too, as the line is perhaps one of a text of several lines.
func maskInCode(line string) string {
	code, comment := line, ""
	if at := startsComment.FindStringIndex(line); at != nil {
		code, comment = line[:at[0]], line[at[0]:]
	}
	return maskNamed(code, func(value string) *regexp.Regexp {
		if callOrPart.MatchString(value) {
			return quotedText
		}
		return literalText
	}) + maskAssigned(comment)
}

// maskNamed masks the texts that follow the name of a secret, as literal says what a text in such a value is.
func maskNamed(line string, literal func(value string) *regexp.Regexp) string {
	line = userInfo.ReplaceAllString(line, "${1}********@")
	var out strings.Builder
	for {
		at := secretName.FindStringIndex(line)
		if at == nil {
			break
		}
		end := len(line)
		if next := nextName.FindStringIndex(line[at[1]:]); next != nil {
			end = at[1] + next[0]
		}
		out.WriteString(line[:at[1]])
		value := line[at[1]:end]
		out.WriteString(maskTexts(value, literal(value)))
		line = line[end:]
	}
	return out.String() + line
}

// maskTexts masks the texts of a value; what only refers to something else stays.
func maskTexts(value string, literal *regexp.Regexp) string {
	if reference.MatchString(value) {
		return value
	}
	return literal.ReplaceAllStringFunc(value, func(text string) string {
		bare := strings.Trim(text, "\"'`")
		if len(bare) < 4 || strings.Contains(bare, "********") || harmless.MatchString(bare) {
			return text
		}
		return strings.Replace(text, bare, Mask(bare), 1)
	})
}

// reference is a value that names something else: a resource, a parameter, a stored secret.
var reference = regexp.MustCompile(`^["']?(?:!(?:Ref|GetAtt|ImportValue|FindInMap)\b|\{\s*["']?(?:Ref|Fn::)|\$\{|\{\{resolve:|#)`)

// harmless are values that are no secrets after such names: truth values, numbers, ARNs, references.
var harmless = regexp.MustCompile(`^(?i:true|false|null|none|string|number|arn:.*|[0-9]+|AWS::.*|\$\{.*|process\.env.*|!.*)$`)

// Mask is the form in which a secret may be shown.
func Mask(secret string) string {
	r := []rune(secret)
	if len(r) < 12 {
		return "********"
	}
	return string(r[:3]) + "********"
}
