package paths

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
)

// request adds the edges of a request to an address of the application: an API, or the URL of a function.
func (g *Graph) request(n *Node, s *dataflow.Send, row *call) {
	for _, v := range s.Params.All(row.on...) {
		url := n.Value(v)
		app, r := n.App.Find(url, "AWS::Lambda::Url", "AWS::VpcLattice::Service", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", "AWS::Serverless::HttpApi", "AWS::AppSync::GraphQLApi")
		if r == nil {
			continue
		}
		chain := []mapping{row.gives, g.rows.deliveries[[2]string{"http", "AWS::Lambda::Function"}].gives}
		receivers := g.answering(app, r, addressPath(url))
		if r.Type == "AWS::AppSync::GraphQLApi" {
			chain[1] = g.rows.deliveries[[2]string{r.Type, "AWS::Lambda::Function"}].gives
			receivers = g.resolving(r, s)
		}
		for _, to := range receivers {
			via := []*model.Resource{r}
			if r.Type == "AWS::Lambda::Url" { // it is the function's own
				via = nil
			}
			g.add(&Edge{
				From: n, To: to, Send: s, Via: via, Kind: "http", Granted: model.Yes, Matches: model.Yes,
				back: func(path []string) [][]string { return compose(path, chain) },
			})
		}
	}
}

// answering are the functions that answer a request.
func (g *Graph) answering(app *model.App, r *model.Resource, path []string) []*Node {
	var out []*Node
	if r.Type == "AWS::Lambda::Url" {
		if in, f := app.Find(r.Props.Get("TargetFunctionArn"), "AWS::Lambda::Function"); f != nil {
			if to := g.node(in, f.ID); to != nil {
				out = append(out, to)
			}
		}
		return out
	}
	if r.Type == "AWS::VpcLattice::Service" {
		return g.behind(app, r)
	}
	for _, n := range g.Nodes {
		for _, t := range n.Function.Triggers {
			if t.Source == r && (t.Kind == model.TriggerHTTP && isRoute(t.Detail, path) || t.Kind == model.TriggerGraphQL) && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

// asksFor is the first field that a query of GraphQL asks for.
var asksFor = regexp.MustCompile(`\{\s*(\w+)`)

// resolving are the functions that answer the fields which the text of a query asks for; none where it is not known.
func (g *Graph) resolving(api *model.Resource, s *dataflow.Send) []*Node {
	query, _ := s.Params.At("Body", "query").Is()
	m := asksFor.FindStringSubmatch(query)
	if m == nil {
		return nil
	}
	var out []*Node
	for _, n := range g.Nodes {
		for _, t := range n.Function.Triggers {
			if t.Kind == model.TriggerGraphQL && t.Source == api && resolves(n.App, t.Via, m[1]) && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

// resolves reports whether a data source is behind a field of its API.
func resolves(app *model.App, source *model.Resource, field string) bool {
	for _, r := range app.Resources {
		if r.Type != "AWS::AppSync::Resolver" || r.Props.Get("FieldName").EqualsText(field) != model.Yes {
			continue
		}
		name := source.Props.Get("Name")
		if _, found := app.Find(r.Props.Get("DataSourceName"), "AWS::AppSync::DataSource"); found == source || model.Equal(name, r.Props.Get("DataSourceName")) == model.Yes {
			return true
		}
	}
	return false
}

// behind are the functions that the listeners of a service of VPC Lattice hand requests to.
func (g *Graph) behind(app *model.App, service *model.Resource) []*Node {
	var out []*Node
	for _, r := range app.Resources {
		if r.Type != "AWS::VpcLattice::Listener" && r.Type != "AWS::VpcLattice::Rule" {
			continue
		}
		if _, of := app.Find(r.Props.Get("ServiceIdentifier"), "AWS::VpcLattice::Service"); of != service {
			continue
		}
		for _, key := range []string{"DefaultAction", "Action"} {
			for _, group := range r.Props.Path(key, "Forward", "TargetGroups").Elements() {
				_, targets := app.Find(group.Get("TargetGroupIdentifier"), "AWS::VpcLattice::TargetGroup")
				if targets == nil {
					continue
				}
				for _, target := range targets.Props.Get("Targets").Elements() {
					if in, f := app.Find(target.Get("Id"), "AWS::Lambda::Function"); f != nil && g.node(in, f.ID) != nil {
						out = append(out, g.node(in, f.ID))
					}
				}
			}
		}
	}
	return out
}

// openLevel is a level of a path that is not known.
const openLevel = "\x00"

// addressPath are the levels of the path of an address, as far as they are known.
func addressPath(v *model.Value) []string {
	var b strings.Builder
	items := []*model.Value{v}
	if v.Kind == model.Text {
		items = v.Items
	}
	for _, p := range items {
		if s, ok := p.Scalar(); ok {
			b.WriteString(s)
		} else {
			b.WriteString(openLevel)
		}
	}
	text := b.String()
	if _, after, ok := strings.Cut(text, "://"); ok {
		text = after
	}
	_, path, _ := strings.Cut(text, "/")
	path, _, _ = strings.Cut(path, "?")
	return strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
}

// parameter is a level of a route that stands for any.
var parameter = regexp.MustCompile(`^\{[^}]*\}$`)

// isRoute reports whether a route can answer requests for a path, which may begin with the name of a stage.
func isRoute(route string, path []string) bool {
	_, route, _ = strings.Cut(route, " ")
	levels := strings.FieldsFunc(route, func(c rune) bool { return c == '/' })
	return fits(levels, path) || len(path) > 0 && fits(levels, path[1:])
}

func fits(route, path []string) bool {
	for i, level := range route {
		if strings.HasSuffix(level, "+}") || level == "$default" {
			return true
		}
		if i >= len(path) || !parameter.MatchString(level) && level != path[i] && path[i] != openLevel {
			return false
		}
	}
	return len(route) == len(path)
}
