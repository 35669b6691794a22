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

// splits are functions that take a text apart where another one stands in it.
var splits = set("strings.Split strings.SplitN strings.Cut bytes.Split bytes.SplitN bytes.Cut")

// oneHole is a format that writes one value and nothing else.
var oneHole = regexp.MustCompile(`^%[-+ 0-9.]*[dvsfg]$`)

// fieldsOfLogs are functions that make a field of a line of a log of a value of any kind, which is written as JSON.
var fieldsOfLogs = set("log/slog.Any go_uber_org/zap.Any go_uber_org/zap.Reflect go_uber_org/zap.Object go_uber_org/zap.Array")

// readers are functions that read what they get as it is, and where that stands.
var readers = map[string]int{"net/http.MaxBytesReader": 1, "io.LimitReader": 0, "io.TeeReader": 0, "bufio.NewReaderSize": 0}

// inQueries are the rules for which a text that is written into a query is harmless.
var inQueries = []string{"ssrf", "open-redirect", "path-traversal", "html-response", "header-injection", "log-injection", "object-key"}

// goNative are the parts of Go and its standard library that rows can't tell of.
func (in *interp) goNative(f frame, e *ir.Expr, recv, callee *Value, args *arguments) (*Value, bool) {
	ref := callee.ref
	in.readsRecord(f, e, ref, args)
	in.savesWhole(f, e, ref, args)
	if v := in.collected(f, e, ref, args); v != nil {
		return v, true
	}
	if byTags.MatchString(ref) {
		in.checkedByTags(args.get(len(args.list)-1), 0)
	}
	if at, ok := decoders[ref]; ok {
		in.decode(f, e, at, recv, args)
		return &Value{}, true
	}
	if at, ok := formats[ref]; ok {
		values := args.list[min(at+1, len(args.list)):]
		if args.rest != nil {
			values = append(slices.Clone(values), args.rest)
		}
		out := in.formatted(f, args.get(at), "%", values, e.At)
		out = wrapped(args.get(at), out, values)
		if len(values) == 1 && oneHole.MatchString(args.get(at).text) {
			out.numbers = values[0].numbers
		}
		return out, true
	}
	if ref == "fmt.Sprint" && len(args.list) == 1 && len(args.get(0).numbers) > 0 {
		return args.get(0), true
	}
	if v := args.get(1); fieldsOfLogs[ref] && (v.class == nil || !v.class.tellsItself()) {
		return goJSON(v, 0), true
	} else if fieldsOfLogs[ref] {
		return v, true
	}
	if splits[ref] && args.get(1).known && args.get(1).text == "." && len(args.get(0).taints) > 0 {
		out := in.sections(f, args.get(0), e.At)
		out.ref = ref + "()"
		return out, true
	}
	if ref == "strings.Join" {
		if out := in.joinedList(f, args.get(0), args.get(1), e.At); out != nil {
			return out, true
		}
	}
	if at, ok := fromEnvironment[goBase(ref)]; ok {
		if x := args.get(at); x.class != nil && !x.isType {
			in.settings(x, 0)
		}
		return &Value{}, true
	}
	if marshals[ref] {
		written := goJSON(args.get(0), 0)
		taints := written.asJSON()
		for i, t := range taints {
			u := t.cleaned([]string{"log-injection", "header-injection"})
			if u.isObject() && !u.unsure {
				u.Path += " as JSON"
			}
			taints[i] = u
		}
		return &Value{taints: in.stepped(f, taints, e.At, "is written as JSON"), json: written}, true
	}
	if at, ok := readers[ref]; ok {
		return args.get(at), true
	}
	if watches(ref) && len(args.list) > 0 {
		return args.get(0), true
	}
	if inOtherType(ref) {
		v := args.get(0)
		if strings.HasPrefix(ref, "bytes.NewBuffer") { // what is written to it joins what it begins with
			return &Value{ref: "bytes.Buffer()", taints: v.all(), prefix: v.text + v.prefix, json: v.json}, true
		}
		if strings.HasSuffix(ref, "NewDecoder") {
			return &Value{ref: ref + "()", taints: v.all(), json: v.json}, true
		}
		if _, name := cutLast(ref); strings.HasPrefix(name, "Marshal") {
			v = goJSON(v, 0)
		}
		return v, true
	}
	switch ref {
	case "net/url.Values().Set", "net/url.Values().Add":
		if k := args.get(0); k.known && recv != nil && recv != nothing && !recv.shared && len(recv.fields) < maxFields {
			recv.fields = mapsClone(recv.fields)
			recv.fields[k.text] = join(recv.fields[k.text], args.get(1))
		}
		return &Value{}, true
	case "net/url.Values().Encode":
		return cleanedBy(&Value{taints: in.stepped(f, texts(recv.all()), e.At, intoText)}, inQueries), true
	case "encoding/gob.Register", "encoding/gob.RegisterName":
		in.p.registered = true
		return &Value{}, true
	case "builtin.append":
		out := *args.get(0)
		out.shared, out.known = false, false
		out.fields = mapsClone(out.fields)
		for _, v := range args.list[min(1, len(args.list)):] {
			out.add(v, []*Value{v})
		}
		if args.rest != nil {
			out.add(args.rest, nil)
		}
		return &out, true
	case "builtin.len", "builtin.cap", "builtin.delete", "builtin.close", "builtin.print", "builtin.println", "builtin.recover", "builtin.clear":
		return &Value{}, true
	case "builtin.panic":
		in.thrown = join(in.thrown, args.get(0))
		return nothing, true
	case "builtin.copy":
		if to := args.get(0); to != nothing && !to.shared {
			to.taints = addTaints(to.taints, args.get(1).all())
		}
		return &Value{}, true
	case "builtin.min", "builtin.max":
		return &Value{}, true
	case "io.Copy", "io.CopyN", "io.CopyBuffer":
		in.copies(args.get(0), args.get(1))
		return &Value{}, true
	}
	if e.X.Kind == ir.Member && e.X.Str == "FileInfo" && len(args.list) == 0 && recv != nil && len(recv.taints) > 0 { // its name has no folders
		return &Value{taints: cleanedBy(recv, []string{"path-traversal"}).taints}, true
	}
	if strings.HasPrefix(ref, "builtin.") && harmlessGo[strings.TrimPrefix(ref, "builtin.")] { // int64(x)
		v := checked(args.get(0))
		v.numbers = args.get(0).numbers
		return v, true
	}
	if strings.HasPrefix(ref, lambdaRuntime) && in.starting != nil {
		in.started(f, ref, args)
		return nothing, true
	}
	if v, ok := in.goServer(f, e, recv, ref, args); ok {
		return v, true
	}
	return nil, false
}

// copies lets what is read be in what it is written to: a text in memory, or a file, which is perhaps opened later.
func (in *interp) copies(to, from *Value) {
	switch {
	case fills[to.ref] && !to.shared:
		to.taints = addTaints(to.taints, from.all())
	case to.ref == "os.Create()" || to.ref == "os.CreateTemp()" || to.ref == "os.OpenFile()":
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
