package dataflow

import "strings"

// Records are read together with those that belong to them: {include: [{model: User, as: "user"}]} of Sequelize. What those hold stands under
// their name.

// readsRelated are methods of models of Sequelize whose options say what is read together with a record.
var readsRelated = set("findAll findOne findByPk findOrCreate findAndCountAll")

// holdsOfRelated are the secrets of records that options of a query include, with the name that they stand under before them.
func holdsOfRelated(method string, args *arguments) []string {
	if !readsRelated[method] {
		return nil
	}
	var out []string
	for _, options := range args.list {
		out = append(out, includedIn(options, 0)...)
	}
	return out
}

// includedIn are the secrets of what options include, and of what that includes again.
func includedIn(options *Value, depth int) []string {
	include := orNothing(options).fields["include"]
	if include == nil || depth > deepestJoin {
		return nil
	}
	list := include.Elements()
	if len(include.holds) > 0 || include.fields["model"] != nil {
		list = []*Value{include}
	}
	var out []string
	for _, one := range list {
		model := one
		if one.fields["model"] != nil {
			model = one.fields["model"]
		}
		if one.fields["attributes"] != nil {
			continue
		}
		name := orElse(orNothing(one.fields["as"]).text, model.tableName())
		for _, secret := range append(model.secretsOfModel(), includedIn(one, depth+1)...) {
			if name != "" {
				out = append(out, name+"."+secret)
			}
		}
	}
	return out
}

// secretsOfModel are the secrets that a model of a mapper is declared to have.
func (v *Value) secretsOfModel() []string {
	if v.isType && v.class != nil {
		return append(v.class.columns, secretColumns(v.class)...)
	}
	return v.holds
}

// tableName is the name that a model was defined with; empty where that is not known.
func (v *Value) tableName() string {
	switch {
	case v.isType && v.class != nil:
		return v.class.def.Name
	case strings.HasSuffix(v.ref, ".define()") && len(v.args) > 0:
		return v.args[0].text
	}
	return ""
}
