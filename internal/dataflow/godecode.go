package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// goJSON is a value as it is written in JSON: with the names that the tags of its fields say.
func goJSON(v *Value, depth int) *Value {
	if v == nil || depth > deepestType || v.known {
		return v
	}
	if v.class == nil && len(v.fields) == 0 && v.elem == nil {
		return v
	}
	if v.class != nil && v.class.methods["MarshalJSON"] != nil { // how it is written is its own matter
		v = hidden(v)
	}
	c := *v
	c.class, c.kind = nil, nil
	c.elem = goJSON(v.elem, depth+1)
	if v.fields != nil {
		c.fields = map[string]*Value{}
	}
	names := map[string]ir.Field{}
	if v.class != nil {
		c.isDict = true
		for _, field := range v.class.def.Fields {
			names[field.Name] = field
		}
	}
	for k, x := range sorted(v.fields) {
		field := names[k]
		inner := goJSON(x, depth+1)
		switch {
		case field.JSON == "-":
		case field.Embedded && field.JSON == "" && inner != nil:
			for name, y := range sorted(inner.fields) {
				c.fields[name] = y
			}
		default:
			c.fields[orElse(field.JSON, k)] = inner
		}
	}
	return &c
}

// decoders are functions that fill a variable: where their source stands, and the variable. A source of -1 is the receiver.
var decoders = map[string][2]int{
	"encoding/json.Unmarshal": {0, 1}, "encoding/json.NewDecoder().Decode": {-1, 0}, "encoding/xml.Unmarshal": {0, 1}, "encoding/xml.NewDecoder().Decode": {-1, 0},
	"encoding/gob.NewDecoder().Decode": {-1, 0},
	"gopkg_in/yaml_v3.Unmarshal":       {0, 1}, "gopkg_in/yaml_v2.Unmarshal": {0, 1}, "github_com/goccy/go-json.Unmarshal": {0, 1}, "github_com/json-iterator/go.Unmarshal": {0, 1},
	"github_com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue.UnmarshalMap":        {0, 1},
	"github_com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue.UnmarshalListOfMaps": {0, 1},
	"github_com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue.Unmarshal":           {0, 1},
	"github_com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute.UnmarshalMap":        {0, 1},
	"github_com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute.UnmarshalListOfMaps": {0, 1},
	"github_com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute.Unmarshal":           {0, 1},
	"github_com/mitchellh/mapstructure.Decode":                                         {0, 1},
	"github_com/gin-gonic/gin.Context().ShouldBindJSON":                                {-1, 0}, "github_com/gin-gonic/gin.Context().BindJSON": {-1, 0}, "github_com/gin-gonic/gin.Context().Bind": {-1, 0},
	"github_com/gin-gonic/gin.Context().ShouldBind": {-1, 0}, "github_com/gin-gonic/gin.Context().ShouldBindQuery": {-1, 0}, "github_com/gin-gonic/gin.Context().ShouldBindUri": {-1, 0},
	"github_com/labstack/echo.Context().Bind": {-1, 0}, "github_com/gofiber/fiber.Ctx().BodyParser": {-1, 0}, "github_com/gofiber/fiber.Ctx().QueryParser": {-1, 0},
	"github_com/go-chi/render.DecodeJSON":               {0, 1},
	"go_mongodb_org/mongo-driver/bson.UnmarshalExtJSON": {0, 2}, "go_mongodb_org/mongo-driver/bson.Unmarshal": {0, 1},
	"github_com/bytedance/sonic.Unmarshal": {0, 1}, "github_com/bytedance/sonic.UnmarshalString": {0, 1}, "github_com/segmentio/encoding/json.Unmarshal": {0, 1},
	"github_com/goccy/go-yaml.Unmarshal": {0, 1}, "sigs_k8s_io/yaml.Unmarshal": {0, 1}, "github_com/go-viper/mapstructure.Decode": {0, 1},
	"github_com/gorilla/schema.NewDecoder().Decode": {1, 0}, "github_com/go-playground/form.NewDecoder().Decode": {1, 0},
	"github_com/gofiber/fiber.Ctx().ParamsParser": {-1, 0}, "github_com/gofiber/fiber.Ctx().ReqHeaderParser": {-1, 0}, "github_com/gofiber/fiber.Ctx().CookieParser": {-1, 0},
	"github_com/gin-gonic/gin.Context().BindQuery": {-1, 0}, "github_com/gin-gonic/gin.Context().BindUri": {-1, 0}, "github_com/gin-gonic/gin.Context().ShouldBindHeader": {-1, 0},
}

// fromEnvironment are functions that fill a struct from the environment, and where that stands.
var fromEnvironment = map[string]int{
	"github_com/caarlos0/env.Parse": 0, "github_com/caarlos0/env.ParseWithOptions": 0, "github_com/kelseyhightower/envconfig.Process": 1,
	"github_com/kelseyhightower/envconfig.MustProcess": 1, "github_com/sethvargo/go-envconfig.Process": 1, "github_com/ilyakaznacheev/cleanenv.ReadEnv": 0,
	"github_com/Netflix/go-env.UnmarshalFromEnviron": 0,
}

