package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// sameValue are functions that give what they get, in another type.
var sameValue = set(`	bytes.NewBufferString bytes.NewBuffer bytes.NewReader strings.NewReader io.NopCloser bufio.NewReader bufio.NewScanner io.ReadAll ioutil.ReadAll io/ioutil.ReadAll
	errors.Unwrap encoding/json.NewDecoder encoding/xml.NewDecoder encoding/gob.NewDecoder encoding/json.RawMessage github_com/aws/smithy-go/ptr.String`)

// awsTypes are the packages of the SDKs of AWS, and of Stripe, that make pointers of values and values of pointers, and of which the functions do nothing else.
var awsTypes = []string{"github_com/aws/aws-sdk-go-v2/aws.", "github_com/aws/aws-sdk-go/aws.", "github_com/stripe/stripe-go."}

// inOtherType reports whether a function gives what it gets, in another type: aws.StringSlice, attributevalue.MarshalList.
func inOtherType(ref string) bool {
	if sameValue[ref] {
		return true
	}
	pkg, name := cutLast(ref)
	for _, p := range awsTypes {
		if name, ok := strings.CutPrefix(ref, p); ok {
			name = strings.TrimPrefix(name, "To")
			return strings.HasPrefix(name, "String") || strings.HasPrefix(name, "Int") || strings.HasPrefix(name, "Bool") || strings.HasPrefix(name, "Float")
		}
	}
	return (strings.HasSuffix(pkg, "/attributevalue") || strings.HasSuffix(pkg, "/dynamodbattribute")) && strings.HasPrefix(name, "Marshal")
}

// watchers are packages that watch clients and sessions: what they are given comes back, and they call nothing themselves.
var watchers = []string{"github_com/aws/aws-xray-sdk-go/", "/instrumentation/github_com/aws/aws-sdk-go", "/dd-trace-go", "github_com/newrelic/go-agent/"}

// isStandard reports whether a function is of the standard library, which calls no service: the addresses of all others begin with a host.
func isStandard(ref string) bool {
	host, _, _ := strings.Cut(ref, "/")
	return !strings.Contains(host, "_") && !strings.HasPrefix(ref, "reflect.")
}

func watches(ref string) bool {
	return slices.ContainsFunc(watchers, func(w string) bool { return strings.Contains(ref, w) })
}

// formats are functions that put a text together by a format, and where that stands.
var formats = map[string]int{"fmt.Sprintf": 0, "fmt.Errorf": 0, "github_com/pkg/errors.Errorf": 0, "github_com/pkg/errors.Wrapf": 1}

// oneHole is a format that writes one value and nothing else.
var oneHole = regexp.MustCompile(`^%[-+ 0-9.]*[dvsfg]$`)

// readers are functions that read what they get as it is, and where that stands.
var readers = map[string]int{"net/http.MaxBytesReader": 1, "io.LimitReader": 0, "io.TeeReader": 0, "bufio.NewReaderSize": 0}

// inQueries are the rules for which a text that is written into a query is harmless.
var inQueries = []string{"ssrf", "open-redirect", "path-traversal", "html-response", "header-injection", "log-injection", "object-key"}

// nativesOfGo are those of Go and its libraries: several paths are followed alike.
func nativesOfGo() map[string]native {
	out := named(map[string]native{
		"fmt.Sprint":                          (*interp).goSprint,
		"strings.ReplaceAll bytes.ReplaceAll": (*interp).goReplaceAll,
		"strings.NewReplacer().Replace":       (*interp).goReplaces,
		"strings.Join":                        (*interp).goJoin,
		"strings.Split strings.SplitN strings.Cut bytes.Split bytes.SplitN bytes.Cut":                                            (*interp).goSplit,
		"log/slog.Any go_uber_org/zap.Any go_uber_org/zap.Reflect go_uber_org/zap.Object go_uber_org/zap.Array":                  (*interp).fieldOfLog,
		"encoding/json.Marshal encoding/json.MarshalIndent github_com/goccy/go-json.Marshal github_com/json-iterator/go.Marshal": (*interp).marshalled,
		"encoding/gob.Register encoding/gob.RegisterName":                                                                        (*interp).registersForGob,
		"builtin.append":                 (*interp).goAppend,
		"builtin.copy":                   (*interp).goCopy,
		"builtin.panic":                  (*interp).goPanic,
		"io.Copy io.CopyN io.CopyBuffer": (*interp).copiesStream,
		"builtin.len builtin.cap builtin.delete builtin.close builtin.print builtin.println builtin.recover builtin.clear builtin.min builtin.max": (*interp).givesNothing,
	})
	for ref := range decoders {
		out[ref] = (*interp).decodes
	}
	for ref := range formats {
		out[ref] = (*interp).goFormat
	}
	for ref, at := range readers {
		out[ref] = func(_ *interp, c call) (*Value, bool) { return c.args.get(at), true }
	}
	return out
}

