package model

// Elsewhere says where a value comes from that another template of the account decides.
type Elsewhere string

// Places that values come from.
const (
	FromExport Elsewhere = "export"    // the export of another stack; the key is its name
	FromOutput Elsewhere = "output"    // an output of another stack; the key is STACK.OUTPUT
	FromStore  Elsewhere = "parameter" // the SSM parameter store; the key is the parameter's name
	FromParent Elsewhere = "parent"    // the stack that this one is nested in; the key is the value as the parent has it
	FromCaller Elsewhere = "caller"    // a parameter of the template; the key is its name
)

// NewElsewhere is an unknown that another template may decide: something is certainly written, and the key says what to ask
// for. Whoever knows all templates can follow it.
func NewElsewhere(from Elsewhere, key *Value, reason string, at Origin) *Value {
	return &Value{
		Kind: Unknown, Present: true, Str: reason, Attr: elsewhereMark + string(from),
		Items: []*Value{key}, Size: addSize(1, key.Size), Origin: at,
	}
}

const elsewhereMark = "elsewhere:"

// Elsewhere tells where the value has to be asked for, and by which key; ok is false for all other values.
func (v *Value) Elsewhere() (from Elsewhere, key *Value, ok bool) {
	if v == nil || v.Kind != Unknown || len(v.Items) != 1 || len(v.Attr) <= len(elsewhereMark) || v.Attr[:len(elsewhereMark)] != elsewhereMark {
		return "", nil, false
	}
	return Elsewhere(v.Attr[len(elsewhereMark):]), v.Items[0], true
}

// Output is one value that a stack gives to others.
type Output struct {
	Name   string // its key in the template
	Export *Value // the name it is exported under; Absent if it is not
	Value  *Value
	Origin Origin
}
