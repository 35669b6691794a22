package serverless

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/model"
)

// variables resolves ${...} in the values of one service. Not safe for concurrent use.
type variables struct {
	root        *model.Value // as written
	file        string       // the service file
	options     map[string]string
	load        func(path string) (*model.Value, error)
	done        map[*model.Value]*model.Value
	pending     map[*model.Value]bool
	looking     map[*model.Value]bool
	files       map[string]loaded // by name: a file that includes itself must be the same value again
	steps       int
	depth       int // variables that lead through each other at the moment
	reported    map[string]bool
	diagnostics []model.Diagnostic
	hashes      bool // #{AWS::Region} is a pseudo parameter
}

// Bounds of one service: values resolved, and variables that lead through each other.
const (
	maxSteps = 1_000_000
	maxDepth = 5_000
)

// loaded is a file that was read, or why it could not be.
type loaded struct {
	value *model.Value
	err   error
}

func newVariables(file string, root *model.Value, options map[string]string, load func(string) (*model.Value, error)) *variables {
	r := &variables{
		root: root, file: file, options: options, load: load,
		done: map[*model.Value]*model.Value{}, pending: map[*model.Value]bool{}, reported: map[string]bool{},
		looking: map[*model.Value]bool{}, files: map[string]loaded{},
	}
	r.hashes = slices.Contains(pluginNames(root.Get("plugins")), "serverless-pseudo-parameters")
	return r
}

func (r *variables) warn(at model.Origin, message, hint string) {
	key := at.Pos.String() + message
	if !r.reported[key] {
		r.reported[key] = true
		r.diagnostics = append(r.diagnostics, model.Diagnostic{Pos: at.Pos, Level: model.Warning, Message: message, Hint: hint})
	}
}

// value resolves all variables inside a value.
func (r *variables) value(v *model.Value) *model.Value {
	if v.Kind != model.String && v.Kind != model.List && v.Kind != model.Map {
		return v
	}
	if v.Kind == model.String && !strings.Contains(v.Str, "${") && !(r.hashes && strings.Contains(v.Str, "#{")) {
		return v
	}
	if w, ok := r.done[v]; ok {
		return w
	}
	if r.pending[v] {
		what := shorten(v.String())
		if v.Kind != model.String {
			what = "a file or value includes itself"
		}
		r.warn(v.Origin, "a variable refers to itself: "+what, "break the cycle")
		return model.NewUnknown("a variable that refers to itself", v.Origin)
	}
	if r.steps++; r.steps > maxSteps || r.depth > maxDepth {
		return model.NewUnknown("too many variables to resolve", v.Origin)
	}
	r.pending[v] = true
	r.depth++
	w := r.resolve(v)
	r.depth--
	delete(r.pending, v)
	r.done[v] = w
	return w
}

func shorten(s string) string {
	if len(s) > 60 {
		return s[:60] + "..."
	}
	return s
}

func (r *variables) resolve(v *model.Value) *model.Value {
	switch v.Kind {
	case model.String:
		return r.pseudoParameters(r.text(v.Str, v.Origin))
	case model.List:
		items := make([]*model.Value, len(v.Items))
		for i, w := range v.Items {
			items[i] = r.value(w)
		}
		return model.NewList(items, v.Origin)
	}
	fields := make([]model.Field, len(v.Fields))
	for i, f := range v.Fields {
		fields[i] = model.Field{Key: f.Key, At: f.At, Value: r.value(f.Value)}
	}
	return model.NewMap(fields, v.Origin)
}

// text resolves the variables in a string. A string that is one variable gives that variable's value of whatever kind.
func (r *variables) text(s string, at model.Origin) *model.Value {
	var parts []*model.Value
	rest := s
	for rest != "" {
		start, end := findVariable(rest)
		if start < 0 {
			break
		}
		v := r.variable(rest[start+2:end], at)
		if start == 0 && end == len(rest)-1 && len(parts) == 0 {
			return v
		}
		parts = append(parts, model.NewString(rest[:start], at), r.inText(v, rest[start:end+1], at))
		rest = rest[end+1:]
	}
	if parts == nil {
		return model.NewString(s, at)
	}
	return model.NewText(append(parts, model.NewString(rest, at)), at)
}

// inText is what a variable gives inside a longer string.
func (r *variables) inText(v *model.Value, source string, at model.Origin) *model.Value {
	switch v.Kind {
	case model.List, model.Map:
		return model.NewPresent(source+" is not a text", at)
	case model.Absent:
		return model.NewString("", at)
	}
	return v
}

