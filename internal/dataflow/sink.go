package dataflow

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
)

// ldapName stands in rows for names of entries of LDAP: what is escaped for one is as harmful in a filter as it was.
const ldapName = "ldap-name"

// whole are the rules that count what is anywhere inside a value; of the others only the value itself counts.
func whole(rule string) bool {
	switch rule {
	case "nosql", "sql", "os-command", "code-eval", "prototype-pollution", "template-injection", "header-injection":
		return true
	}
	return false
}

// sinkAt tells of outsiders' data in a call that can do harm.
func (in *interp) sinkAt(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments) {
	if in.st != nil {
		in.revealedBy(f, e, m, recv, args)
		if m.Rule != "ssrf" {
			return
		}
	}
	if in.sinkOfItsOwn(f, e, m, recv, args) || m.Rule == "ssrf" && in.asksSafely(f, e, m, recv, args) {
		return
	}
	var shown []*Value
	if m.Rule == "log-injection" {
		shown = asCode(args)
	}
	for _, name := range m.narrowed(args) {
		for _, v := range in.allInputs(name, recv, args) {
			if !slices.Contains(shown, v) {
				if m.Rule != "mass-assignment" || !takesForms(recv) {
					in.sinkGets(f, e, m, recv, v)
				}
				if m.Rule == "mass-assignment" && !typesOfSchemas[m.Package] && !schemaLooks(m, recv, args) {
					in.keepsFields(f, e.At, callName(m), v)
				}
			}
		}
	}
}

// sinkOfItsOwn does what a rule asks of a call beside whose data it gets; it reports whether that is all that the rule asks.
func (in *interp) sinkOfItsOwn(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments) bool {
	switch m.Rule {
	case "html-response":
		return in.noPage(f, recv) || noPageOfFetch(m, args)
	case "mass-assignment":
		return choosesColumns(m, recv)
	case "open-redirect":
		for _, name := range m.narrowed(args) {
			for _, v := range inputs(name, recv, args) {
				in.sendsPlainly(f, e.At, callName(m), v)
				in.sendsToken(f, e.At, callName(m), v)
			}
		}
		return comesAgain(f, e)
	case "sql":
		in.setsNamed(f, e, m, args)
		if m.Package == "pg-promise" {
			in.putRaw(f, e, m, args)
		}
	case "error-details":
		in.answersDetails(f, e, m, recv, args)
		return true
	case "weak-password-hash":
		in.hashesPassword(f, e, m)
		return true
	case "static-iv":
		in.fixedStart(f, e, m, args)
		return true
	case "log": // of which no line can be forged
		in.logs(f, e, m, recv, args)
		return true
	case "log-injection":
		in.logs(f, e, m, recv, args)
	case "ssrf":
		in.requestOf(f, e, m, recv, args)
		in.asksPlainly(f, e, m, recv, args)
		in.tellsServers(f, e, m, recv, args)
	case "os-command":
		if callsAWS(args) {
			in.doubt(f, e.At, "", "the command line tool of AWS is called")
		}
	}
	return false
}

// choosesColumns reports whether a query of gorm says which columns it writes: db.Select("name", "bio").Updates(changes).
func choosesColumns(m *Model, recv *Value) bool {
	return strings.HasSuffix(m.Package, "/gorm") && recv != nil && (strings.Contains(recv.ref, ".Select()") || strings.Contains(recv.ref, ".Omit()"))
}

// comesAgain reports whether a visitor is sent to the path that he has asked for, as it is: redirect(request.path). Routers of Python have
// found the route by it, which begins with a name of the application.
func comesAgain(f frame, e *ir.Expr) bool {
	return f.file.Language == ir.Python && len(e.List) == 1 && e.List[0].Kind == ir.Member && e.List[0].Str == "path" && lastPart(textOf(e.List[0].X)) == "request"
}

// answersDetails tells of what an answer lets out of an error.
func (in *interp) answersDetails(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments) {
	for _, name := range m.narrowed(args) {
		for _, v := range inputs(name, recv, args) {
			if f.file.Language == ir.Go {
				v = goJSON(v, 0)
			}
			in.tellsAnswer(answerAt{f, e.At, callName(m), v, in.statusIn(f, e)})
		}
	}
}

// asksSafely reports whether a request goes to no server of the inside, whoever says where: another place looks at that.
func (in *interp) asksSafely(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments) bool {
	if in.looksUpPublicOnly(f, args) {
		return true
	}
	if f.file.Language == ir.Go && makesRequest(m) && (in.hostAskedLater(f, e) || in.sentSafely(f, e)) {
		return true
	}
	return recv != nil && (recv.ref == "net/http.Client()" && in.goesToPublicOnly(f, recv) || f.file.Language == ir.Go && in.madeForPublicOnly(f, recv))
}