// goBase is the path of a function without what package paths have for their version at the end.
func goBase(ref string) string {
	pkg, name := cutLast(ref)
	return versionSuffix.ReplaceAllString(pkg, "") + "." + name
}

// settings fills the fields of a struct that say from which setting.
func (in *interp) settings(x *Value, depth int) {
	if x.class == nil || depth > 3 {
		return
	}
	for _, field := range x.class.def.Fields {
		if inner := x.fields[field.Name]; inner != nil && inner.class != nil {
			in.settings(inner, depth+1)
		} else if field.Env != "" && len(x.fields) < maxFields {
			x.fields[field.Name] = &Value{ref: settingMark + field.Env}
		}
	}
}

// settingsAs is a struct of the type that a call says, filled from the environment: env.ParseAs[config]().
func (in *interp) settingsAs(f frame, e *ir.Expr) *Value {
	t := e.X.Y
	if e.Y != nil && len(e.Y.List) > 0 {
		t = e.Y.List[0]
	}
	v := orNothing(in.goTyped(f, &Value{}, t, e.At, 0))
	in.settings(v, 0)
	return v
}

// decode fills a variable with what is decoded.
func (in *interp) decode(f frame, e *ir.Expr, at [2]int, recv *Value, args *arguments) {
	source := orNothing(recv)
	if at[0] >= 0 {
		source = args.get(at[0])
	} else if len(source.taints) == 0 && source.json == nil && isRouter(source.ref) { // of a request
		source = in.ofRequest(f, e.At)
	}
	if at[1] >= len(e.List) {
		return
	}
	if strings.Contains(textOf(e.X), "Unmarshal") && (len(source.fields) > 0 || source.elem != nil) && source.json == nil { // an item: it is no text
		in.fill(f, e.List[at[1]], args.get(at[1]), source, e.At)
		in.holdStored(in.quiet(f, e.List[at[1]]), source, e.At)
		return
	}
	in.decodesOutside(f, e, source)
	in.choosesTypes(f, e, recv, source)
	x := in.parsed(f, e, source)
	args.get(at[1]).readsOver(f, source, e.At)
	in.fill(f, e.List[at[1]], args.get(at[1]), x, e.At)
	in.holdStored(in.quiet(f, e.List[at[1]]), source, e.At)
	if recv != nil && strings.HasPrefix(recv.ref, "github_com/gin-gonic/gin.") {
		in.checkedByTags(args.get(at[1]), true, 0)
	}
}

// choosesTypes tells of gob that an outsider wrote, in a program that has registered types for interfaces: who writes it says of which of them
// the values are whose methods are called.
func (in *interp) choosesTypes(f frame, e *ir.Expr, recv, source *Value) {
	if recv != nil && recv.ref == "encoding/gob.NewDecoder()" && in.p.registered {
		in.hit(f, e.At, "deserialization", "gob.Decoder.Decode", source.taints, true)
	}
}

// decodesOutside notes a call that reads what an outsider sent into a variable.
func (in *interp) decodesOutside(f frame, e *ir.Expr, source *Value) {
	if len(source.taints) > 0 && in.st == nil && in.proving == 0 && !slices.ContainsFunc(in.decoded, func(c Called) bool { return c.File == f.file && c.At == e.At }) {
		in.decoded = append(in.decoded, Called{Ref: textOf(e.X), File: f.file, At: e.At, Expr: e})
	}
}

// bounding are parts of tags that say how much a field may be, or which of some it is.
var bounding = regexp.MustCompile(`(^|[,|])(min|max|gte?|lte?|len|oneof|eq|eq_ignore_case|[a-z]*field)=`)

// ofSome are those that say which of some it is.
var ofSome = regexp.MustCompile(`(^|[,|])(oneof|eq|eq_ignore_case|[a-z]*field)=`)

// byTags are the methods of validators that check a struct by its tags.
var byTags = regexp.MustCompile(`^github_com/go-playground/validator\..*\.Struct(Ctx)?$|^github_com/labstack/echo\.Context\(\)\.Validate$`)

// saysNoAmount are tags that ask of a number that it is there, and let negative ones pass.
var saysNoAmount = regexp.MustCompile(`^((required|omitempty|omitzero|numeric|number|-)(,|$))*$`)

// signedTypes are those of numbers that can be negative.
var signedTypes = set("int int8 int16 int32 int64 float32 float64")

// isSigned reports whether a field is declared to hold a number that can be negative.
func isSigned(kind *ir.Expr) bool {
	return kind != nil && kind.Kind == ir.Name && signedTypes[kind.Str]
}

// ownChecks is how a program teaches a validator to check a struct by a function of its own.
var ownChecks = regexp.MustCompile(`^github_com/go-playground/validator\..*\.RegisterStructValidation(Ctx|MapRules)?$`)

// ofForm are parts of tags that say which form a text has.
var ofForm = regexp.MustCompile(`(^|[,|])(email|e164|uuid\w*|ulid|url|uri|http_url|ip\w*|datetime|iso\w*|bcp47\w*|postcode\w*|credit_card|mongodb|numeric|number|boolean|hex\w*|base64\w*|jwt|cron|fqdn|hostname\w*)($|[,|=])`)

