package document

import (
	"go.yaml.in/yaml/v3"

	"wardlet.example/internal/model"
)

// builder turns the nodes of the YAML library into values.
type builder struct {
	src     *source
	stand   standIns
	options Options
	max     int // values, aliases expanded
	warn    *warnings
	anchors map[*yaml.Node]*built // by the node that an alias points to; nil while that node is being built
	merged  int                   // fields copied for "<<" so far
}

// built is a value with its height: how many levels lie below it. Aliases share values, so a document of little depth
// can unfold to one of great depth.
type built struct {
	value  *model.Value
	height int
}

// mergeShare is the share of the values of a document that may be copies made by "<<": 1 in mergeShare. Chains of merges
// grow with the square of the file, and need a tighter bound than sharing does.
const mergeShare = 5

func (b *builder) build(n *yaml.Node, depth int) (built, *refusal) {
	switch {
	case depth > maxDepth:
		return built{}, tooDeep(b.pos(n))
	case n.Kind == yaml.AliasNode:
		return b.alias(n, depth)
	case n.Anchor != "":
		return b.anchor(n, depth)
	}
	return b.node(n, depth)
}

// anchor builds a node once and keeps it for its aliases.
func (b *builder) anchor(n *yaml.Node, depth int) (built, *refusal) {
	b.anchors[n] = nil
	v, err := b.node(n, depth)
	b.anchors[n] = &v
	return v, err
}

func (b *builder) alias(n *yaml.Node, depth int) (built, *refusal) {
	at := b.pos(n)
	target, known := b.anchors[n.Alias]
	if !known || target == nil {
		b.warn.add(at, model.Warning, "give the alias another name than the value around it",
			"alias *%s stands inside the value that it names", shorten(n.Value))
		return built{model.NewUnknown("an alias inside the value that it names", model.Origin{Pos: at}), 0}, nil
	}
	if depth+target.height > maxDepth {
		return built{}, tooDeep(at)
	}
	v := target.value
	return built{v.At(v.Origin.Through("alias *"+n.Value, at)), target.height}, nil
}

// node builds a node by itself, with a tag around it where it has one.
func (b *builder) node(n *yaml.Node, depth int) (built, *refusal) {
	key, custom := b.tag(n)
	if !custom {
		return b.content(n, b.origin(n), depth, isQuoted(n) || isTagged(n) && n.Tag == "!!str")
	}
	at := b.origin(n)
	inner, err := b.content(n, model.Origin{Pos: b.contentPos(n)}, depth+1, true)
	if err != nil {
		return built{}, err
	}
	field := model.Field{Key: key, At: at.Pos, Value: inner.value}
	return b.sized(model.NewMap([]model.Field{field}, at), inner.height+1)
}

// tag is the key that the custom tag of a node stands for.
func (b *builder) tag(n *yaml.Node) (key string, custom bool) {
	if !isTagged(n) || isStandardTag(n.Tag) {
		return "", false
	}
	if b.options.Tag != nil {
		if key, ok := b.options.Tag(n.Tag); ok {
			return key, true
		}
	}
	b.warn.add(b.pos(n), model.Warning, "check its spelling; a value that begins with ! must be quoted",
		"tag %s is not known here", shorten(n.Tag))
	return "", false
}

func isTagged(n *yaml.Node) bool { return n.Style&yaml.TaggedStyle != 0 }

func isStandardTag(tag string) bool {
	return tag == "" || tag == "!" || len(tag) > 2 && tag[:2] == "!!"
}

const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle

func isQuoted(n *yaml.Node) bool { return n.Style&quoted != 0 }

// content builds what stands below the tag. A scalar is text where it is quoted or tagged: !Sub 1 means "1".
func (b *builder) content(n *yaml.Node, at model.Origin, depth int, text bool) (built, *refusal) {
	switch n.Kind {
	case yaml.SequenceNode:
		return b.list(n, at, depth)
	case yaml.MappingNode:
		return b.mapping(n, at, depth)
	}
	if text {
		return built{model.NewString(b.stand.restore(n.Value), at), 0}, nil
	}
	return built{plainScalar(b.stand.restore(n.Value), at), 0}, nil
}

func (b *builder) list(n *yaml.Node, at model.Origin, depth int) (built, *refusal) {
	items := make([]*model.Value, len(n.Content))
	height := 0
	for i, c := range n.Content {
		v, err := b.build(c, depth+1)
		if err != nil {
			return built{}, err
		}
		items[i] = v.value
		height = max(height, v.height)
	}
	return b.sized(model.NewList(items, at), height+1)
}