// sinkGets tells of outsiders' data in one thing that a call gets.
func (in *interp) sinkGets(f frame, e *ir.Expr, m *Model, recv, v *Value) {
	what := callName(m)
	if m.Rule == "nosql" && isSearch(m) {
		v = clausesOf(v, 0)
	}
	taints := in.lookedAt(m, recv, v.taints)
	if m.Rule == "mass-assignment" || m.Rule == amountRule {
		in.amountsIn(f, e.At, what, v, nil, 0)
		in.amountsByColumns(f, e.At, what, recv, v)
	}
	taints = countedBy(m, recv, v, taints)
	if m.ofName { // in which other characters do harm than in a filter
		taints = slices.DeleteFunc(slices.Clone(taints), func(t *Taint) bool { return t.clean[ldapName] })
	}
	if m.Rule == "nosql" {
		in.hit(f, e.At, "redos", what, under(v, "$regex", 0), false)
		in.hitOf(f, e.At, m, what, asScript(objects(scriptsIn(v))), false)
	}
	if holds := in.p.holdsFor(f.file, m); holds != model.No {
		before := len(in.hits)
		in.hitOf(f, e.At, m, what, taints, holds == model.Maybe)
		in.endsWhereSent(f, e, m, in.hits[before:])
	}
}

// endsWhereSent lets the way of a request of Go end where it is sent.
func (in *interp) endsWhereSent(f frame, e *ir.Expr, m *Model, hits []*Hit) {
	if len(hits) == 0 || f.file.Language != ir.Go || !makesRequest(m) {
		return
	}
	if call := in.sentBy(e); call != nil {
		for _, h := range hits {
			h.Steps = append(h.Steps, Step{f.file, e.At, "becomes part of a request"})
			h.End = &Step{f.file, call.At, textOf(call.X)}
		}
	}
}

// makesRequest reports whether a row is about a request of Go that is made and sent later.
func makesRequest(m *Model) bool {
	return m.Rule == "ssrf" && strings.HasPrefix(m.Member, "NewRequest")
}

// countedBy are the taints of a value that a rule counts, of those that the value has itself: numbers only, objects only, or what is inside too.
func countedBy(m *Model, recv, v *Value, taints []*Taint) []*Taint {
	if m.Rule == sizeRule || m.Rule == amountRule && len(v.fields) == 0 && v.elem == nil {
		taints = amounts(v)
	}
	if whole(m.Rule) && !m.object {
		taints = v.all()
	}
	if m.Package == "text/template" && m.Rule == "html-response" {
		taints = shownAsText(recv, v)
	}
	if m.Rule == "jwt-unverified" { // the form of a token does not say who made it
		taints = addTaints(slices.Clone(taints), v.safe)
	}
	if m.Package == "importlib" {
		taints = outOfPackage(taints)
	}
	if m.Rule == "mass-assignment" && v.named != nil { // an outsider names the fields
		taints = addTaints(taints, v.named.taints)
	}
	if m.text {
		taints = objects(taints)
	}
	if m.text && m.Rule == "nosql" {
		taints = asScript(taints)
	}
	if m.object {
		taints = slices.DeleteFunc(slices.Clone(taints), func(t *Taint) bool { return !t.isObject() })
	}
	return taints
}

// outOfPackage are names of modules of Python without those that stand behind the name of a package: they are modules of it.
func outOfPackage(taints []*Taint) []*Taint {
	return slices.DeleteFunc(slices.Clone(taints), func(t *Taint) bool { return strings.HasSuffix(t.lead, ".") })
}

// asScript are outsiders' data in a text that a database runs: that it is a text makes it no safer, what makes it safe in code does.
func asScript(taints []*Taint) []*Taint {
	var out []*Taint
	for _, t := range taints {
		if t.clean["code-eval"] {
			continue
		}
		u := *t
		u.clean = maps.Clone(t.clean)
		delete(u.clean, "nosql")
		out = append(out, &u)
	}
	return out
}

// setsAll: INSERT INTO orders SET ?, as clients of MySQL fill it in, stores all fields of an object.
func (in *interp) setsAll(f frame, e *ir.Expr, m *Model, args *arguments) {
	statement, given := args.get(0), args.get(1)
	if !setsObject.MatchString(statement.text + statement.prefix) {
		return
	}
	if first := given.fields["0"]; first != nil {
		given = first
	}
	in.hit(f, e.At, "mass-assignment", callName(m), given.taints, false)
}

var setsObject = regexp.MustCompile(`(?i)\bset\s+\?\s*($|,|;|where\b|on\b)`)