// checkedByTags notes what Gin, or a validator, asks of the fields of a struct while it reads a request, by their tags. Gin reads those of its
// own, unless the program has put another validator into it.
func (in *interp) checkedByTags(v *Value, byGin bool, depth int) {
	if v == nil || v.class == nil || depth > deepestType || in.st != nil {
		return
	}
	for _, field := range v.class.def.Fields {
		x := v.fields[field.Name]
		if x == nil {
			continue
		}
		checks := field.Checks
		if byGin && !in.p.ownBinding {
			checks = field.Binds
		} else if checks == "" {
			checks = field.Binds // of a validator that was told to read these
		}
		checks, ofEach, _ := strings.Cut(checks, ",dive") // what stands behind it is asked of the elements
		if in.checkedByTag(x, field.Type, checks) {
			in.looked.saysText(x.taints, Step{v.class.file(frame{}), field.Type.At, "`" + field.Name + "` may be a text of any length here"})
		}
		if !byGin && isSigned(field.Type) && saysNoAmount.MatchString(checks) && !in.p.ownChecks {
			mark(&in.looked.loose, x.taints, x.allNumbers(0))
		}
		if x.elem != nil {
			in.checkedByTag(x.elem, nil, ofEach)
		}
		in.checkedByTags(x, byGin, depth+1)
		in.checkedByTags(x.elem, byGin, depth+1)
	}
}

// checkedByTag notes what the tag of a field asks of it, and reports whether that lets texts of any length through.
func (in *interp) checkedByTag(x *Value, kind *ir.Expr, checks string) (endless bool) {
	if checks != "" {
		mark(&in.looked.asked, x.all(), x.allNumbers(0))
	}
	isText := kind != nil && kind.Kind == ir.Name && kind.Str == "string"
	switch {
	case isText && bounding.MatchString(checks) && !ofSome.MatchString(checks): // how long it is, not how much
		in.limited(x.taints)
	case bounding.MatchString(checks):
		mark(&in.looked.bounds, x.taints, x.allNumbers(0))
		in.limited(x.taints)
	case ofForm.MatchString(checks):
		in.limited(x.taints)
	case checks != "" && isText:
		mark(&in.looked.texts, x.taints)
		return true
	}
	return false
}

// fill sets a variable, or what a pointer leads to, to a value that it is declared to hold.
func (in *interp) fill(f frame, target *ir.Expr, now, x *Value, at int32) {
	kind := now.kind
	if now.class != nil && !now.isType {
		x = in.goStruct(now.class, x, at, 0)
	} else if kind != nil {
		x = in.goTyped(kind.f, x, kind.t, at, 0)
	}
	if now == nothing || now.shared || kind == nil && now.class == nil {
		if in.fillsLasting(f, target, now, x, at) && in.st != nil {
			return
		}
		if target.Kind == ir.Name || target.Kind == ir.Member || target.Kind == ir.Index {
			in.bind(f, target, x, false)
		}
		return
	}
	now.holdsAll(x)
	in.isFilled(now)
}

// fillsLasting puts what is decoded into a struct that outlasts the invocation, and reports whether it is one. A decoder leaves the fields as
// they were that are missing in what it reads, so that none of them is certainly written.
func (in *interp) fillsLasting(f frame, target *ir.Expr, now, x *Value, at int32) bool {
	if now.class == nil || now.isType || !in.isLasting(now) || !in.isNoCopy(target) {
		return false
	}
	in.standsAt(f, at)
	for name, field := range sorted(x.fields) {
		if in.st == nil {
			in.assign(f, now, name, field, at)
		} else {
			in.appends(place{object: in.st.original(now), name: name}, field)
		}
	}
	return true
}

// isNoCopy reports whether what a pointer leads to certainly is the struct that a variable outside of all functions holds, or a field of one, and
// no copy of it that a function has made for itself: now := defaults. A parameter is what the call gives for it.
func (in *interp) isNoCopy(target *ir.Expr) bool {
	for n := len(in.stack) - 1; n >= 0; n-- {
		root := target
		for root.Kind == ir.Member {
			root = root.X
		}
		if root.Kind != ir.Name {
			return false
		}
		i := slices.IndexFunc(in.stack[n].Params, func(p *ir.Expr) bool { return parameterName(p) == root.Str })
		if i < 0 {
			_, own := in.running[n].own(root.Str)
			return !own && in.overlay[in.running[n]][root.Str] == nil
		}
		if root != target {
			return true
		}
		if n == 0 {
			return false
		}
		if target = argumentAt(in.stack[n-1], in.sites[n].at, i); target == nil {
			return false
		}
	}
	return false
}

// argumentAt is the argument that a function gives to a call of it that stands at a place; nil where it is not known.
func argumentAt(fn *ir.Func, at int32, i int) *ir.Expr {
	var found *ir.Expr
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Call && e.At == at && len(e.List) > i {
			found = e.List[i]
		}
		return found == nil
	})
	return found
}
