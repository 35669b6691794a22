package cloudformation

import (
	"strings"

	"wardlet.example/internal/model"
)

// local says for each type which property names a file beside the template that `aws cloudformation package` uploads, and
// which property its content stands for. (AWS CLI, "cloudformation package")
var local = map[string]struct{ path, content string }{
	"AWS::ApiGateway::RestApi":         {"BodyS3Location", "Body"},
	"AWS::ApiGatewayV2::Api":           {"BodyS3Location", "Body"},
	"AWS::StepFunctions::StateMachine": {"DefinitionS3Location", "Definition"},
}

// ReadLocal puts the content of a file beside the template in the place of its path. What is not there is left as it is,
// and told.
func (t *Template) ReadLocal(r *model.Resource) {
	where := local[r.Type]
	at := r.Props.Get(where.path)
	name, ok := at.Scalar()
	if where.path == "" || !ok || t.Load == nil || strings.Contains(name, "://") || r.Props.Get(where.content).Kind != model.Absent {
		return
	}
	content, err := t.Load(name)
	switch {
	case err != nil:
		t.incomplete(at.Origin, "the file "+name+" cannot be read: "+err.Error(), "check the path")
		return
	case content == nil:
		return
	}
	fields := make([]model.Field, 0, len(r.Props.Fields))
	for _, f := range r.Props.Fields {
		if f.Key == where.path {
			f.Key, f.Value = where.content, t.Resolve(content)
		}
		fields = append(fields, f)
	}
	r.Props = model.NewMap(fields, r.Props.Origin)
}