// beforeColumns is a statement up to where it names the columns that it sets.
var beforeColumns = regexp.MustCompile("(?is)^\\s*(update\\s+[\\w.\"`]+\\s+set|insert\\s+into\\s+[\\w.\"`]+\\s*\\()\\s*([\\w\"`]+\\s*(=[^,]*)?,\\s*)*[\"`]?$")

// setsNamed tells of a statement that sets the columns which an outsider names, where the names were looked at only so far that they are no
// SQL: each column can be written.
func (in *interp) setsNamed(f frame, e *ir.Expr, m *Model, args *arguments) {
	for _, name := range m.narrowed(args) {
		for _, v := range inputs(name, nil, args) {
			i := slices.IndexFunc(v.parts, func(part *Value) bool { return !part.known })
			if i > 0 && beforeColumns.MatchString(v.prefix) {
				in.hit(f, e.At, "mass-assignment", callName(m), ofAnyName(v.parts[i], 0), false)
			}
		}
	}
}

// ofAnyName are outsiders' data in a text that was checked for its characters only: it still may be any name.
func ofAnyName(v *Value, depth int) []*Taint {
	if v == nil || depth > 5 {
		return nil
	}
	var out []*Taint
	for _, t := range v.safe {
		if t.signs {
			u := *t
			u.object = true
			out = addTaints(out, []*Taint{&u})
		}
	}
	for _, x := range v.parts {
		out = addTaints(out, ofAnyName(x, depth+1))
	}
	return out
}

// scriptsIn are outsiders' texts in what a filter of MongoDB runs as JavaScript.
func scriptsIn(v *Value) []*Taint { return addTaints(under(v, "$where", 0), under(v, "$function", 0)) }

// regexOfBSON are the types of Go for what $regex is in a filter.
var regexOfBSON = set("go_mongodb_org/mongo-driver/bson/primitive.Regex() go_mongodb_org/mongo-driver/bson.Regex()")

// under are an outsider's data under one name in a filter: of $regex the patterns, of $where the scripts.
func under(v *Value, name string, depth int) []*Taint {
	if v == nil || depth > 5 {
		return nil
	}
	var out []*Taint
	for key, x := range sorted(v.fields) {
		switch {
		case key == "Pattern" && name == "$regex" && regexOfBSON[v.ref]:
			out = addTaints(out, x.all())
		case key != name:
			out = addTaints(out, under(x, name, depth+1))
		case x.fields["body"] != nil: // {$function: {body, args, lang}}: the arguments are no code
			out = addTaints(out, x.fields["body"].all())
		default:
			out = addTaints(out, x.all())
		}
	}
	return addTaints(out, under(v.elem, name, depth+1))
}

// placeholder is where a value goes in a text that is logged.
var placeholder = regexp.MustCompile(`%[-+ #0-9.]*[a-zA-Z]`)

// asCode are the arguments of a call that logs which are shown as code or numbers, so that line breaks are escaped.
func asCode(args *arguments) []*Value {
	var out []*Value
	for i, p := range placeholder.FindAllString(args.get(0).text, -1) {
		if i+1 < len(args.list) && !strings.HasSuffix(p, "s") {
			out = append(out, args.list[i+1])
		}
	}
	return out
}

// allInputs are the values that an input means, each by itself, also the content of a file.
func (in *interp) allInputs(name string, recv *Value, args *arguments) []*Value {
	if strings.HasPrefix(name, "file:") {
		return []*Value{in.ofInput(name, recv, args)}
	}
	return inputs(name, recv, args)
}

// inputs are the values that an input means, each by itself.
func inputs(name string, recv *Value, args *arguments) []*Value {
	from := -1
	if name == "*" {
		from = 0
	} else if n, ok := number(strings.TrimPrefix(name, "rest:")); ok && strings.HasPrefix(name, "rest:") {
		from = n
	}
	if from >= 0 {
		out := slices.Clone(args.list[min(from, len(args.list)):])
		for _, key := range slices.Sorted(maps.Keys(args.kw)) {
			out = append(out, args.kw[key])
		}
		return append(out, orNothing(args.rest))
	}
	if v := input(name, recv, args); v != nil {
		return []*Value{v}
	}
	return nil
}

// objects are taints that do harm as texts too.
func objects(taints []*Taint) []*Taint {
	out := slices.Clone(taints)
	for i, t := range out {
		u := *t
		u.object = true
		out[i] = &u
	}
	return out
}

// callName is how people call what a row is about: child_process.exec.
func callName(m *Model) string {
	if m.Package == "builtin" || strings.ContainsAny(m.Package, "/") && m.Member != "default" {
		return strings.ReplaceAll(m.Member, "**.", "")
	}
	if m.Member == "default" {
		return m.Package
	}
	member := "." + strings.ReplaceAll(m.Member, "**.", "")
	return m.Package + strings.TrimPrefix(member, ".default") // sequelize().query: the module itself is called
}
