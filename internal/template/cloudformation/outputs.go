package cloudformation

import "wardlet.example/internal/model"

// Outputs works out what the template gives to other stacks, in order.
func (t *Template) Outputs() []model.Output {
	var out []model.Output
	for _, f := range t.Root.Get("Outputs").Fields {
		if f.Value.Kind != model.Map {
			continue
		}
		out = append(out, model.Output{
			Name: f.Key, Export: t.Resolve(f.Value.Path("Export", "Name")), Value: t.Resolve(f.Value.Get("Value")),
			Origin: model.Origin{Pos: f.At, Via: f.Value.Origin.Via},
		})
	}
	return out
}

// Give sets a parameter to what the stack that this one is nested in passes. Call it before anything is worked out.
func (t *Template) Give(parameter string, v *model.Value) { t.params[parameter] = v }

// fromStore is a value that the SSM parameter store holds at deployment.
func fromStore(name *model.Value, reason string, at model.Origin) *model.Value {
	if name.IsSet() != model.Yes {
		return model.NewPresent(reason, at)
	}
	return model.NewElsewhere(model.FromStore, name, reason, at)
}

// fromCaller is the value of a parameter that whoever deploys the template must give.
func fromCaller(name string, at model.Origin) *model.Value {
	return model.NewElsewhere(model.FromCaller, model.NewString(name, at), "parameter "+name+" has no default", at)
}