func (b *builder) mapping(n *yaml.Node, at model.Origin, depth int) (built, *refusal) {
	own := fieldSet{list: make([]model.Field, 0, len(n.Content)/2)}
	var merges []merge
	height := 0
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		v, err := b.build(n.Content[i+1], depth+1)
		if err != nil {
			return built{}, err
		}
		height = max(height, v.height)
		if key.Tag == "!!merge" && canMerge(v.value) {
			merges = append(merges, merge{b.pos(key), v.value})
			continue
		}
		if name, ok := b.key(key); ok {
			own.put(model.Field{Key: name, At: b.pos(key), Value: v.value}, b.warn)
		}
	}
	if err := b.applyMerges(&own, merges); err != nil {
		return built{}, err
	}
	return b.sized(model.NewMap(own.list, at), height+1)
}

// key is the text of a map's key. Keys that are no text cannot be used in templates.
func (b *builder) key(n *yaml.Node) (string, bool) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch {
	case n.Kind != yaml.ScalarNode:
		b.warn.add(b.pos(n), model.Warning, "write a text as key; a value that begins with { or [ must be quoted",
			"a list or map stands as a key; the entry is left out")
		return "", false
	case n.Tag == "!!merge":
		b.warn.add(b.pos(n), model.Warning, "write an alias of a map after <<",
			"<< merges maps, and its value is none; it is kept as an ordinary key")
	}
	return b.stand.restore(n.Value), true
}

// merge is one "<<" entry of a map: its place and what it merges.
type merge struct {
	at   model.Pos
	from *model.Value
}

// canMerge reports whether a value may stand after "<<": a map or a list of maps.
func canMerge(v *model.Value) bool {
	if v.Kind == model.List {
		for _, item := range v.Items {
			if item.Kind != model.Map {
				return false
			}
		}
		return true
	}
	return v.Kind == model.Map
}

// applyMerges adds the fields of merged maps that are not there yet: own keys win, then what stands first.
func (b *builder) applyMerges(own *fieldSet, merges []merge) *refusal {
	for _, m := range merges {
		for _, from := range m.from.Elements() {
			if err := b.mergeFields(own, from, m.at); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *builder) mergeFields(own *fieldSet, from *model.Value, at model.Pos) *refusal {
	if b.merged += len(from.Fields); b.merged > b.max/mergeShare {
		return &refusal{at, "merges (<<) unfold to too many values", "merge fewer maps into one another"}
	}
	for _, f := range from.Fields {
		if own.find(f.Key) >= 0 {
			continue
		}
		f.Value = f.Value.At(f.Value.Origin.Through("merge", at))
		own.add(f)
	}
	return nil
}

// sized refuses a value that is too large once its aliases are expanded.
func (b *builder) sized(v *model.Value, height int) (built, *refusal) {
	if int(v.Size) > b.max {
		return built{}, tooManyValues(v.Origin.Pos, b.max)
	}
	return built{v, height}, nil
}

func (b *builder) pos(n *yaml.Node) model.Pos {
	if n.Line > len(b.src.lines) { // something missing at the end of a file without a last line break
		return b.src.pos(len(b.src.text))
	}
	return model.Pos{File: b.src.file, Line: n.Line, Col: n.Column}
}

func (b *builder) origin(n *yaml.Node) model.Origin { return model.Origin{Pos: b.pos(n)} }

// contentPos is where the content of a tagged node begins, after tag and anchor.
func (b *builder) contentPos(n *yaml.Node) model.Pos {
	start := b.src.offset(n.Line, n.Column)
	if n.Kind == yaml.ScalarNode && n.Value == "" && !isQuoted(n) {
		return b.src.pos(start)
	}
	return b.src.pos(skipProperties(b.src.text, start))
}

// skipProperties moves over tags, anchors, blanks and comments to the content that they belong to.
func skipProperties(text []byte, at int) int {
	for at < len(text) {
		switch c := text[at]; {
		case isSpace(c):
			at++
		case c == '!' || c == '&':
			for at < len(text) && !isSpace(text[at]) {
				at++
			}
		case c == '#':
			at += lineEnd(text[at:])
		default:
			return at
		}
	}
	return at
}