// pseudoParameters replaces #{AWS::Region} and its like, which a plugin allows in any text.
func (r *variables) pseudoParameters(v *model.Value) *model.Value {
	if !r.hashes || v.Kind != model.String && v.Kind != model.Text {
		return v
	}
	parts := v.Items
	if v.Kind == model.String {
		parts = []*model.Value{v}
	}
	var out []*model.Value
	for _, p := range parts {
		if p.Kind != model.String {
			out = append(out, p)
			continue
		}
		rest := p.Str
		for {
			before, after, found := strings.Cut(rest, "#{")
			name, behind, closed := strings.Cut(after, "}")
			if !found || !closed {
				break
			}
			out = append(out, model.NewString(before, p.Origin), pseudoParameter(name, p.Origin))
			rest = behind
		}
		out = append(out, model.NewString(rest, p.Origin))
	}
	return model.NewText(out, v.Origin)
}

func pseudoParameter(name string, at model.Origin) *model.Value {
	id, attribute, _ := strings.Cut(name, ".")
	return model.NewRef(id, attribute, at)
}

// findVariable finds the first ${...} that is the framework's own: ${AWS::Region} and ${Name} belong to Fn::Sub. It gives
// the places of "$" and of the closing brace, or -1.
func findVariable(s string) (int, int) {
	for from := 0; ; {
		start := strings.Index(s[from:], "${")
		if start < 0 {
			return -1, -1
		}
		start += from
		end := closing(s, start+2)
		if end < 0 {
			return -1, -1
		}
		if isVariable(s[start+2 : end]) {
			return start, end
		}
		from = start + 2
	}
}