// goNative are the parts of Go and its standard library that rows can't tell of.
func (in *interp) goNative(c call) (*Value, bool) {
	ref := c.callee.ref
	in.readsRecord(c.f, c.e, c.recv, ref, c.args)
	in.savesWhole(c.f, c.e, ref, c.args)
	in.ofPage(c.f, c.e, ref, c.args)
	if v := in.collected(c.f, c.e, ref, c.args); v != nil {
		return v, true
	}
	in.p.ownChecks = in.p.ownChecks || ownChecks.MatchString(ref)
	if byTags.MatchString(ref) {
		in.checkedByTags(c.args.get(len(c.args.list)-1), false, 0)
	}
	if v, ok := in.scoped(c); ok {
		return v, true
	}
	if v := in.goQuery(c.f, c.e, c.recv, ref, c.args); v != nil {
		return v, true
	}
	if follow := in.p.models.natives.ofGo[ref]; follow != nil {
		if v, ok := follow(in, c); ok {
			return v, true
		}
	}
	if at, ok := fromEnvironment[goBase(ref)]; ok {
		if x := c.args.get(at); x.class != nil && !x.isType {
			in.settings(x, 0)
		}
		return &Value{}, true
	}
	switch goBase(ref) {
	case "github_com/caarlos0/env.ParseAs", "github_com/caarlos0/env.ParseAsWithOptions":
		return in.settingsAs(c.f, c.e), true
	case "github_com/caarlos0/env.Must":
		return goResult(c.args.get(0)), true
	}
	if v, ok := in.sameInGo(c); ok {
		return v, true
	}
	if v, ok := in.inContext(c); ok {
		return v, true
	}
	if strings.HasPrefix(ref, lambdaRuntime) && in.starting != nil {
		in.started(c.f, ref, c.args)
		return nothing, true
	}
	return in.goServer(c.f, c.e, c.recv, ref, c.args)
}

// sameInGo are functions that give what they get, perhaps in another type.
func (in *interp) sameInGo(c call) (*Value, bool) {
	ref := c.callee.ref
	switch {
	case watches(ref) && len(c.args.list) > 0 && !strings.HasPrefix(lastPart(ref), "Add"): // what is added to a trace does not come back
		return c.args.get(0), true
	case inOtherType(ref):
		return inType(ref, c.args.get(0)), true
	case c.e.X.Kind == ir.Member && c.e.X.Str == "FileInfo" && len(c.args.list) == 0 && c.recv != nil && len(c.recv.taints) > 0: // its name has no folders
		return &Value{taints: cleanedBy(c.recv, []string{"path-traversal"}).taints}, true
	case strings.HasPrefix(ref, "builtin.") && harmlessGo[strings.TrimPrefix(ref, "builtin.")]: // int64(x)
		v := checked(c.args.get(0))
		v.numbers = c.args.get(0).numbers
		return v, true
	}
	return nil, false
}

// inType is a value as a function gives it that makes another type of it.
func inType(ref string, v *Value) *Value {
	if strings.HasPrefix(ref, "bytes.NewBuffer") { // what is written to it joins what it begins with
		return &Value{ref: "bytes.Buffer()", taints: v.all(), prefix: v.text + v.prefix, json: v.json}
	}
	if strings.HasSuffix(ref, "NewDecoder") {
		return &Value{ref: ref + "()", taints: v.all(), json: v.json}
	}
	if _, name := cutLast(ref); strings.HasPrefix(name, "Marshal") {
		return goJSON(v, 0)
	}
	return v
}

// givesNothing are functions of which the result does no harm.
func (in *interp) givesNothing(call) (*Value, bool) { return &Value{}, true }

// decodes fills the variable that a decoder is given.
func (in *interp) decodes(c call) (*Value, bool) {
	in.decode(c.f, c.e, decoders[c.callee.ref], c.recv, c.args)
	return &Value{}, true
}

