package cloudformation

import (
	"path"
	"slices"
	"strings"

	"wardlet.example/internal/model"
)

const (
	maxIncludes = 10  // how deep files may include files
	maxIncluded = 500 // how often one template may include a file
)

// include recognises the call of AWS::Include and gives the location of its file.
func include(transform *model.Value) (*model.Value, bool) {
	if name, _ := transform.Get("Name").Scalar(); name != "AWS::Include" {
		return nil, false
	}
	return transform.Path("Parameters", "Location"), true
}

// include is what an included file puts beside the other fields of a map, or in place of the map where it stands alone
// in it; otherwise it says why the file is not there.
func (u *unroller) include(in, location *model.Value, levels int) ([]model.Field, *model.Value, string) {
	file, content, why := u.read(u.t.Resolve(location))
	if why != "" {
		return nil, nil, why
	}
	u.included++
	if u.values -= int(content.Size); u.values < 0 || u.included > maxIncluded {
		return nil, nil, "the included files are too many or too large"
	}
	u.files = append(u.files, file)
	v := u.value(content, levels)
	u.files = u.files[:len(u.files)-1]
	switch {
	case v.Kind == model.Map:
		return v.Fields, nil, ""
	case v.Kind == model.Absent:
		return nil, nil, ""
	case v.Kind == model.Unknown:
		return nil, nil, v.Str
	case len(in.Fields) == 1 && levels == 0:
		return nil, v, ""
	}
	return nil, nil, "the included file " + file + " is no map"
}

// read loads an included file; otherwise it says why that cannot be done.
func (u *unroller) read(location *model.Value) (file string, content *model.Value, why string) {
	s, ok := location.Scalar()
	switch {
	case !ok:
		return "", nil, notKnown("the Location of AWS::Include", location)
	case strings.Contains(s, "://"):
		return "", nil, "the included file " + s + " is not in the repository"
	case u.t.Load == nil:
		return "", nil, "the included file " + s + " is not read"
	}
	file = path.Clean(s)
	switch {
	case slices.Contains(u.files, file):
		u.t.warn(location.Origin, "the file "+file+" includes itself", "break the cycle")
		return "", nil, "the file " + file + " includes itself"
	case len(u.files) >= maxIncludes:
		return "", nil, "files include files too deeply"
	}
	content, err := u.t.Load(s)
	switch {
	case err != nil:
		u.t.warn(location.Origin, "the included file "+s+" cannot be read: "+err.Error(), "check the path")
		return "", nil, "the included file " + s + " cannot be read: " + err.Error()
	case content == nil:
		return "", nil, "the included file " + s + " is not read"
	}
	return file, content, ""
}

// topLevel puts files that are included at the top of the template where they belong: their sections beside those of the
// template. An entry that both have is the template's.
func (u *unroller) topLevel(root *model.Value) *model.Value {
	if root.Kind != model.Map {
		return root
	}
	for _, f := range root.Fields {
		if f.Key != "Transform" && f.Key != "Fn::Transform" {
			continue
		}
		for _, transform := range f.Value.Elements() {
			location, ok := include(transform)
			if !ok {
				continue
			}
			_, content, why := u.read(u.t.Resolve(location))
			if why != "" {
				u.t.incomplete(transform.Origin, "AWS::Include is not worked out, so what it makes is not seen: "+why, "")
				continue
			}
			root = withSections(root, content)
		}
	}
	return root
}

func withSections(root, more *model.Value) *model.Value {
	fields := append([]model.Field{}, root.Fields...)
	for _, f := range more.Fields {
		i := slices.IndexFunc(fields, func(g model.Field) bool { return g.Key == f.Key })
		switch {
		case i < 0:
			fields = append(fields, f)
		case fields[i].Value.Kind == model.Map && f.Value.Kind == model.Map:
			fields[i].Value = withEntries(fields[i].Value, f.Value)
		}
	}
	return model.NewMap(fields, root.Origin)
}

func withEntries(section, more *model.Value) *model.Value {
	there := make(map[string]bool, len(section.Fields))
	for _, f := range section.Fields {
		there[f.Key] = true
	}
	fields := append([]model.Field{}, section.Fields...)
	for _, f := range more.Fields {
		if !there[f.Key] {
			fields = append(fields, f)
		}
	}
	return model.NewMap(fields, section.Origin)
}
