package expr

import (
	"strings"
	"testing"

	"wardlet.example/internal/model"
)

// The constructors below write template values briefly.

func str(s string) *model.Value       { return model.NewString(s, model.Origin{}) }
func number(n int) *model.Value       { return model.NewInt(n, model.Origin{}) }
func truth(b bool) *model.Value       { return model.NewBool(b, model.Origin{}) }
func nothing() *model.Value           { return model.NewAbsent(model.Origin{}) }
func resource(id string) *model.Value { return model.NewRef(id, "Arn", model.Origin{}) }

func seq(items ...*model.Value) *model.Value { return model.NewList(items, model.Origin{}) }

func parts(items ...*model.Value) *model.Value { return model.NewText(items, model.Origin{}) }

// fields makes a map of key, value, key, value ...
func fields(keysAndValues ...any) *model.Value {
	var out []model.Field
	for i := 0; i < len(keysAndValues); i += 2 {
		out = append(out, model.Field{Key: keysAndValues[i].(string), Value: keysAndValues[i+1].(*model.Value)})
	}
	return model.NewMap(out, model.Origin{})
}

// oneOf is a value by label: oneOf("Stage", "dev", a, "prod", b). The first holds by default.
func oneOf(variable string, labelsAndValues ...any) *model.Value {
	var choices []model.Choice
	for i := 0; i < len(labelsAndValues); i += 2 {
		choices = append(choices, model.Choice{Label: labelsAndValues[i].(string), Value: labelsAndValues[i+1].(*model.Value)})
	}
	return model.NewOneOf(variable, choices, 0, model.Origin{})
}

func unknown(reason string) *model.Value { return model.NewUnknown(reason, model.Origin{}) }
func present(reason string) *model.Value { return model.NewPresent(reason, model.Origin{}) }

func newEnv(t testing.TB, vars ...string) *Env {
	t.Helper()
	e, err := New(vars)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func compile(t testing.TB, e *Env, src string) *Program {
	t.Helper()
	p, err := e.Compile(src)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return p
}

// only is the scope of one variable.
func only(name string, v *model.Value) Scope {
	return func(asked string) *model.Value {
		if asked == name {
			return v
		}
		return nil
	}
}

// ask evaluates an expression about x, with the uncertain values numbered as in a workspace, and writes the verdict in
// one line: yes, no, unknown: causes, yes when Stage=prod, error.
func ask(t testing.TB, src string, x *model.Value) string {
	t.Helper()
	return asked(t, compile(t, newEnv(t, "x"), src), x)
}

func asked(t testing.TB, p *Program, x *model.Value) string {
	t.Helper()
	w := &model.Workspace{Apps: []*model.App{{Resources: []*model.Resource{{Props: x}}}}}
	w.Number()
	v, err := p.Eval(only("x", x), w.Uncertain)
	if err != nil {
		return "error"
	}
	return line(v)
}

func line(v Verdict) string {
	switch {
	case v.State == model.Maybe:
		var causes []string
		for _, c := range v.Causes {
			causes = append(causes, cause(c))
		}
		return "unknown: " + strings.Join(causes, ", ")
	case len(v.Worlds) > 0:
		var worlds []string
		for _, w := range v.Worlds {
			worlds = append(worlds, strings.ReplaceAll(strings.TrimSpace(worldKey(w)), "\n", " "))
		}
		return "yes when " + strings.Join(worlds, " or ")
	}
	return v.State.String()
}

func cause(v *model.Value) string {
	if v.Kind == model.Unknown || v.Kind == model.OneOf {
		return v.Str
	}
	return v.String()
}