// goFormat: fmt.Sprintf("%s of %s", name, shop), and errors that are made so.
func (in *interp) goFormat(c call) (*Value, bool) {
	at := formats[c.callee.ref]
	values := c.args.list[min(at+1, len(c.args.list)):]
	if c.args.rest != nil {
		values = append(slices.Clone(values), c.args.rest)
	}
	out := in.formatted(c.f, c.args.get(at), "%", filling{parts: values, rest: c.args.rest}, c.e.At)
	out = wrapped(c.args.get(at), out, values)
	if len(values) == 1 && oneHole.MatchString(c.args.get(at).text) {
		out.numbers = values[0].numbers
	}
	return out, true
}

// goSprint: fmt.Sprint(total), which writes a number as it is.
func (in *interp) goSprint(c call) (*Value, bool) {
	return c.args.get(0), len(c.args.list) == 1 && len(c.args.get(0).numbers) > 0
}

// fieldOfLog is a value as a log writes it: as JSON, where it does not say itself how it is written.
func (in *interp) fieldOfLog(c call) (*Value, bool) {
	v := c.args.get(1)
	if v.class == nil || !v.class.tellsItself() {
		v = goJSON(v, 0)
	}
	return v, true
}

// goSplit: strings.Split(token, ".").
func (in *interp) goSplit(c call) (*Value, bool) {
	if !c.args.get(1).known || c.args.get(1).text != "." || len(c.args.get(0).taints) == 0 {
		return nil, false
	}
	out := in.sections(c.f, c.args.get(0), c.e.At)
	out.ref = c.callee.ref + "()"
	return out, true
}

func (in *interp) goJoin(c call) (*Value, bool) {
	out := in.joinedList(c.f, c.args.get(0), c.args.get(1), c.e.At)
	return out, out != nil
}

// marshalled is a value as JSON.
func (in *interp) marshalled(c call) (*Value, bool) {
	written := goJSON(c.args.get(0), 0)
	return &Value{taints: in.stepped(c.f, inJSON(written), c.e.At, intoJSON), json: written}, true
}

func (in *interp) registersForGob(call) (*Value, bool) {
	in.p.registered = true
	return &Value{}, true
}

func (in *interp) goAppend(c call) (*Value, bool) {
	out := *c.args.get(0)
	out.shared, out.known = false, false
	out.fields = mapsClone(out.fields)
	for _, v := range c.args.list[min(1, len(c.args.list)):] {
		out.add(v, []*Value{v})
	}
	if c.args.rest != nil {
		out.add(c.args.rest, nil)
	}
	return &out, true
}

func (in *interp) goCopy(c call) (*Value, bool) {
	if to := c.args.get(0); to != nothing && !to.shared {
		to.taints = addTaints(to.taints, c.args.get(1).all())
	}
	return &Value{}, true
}

func (in *interp) goPanic(c call) (*Value, bool) {
	in.thrown = join(in.thrown, c.args.get(0))
	return nothing, true
}

func (in *interp) copiesStream(c call) (*Value, bool) {
	if c.args.get(0).ref == responseWriter {
		in.writesAnswer(c.f, c.e, "Copy", c.args.get(0), []*Value{c.args.get(1)})
	}
	in.copies(c.args.get(0), c.args.get(1))
	return &Value{}, true
}

// filesOfGo are files that can be written.
var filesOfGo = set("os.Create() os.CreateTemp() os.OpenFile()")

// copies lets what is read be in what it is written to: a text in memory, or a file, which is perhaps opened later.
func (in *interp) copies(to, from *Value) {
	switch {
	case fills[to.ref] && !to.shared:
		to.taints = addTaints(to.taints, from.all())
	case filesOfGo[to.ref]:
		in.downloaded = addTaints(in.downloaded, from.all())
	}
}

// lambdaRuntime is the package that gives handlers to the platform.
const lambdaRuntime = "github_com/aws/aws-lambda-go/lambda."

// started notes what main gives to the runtime.
func (in *interp) started(f frame, ref string, args *arguments) {
	v := args.get(0)
	if strings.HasSuffix(ref, "WithContext") {
		v = args.get(1)
	}
	if v.class != nil && len(v.fns) == 0 { // its method Invoke
		v = in.member(f, v, "Invoke", 0)
	}
	in.starting.started = join(in.starting.started, v)
}
