package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

// Schemas of GraphQL in Go: the functions that answer their fields get arguments, which outsiders send.

// resolver gives the arguments of a function that answers a field.
type resolver func(in *interp, f frame, r *routed, outside func(string) []*Taint) *arguments

// resolves notes a function that answers a field of a schema.
func (in *interp) resolves(f frame, c *closure, at int32, how resolver) {
	in.p.routed = append(in.p.routed, &routed{framework: "go", resolves: how, fn: c, file: f.file.Path, at: at})
}

// resolversOf notes the methods of an object that answer the fields of a type by their names.
func (in *interp) resolversOf(f frame, object *Value, at int32, how resolver) {
	if object.class == nil {
		return
	}
	for name, m := range sorted(object.class.methods) {
		if name != "" && name[0] >= 'A' && name[0] <= 'Z' {
			in.resolves(f, &closure{fn: m.fn, scope: m.scope, this: object}, at, how)
		}
	}
}

// bySchema are the arguments of a method of an object that a schema is read with (graph-gophers): a struct of all arguments.
func bySchema(in *interp, f frame, r *routed, outside func(string) []*Taint) *arguments {
	args := &arguments{}
	for _, p := range r.fn.fn.Params {
		args.list = append(args.list, in.ofGraphQL(f, p, outside("args")))
	}
	return args
}

// byParameters are the arguments of a resolver of gqlgen, one by one behind the context.
func byParameters(in *interp, f frame, r *routed, outside func(string) []*Taint) *arguments {
	args := &arguments{}
	for _, p := range r.fn.fn.Params {
		args.list = append(args.list, in.ofGraphQL(f, p, outside("args."+parameterName(p))))
	}
	return args
}

// belowObject are the arguments of a resolver of gqlgen for a field of an object, which stands before them.
func belowObject(in *interp, f frame, r *routed, outside func(string) []*Taint) *arguments {
	args := byParameters(in, f, r, outside)
	if len(args.list) > 1 {
		args.list[1] = &Value{}
	}
	return args
}

// ofGraphQL is what a parameter of a resolver gets: what the schema lets through, as the type of the parameter has it.
func (in *interp) ofGraphQL(f frame, p *ir.Expr, taints []*Taint) *Value {
	if kind := in.kindOf(f, orUnknown(p.Y)).ref; kind == "context.Context" || strings.HasSuffix(kind, "/graphql.Upload") {
		return &Value{ref: kind + "()"}
	}
	return in.goTyped(f, &Value{taints: typed(taints)}, p.Y, p.At, 0)
}

// ofGQLGen are the methods by which an object of gqlgen gives those that answer the fields of the types where requests begin.
var ofGQLGen = set("Query Mutation Subscription")

// gqlgen notes the resolvers that a schema of gqlgen is made with: Config{Resolvers: &Resolver{...}}. Each method of that object gives the
// object that answers the fields of one type.
func (in *interp) gqlgen(f frame, e *ir.Expr, v *Value) {
	root := orNothing(v.fields["Resolvers"])
	if root.class == nil || lastPart(textOf(orUnknown(e.X))) != "Config" || !root.class.has(ofGQLGen) {
		return
	}
	for name, m := range sorted(root.class.methods) {
		if len(m.fn.Params) > 0 || name == "" || name[0] < 'A' || name[0] > 'Z' {
			continue
		}
		how := belowObject
		if ofGQLGen[name] {
			how = byParameters
		}
		in.resolversOf(f, in.invoke(f, m, root, &arguments{}, e.At), e.At, how)
	}
}

// has reports whether a class has a method of some names.
func (c *class) has(names map[string]bool) bool {
	for name := range c.methods {
		if names[name] {
			return true
		}
	}
	return false
}

// graphQLGo is the package of github.com/graphql-go/graphql.
const graphQLGo = "github_com/graphql-go/graphql."

// graphQLField notes what answers the fields of a type that is written out: graphql.Field{Args: ..., Resolve: ...}, or graphql.Fields of those.
func (in *interp) graphQLField(f frame, v *Value, at int32) {
	switch v.ref {
	case graphQLGo + "Fields()":
		for _, x := range sorted(v.fields) {
			if x.ref == "" {
				in.answersField(f, x, at)
			}
		}
	case graphQLGo + "Field()":
		in.answersField(f, v, at)
	}
}

func (in *interp) answersField(f frame, field *Value, at int32) {
	for _, c := range orNothing(field.fields["Resolve"]).fns {
		in.resolves(f, c, at, func(_ *interp, _ frame, _ *routed, outside func(string) []*Taint) *arguments {
			sent := &Value{taints: typed(outside("args"))}
			if named := orNothing(field.fields["Args"]).fields; len(named) > 0 {
				sent = &Value{fields: map[string]*Value{}, isDict: true}
				for name, a := range sorted(named) {
					sent.fields[name] = ofGraphQLType(&Value{taints: typed(outside("args." + name))}, orNothing(a.fields["Type"]))
				}
			}
			return &arguments{list: []*Value{{ref: graphQLGo + "ResolveParams()", fields: map[string]*Value{"Args": sent}}}}
		})
	}
}

// ofGraphQLType is an argument as its type lets it through.
func ofGraphQLType(x, t *Value) *Value {
	if len(t.args) > 0 { // graphql.NewNonNull(graphql.Int)
		t = t.args[0]
	}
	name := strings.TrimPrefix(t.ref, graphQLGo)
	if !numbersOfGraphQL[name] {
		return x
	}
	v := checked(x)
	if name == "Int" || name == "Float" {
		v.numbers = amounts(x)
	}
	return v
}

// numbersOfGraphQL are types of which no value does harm as a text.
var numbersOfGraphQL = set("Int Float Boolean DateTime")