// closing is the index of the brace that closes one opened before from; -1 if there is none.
func closing(s string, from int) int {
	depth := 1
	for i := from; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func isVariable(body string) bool {
	body = strings.TrimSpace(body)
	i := 0
	for i < len(body) && (isLetter(body[i]) || i > 0 && (body[i] == '-' || body[i] >= '0' && body[i] <= '9')) {
		i++
	}
	if i == 0 || i == len(body) {
		return false
	}
	if body[i] == ':' {
		return !strings.HasPrefix(body[i:], "::")
	}
	return body[i] == '('
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// variable resolves the inside of ${...}: alternatives separated by commas, the first that is set wins.
func (r *variables) variable(body string, at model.Origin) *model.Value {
	if len(body) > 4096 {
		return model.NewUnknown("a variable of over 4,096 characters", at)
	}
	alternatives := splitTop(body, ',')
	for i, alternative := range alternatives {
		v := r.source(strings.TrimSpace(alternative), i > 0, at)
		last := i == len(alternatives)-1
		if v.Kind == model.Absent && !last {
			continue
		}
		if v.Kind == model.Unknown && !v.Present && !last {
			continue
		}
		if strings.TrimSpace(alternative) == "opt:stage" && v.Kind == model.Absent {
			return model.NewString(r.plainStage(), at)
		}
		if v.Kind == model.Unknown && !v.Present && v.Attr == hostEnv {
			return present(v) // without a default the deployment stops when it is not set
		}
		if v.Kind == model.Absent && !nothing(alternative, i > 0, at) {
			r.warn(at, "${"+body+"} leads nowhere", "set it, or give a default: ${"+body+", 'value'}")
			return model.NewUnknown("${"+body+"} leads nowhere", at)
		}
		return v
	}
	return model.NewAbsent(at)
}

// nothing reports whether an alternative says in so many words that there is no value: null.
func nothing(alternative string, fallback bool, at model.Origin) bool {
	v := literal(strings.TrimSpace(alternative), at)
	return fallback && v != nil && v.Kind == model.Absent
}

// hostEnv marks an unknown that the environment of the deploying machine decides.
const hostEnv = "env"

func fromHost(name string, at model.Origin) *model.Value {
	v := model.NewUnknown("environment variable "+name+" of the machine that deploys", at)
	v.Attr = hostEnv
	return v
}

func present(v *model.Value) *model.Value {
	w := *v
	w.Present = true
	return &w
}

// plainStage is the stage where the stage itself depends on opt:stage.
func (r *variables) plainStage() string {
	if s, ok := r.root.Path("provider", "stage").Scalar(); ok && !strings.Contains(s, "${") {
		return s
	}
	return "dev"
}

// splitTop splits at separators that stand outside quotes, braces and parentheses.
func splitTop(s string, sep byte) []string {
	var out []string
	depth, start := 0, 0
	var quote byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '{' || c == '(':
			depth++
		case c == '}' || c == ')':
			depth--
		case c == sep && depth == 0:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

// source resolves one alternative: a literal, or type(parameters):address.
func (r *variables) source(s string, fallback bool, at model.Origin) *model.Value {
	if strings.HasPrefix(s, "${") && closing(s, 2) == len(s)-1 {
		return r.variable(s[2:len(s)-1], at)
	}
	if v := literal(s, at); fallback && v != nil {
		return v
	}
	expanded := r.expand(s, at)
	if expanded == "" {
		return model.NewPresent("${"+s+"} depends on a value that is not known", at)
	}
	kind, params, address := splitSource(expanded)
	v := r.lookup(kind, params, address, at)
	if v.Kind == model.Absent || v.Kind == model.Unknown {
		return v
	}
	return v.At(v.Origin.Through("${"+s+"}", at.Pos))
}

// expand resolves variables nested inside an address; empty if one of them is not known.
func (r *variables) expand(s string, at model.Origin) string {
	if !strings.Contains(s, "${") {
		return s
	}
	text, _ := r.text(s, at).Scalar()
	return text
}

func literal(s string, at model.Origin) *model.Value {
	if len(s) >= 2 && (s[0] == '\'' || s[0] == '"') && s[len(s)-1] == s[0] {
		return model.NewString(s[1:len(s)-1], at)
	}
	switch s {
	case "true", "false":
		return model.NewBool(s == "true", at)
	case "null", "":
		return model.NewAbsent(at)
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return model.NewNumber(n, s, at)
	}
	return nil
}

// splitSource takes "file(./a.yml):b.c" apart.
func splitSource(s string) (kind, params, address string) {
	i := strings.IndexAny(s, ":(")
	if i < 0 {
		return s, "", ""
	}
	kind, rest := s[:i], s[i:]
	if rest[0] == '(' {
		end := strings.LastIndexByte(rest, ')')
		if end < 0 {
			return kind, rest[1:], ""
		}
		params, rest = rest[1:end], rest[end+1:]
	}
	return strings.TrimSpace(kind), strings.TrimSpace(params), strings.TrimPrefix(rest, ":")
}

// lookup asks one source of variables.
func (r *variables) lookup(kind, params, address string, at model.Origin) *model.Value {
	switch kind {
	case "self":
		return r.self(address, at)
	case "opt":
		return r.option(address, at)
	case "sls":
		return r.framework(address, at)
	case "param":
		return r.param(address, at)
	case "file":
		return r.fromFile(params, address, at)
	case "strToBool":
		return r.strToBool(params, at)
	case "env":
		// The host's environment is never read: it is not the one the service is deployed from.
		return fromHost(address, at)
	case "aws":
		return r.awsVariable(address, at)
	case "construct":
		return r.constructVariable(address, at)
	case "cf":
		return model.NewElsewhere(model.FromOutput, model.NewString(address, at), "${cf:"+address+"} is an output of another stack", at)
	case "ssm":
		name, _, _ := strings.Cut(address, "~") // "~true" once asked to decrypt
		return model.NewElsewhere(model.FromStore, model.NewString(name, at), "${ssm:"+address+"} is read from the SSM parameter store at deployment", at)
	}
	return model.NewPresent("${"+kind+":"+address+"} is read at deployment", at)
}

func (r *variables) awsVariable(address string, at model.Origin) *model.Value {
	switch address {
	case "accountId":
		return model.NewRef("AWS::AccountId", "", at)
	case "region":
		if s, ok := r.root.Path("provider", "region").Scalar(); ok && s != "" && !strings.Contains(s, "${") {
			return model.NewString(s, at)
		}
		return model.NewRef("AWS::Region", "", at)
	}
	return model.NewPresent("${aws:"+address+"} is read at deployment", at)
}

func (r *variables) self(address string, at model.Origin) *model.Value {
	if address == "" {
		return r.value(r.root)
	}
	v := r.follow(r.root, address)
	if v.Kind == model.Absent {
		switch address {
		case "provider.stage":
			return model.NewString("dev", at)
		case "provider.region":
			return model.NewString("us-east-1", at)
		}
	}
	return v
}

// follow walks a dotted address, resolving what it leads to and nothing beside: what is included on the way may refer to
// itself.
func (r *variables) follow(v *model.Value, address string) *model.Value {
	return r.value(r.walk(v, address))
}

// walk is what a dotted address leads to, as it is written.
func (r *variables) walk(v *model.Value, address string) *model.Value {
	for _, key := range strings.Split(address, ".") {
		v = r.look(v).Path(key)
	}
	return v
}

// look is what a text that is one variable stands for, as it is written there.
func (r *variables) look(v *model.Value) *model.Value {
	if v.Kind != model.String {
		return v
	}
	if !strings.HasPrefix(v.Str, "${") || closing(v.Str, 2) != len(v.Str)-1 {
		return r.value(v)
	}
	if r.looking[v] || r.depth > maxDepth {
		return r.value(v) // which tells of a circle
	}
	r.looking[v] = true
	r.depth++
	defer func() {
		r.depth--
		delete(r.looking, v)
	}()
	for _, alternative := range splitTop(v.Str[2:len(v.Str)-1], ',') {
		kind, params, address := splitSource(r.expand(strings.TrimSpace(alternative), v.Origin))
		from := r.root
		if kind == "file" {
			from = r.included(params)
		}
		if kind != "self" && kind != "file" || from == nil {
			break // another source, or nothing: the usual way decides and tells
		}
		if address != "" {
			from = r.walk(from, address)
		}
		if found := r.look(from); found.Kind == model.Map || found.Kind == model.List {
			return found
		}
	}
	return r.value(v)
}

// included is the data in a file; nil where there is none to be had.
func (r *variables) included(name string) *model.Value {
	name = strings.Trim(name, "'\"")
	if isProgram(name) {
		return nil
	}
	v, err := r.open(name)
	if err != nil {
		return nil
	}
	return v
}

func isProgram(name string) bool {
	switch path.Ext(name) {
	case ".js", ".cjs", ".mjs", ".ts":
		return true
	}
	return false
}

func (r *variables) option(name string, at model.Origin) *model.Value {
	if s, ok := r.options[name]; ok {
		return model.NewString(s, at)
	}
	return model.NewAbsent(at)
}

// stage is the stage that would be deployed: --stage, the service's own, or dev.
func (r *variables) stage() string {
	if s, ok := r.options["stage"]; ok {
		return s
	}
	if s, ok := r.follow(r.root, "provider.stage").Settled().Scalar(); ok && s != "" {
		return s
	}
	return "dev"
}

func (r *variables) framework(address string, at model.Origin) *model.Value {
	if address == "stage" {
		return model.NewString(r.stage(), at)
	}
	return model.NewPresent("${sls:"+address+"} is made at deployment", at)
}

// param is a parameter of the stage: below params, or below the stage's own section since version 4.
func (r *variables) param(name string, at model.Origin) *model.Value {
	params, stages := r.root.Get("params"), r.root.Get("stages")
	for _, stage := range []string{r.stage(), "default"} {
		for _, section := range []*model.Value{r.follow(params, stage), r.follow(stages, stage+".params")} {
			if v := r.value(section.Get(name)); v.Kind != model.Absent {
				return v
			}
		}
	}
	return model.NewAbsent(at)
}

func (r *variables) strToBool(params string, at model.Origin) *model.Value {
	v := r.text(params, at)
	s, ok := v.Scalar()
	if !ok {
		return v
	}
	switch strings.ToLower(strings.Trim(s, "'\"")) {
	case "true", "1", "yes":
		return model.NewBool(true, at)
	case "false", "0", "no", "":
		return model.NewBool(false, at)
	}
	r.warn(at, "strToBool("+s+") is not a truth value", "use true or false")
	return model.NewUnknown("not a truth value: "+s, at)
}

func (r *variables) fromFile(name, address string, at model.Origin) *model.Value {
	name = strings.Trim(name, "'\"")
	if isProgram(name) {
		return model.NewPresent(name+" is a program that would have to be run", at)
	}
	v, err := r.open(name)
	if err != nil {
		if !r.reported[name] {
			r.reported[name] = true
			r.warn(at, fmt.Sprintf("file(%s) cannot be read: %v", name, err), "values from it are treated as unknown")
			r.diagnostics[len(r.diagnostics)-1].Incomplete = true
		}
		return model.NewUnknown("file("+name+") cannot be read", at)
	}
	if v == nil {
		return model.NewAbsent(at)
	}
	if address != "" {
		return r.follow(v, address)
	}
	return r.value(v)
}

// open reads a file once.
func (r *variables) open(name string) (*model.Value, error) {
	name = path.Clean(name)
	f, ok := r.files[name]
	if !ok {
		f.value, f.err = r.load(name)
		r.files[name] = f
	}
	return f.value, f.err
}
