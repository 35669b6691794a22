package pattern

import (
	"slices"
	"strings"

	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
)

// Source is what an event source mapping or a pipe reads from. It decides which field of a record is the payload, which
// the service decodes before it filters.
type Source string

// Sources of filter criteria. The record that Matches is asked about has these fields:
const (
	SQS         Source = "sqs"        // {messageId, body, attributes, messageAttributes ...}; Lambda filters on body alone
	Kinesis     Source = "kinesis"    // {partitionKey, sequenceNumber, data ...}; data decoded from base64
	DynamoDB    Source = "dynamodb"   // {eventName, dynamodb: {Keys, NewImage: {id: {S: "1"}}, OldImage} ...}
	MQ          Source = "mq"         // {messageID, data ...}; data decoded from base64
	Kafka       Source = "kafka"      // {topic, key, value ...}; key and value decoded from base64
	DocumentDB  Source = "documentdb" // {event: {operationType, fullDocument, ns ...}}
	OtherSource Source = ""           // not known: every field that some source has as payload is taken for one
)

// payloads names the fields of a record that are decoded.
func (s Source) payloads() []string {
	switch s {
	case SQS:
		return []string{"body"}
	case Kinesis, MQ:
		return []string{"data"}
	case Kafka:
		return []string{"key", "value"}
	case DynamoDB, DocumentDB:
		return nil
	}
	return []string{"body", "data", "key", "value"}
}

// FilterCriteria compiles the FilterCriteria of an event source mapping or of a pipe's source: {Filters: [{Pattern: JSON
// text}]}. One filter that passes is enough; without filters everything passes.
//
// A payload is given to Matches as a Map, or as the text that was sent, which is read as JSON where it is JSON. Where the
// pattern asks for fields of the payload and the payload is no JSON, or the other way round, the service drops the record
// (Lambda guide, "Properly filtering Amazon SQS messages").
func FilterCriteria(v *model.Value, source Source) *Pattern {
	return compile(v, dialect{name: "filter"}, func(c *compiler) node { return c.criteria(v, source) })
}

func (c *compiler) criteria(v *model.Value, source Source) node {
	switch {
	case v == nil || v.Kind == model.Absent:
		return constant(model.Yes)
	case v.Kind == model.OneOf:
		return c.choices(v, func(w *model.Value) node { return c.criteria(w, source) })
	case v.Kind == model.Map:
		return c.filters(v.Get("Filters"), source)
	case v.Kind == model.Unknown || v.Kind == model.Ref:
		return constant(model.Maybe)
	}
	return c.malformed(v, "the filter criteria are a "+v.Kind.String(), "write Filters: [{Pattern: '{...}'}]")
}

func (c *compiler) filters(v *model.Value, source Source) node {
	switch v.Kind {
	case model.Absent:
		return constant(model.Yes)
	case model.OneOf:
		return c.choices(v, func(w *model.Value) node { return c.filters(w, source) })
	case model.List:
	case model.Unknown, model.Ref:
		return constant(model.Maybe)
	default:
		return c.malformed(v, "Filters is a "+v.Kind.String(), "write Filters: [{Pattern: '{...}'}]")
	}
	if len(v.Items) == 0 {
		return constant(model.Yes)
	}
	var any alternatives
	for _, item := range v.Items {
		if !c.spend(item) {
			return append(any, constant(model.Maybe))
		}
		any = append(any, c.filter(item, source))
	}
	return any
}

func (c *compiler) filter(v *model.Value, source Source) node {
	switch {
	case v.Kind == model.OneOf:
		return c.choices(v, func(w *model.Value) node { return c.optionalFilter(w, source) })
	case v.Kind == model.Unknown || v.Kind == model.Ref:
		return constant(model.Maybe)
	case v.Kind != model.Map:
		return c.malformed(v, "a filter is a "+v.Kind.String(), "write {Pattern: '{...}'}")
	}
	p := v.Get("Pattern")
	if p.Kind == model.Absent {
		return c.malformed(v, "a filter has no Pattern", "write {Pattern: '{...}'}")
	}
	return decoded(c.top(p), source)
}

// optionalFilter is the filter of one choice: an absent one lets nothing through.
func (c *compiler) optionalFilter(v *model.Value, source Source) node {
	if v.Kind == model.Absent {
		return constant(model.No)
	}
	return c.filter(v, source)
}

// decoded puts the reading of the payload in front of the pattern's fields that ask about it.
func decoded(n node, source Source) node {
	return wrap(n, source.payloads(), func(n node) node { return payload{n, source} })
}

// wrap puts something in front of what a pattern asks about the fields with these names at its top.
func wrap(n node, names []string, with func(node) node) node {
	switch n := n.(type) {
	case *object:
		for i, f := range n.fields {
			if slices.Contains(names, f.key) {
				n.fields[i].node = inFront(f.node, with)
			}
		}
		for _, any := range n.ors {
			for i := range any {
				any[i] = wrap(any[i], names, with)
			}
		}
	case either:
		for i := range n {
			n[i] = wrap(n[i], names, with)
		}
	}
	return n
}

func inFront(n node, with func(node) node) node {
	switch n := n.(type) {
	case *object, *leaf:
		return with(n)
	case either:
		for i := range n {
			n[i] = inFront(n[i], with)
		}
	}
	return n
}

// payload is the part of a pattern about the payload of a record.
type payload struct {
	node
	source Source
}

func (p payload) match(m *matcher, v *model.Value, present bool) model.Tri {
	if !present {
		return p.node.match(m, nil, false)
	}
	if answer, decided := over(m, p, v); decided {
		return answer
	}
	_, wantsMap := p.node.(*object)
	switch v.Kind {
	case model.Map:
		if wantsMap {
			return p.node.match(m, v, true)
		}
		return p.dropped()
	case model.String:
		return p.text(m, v, wantsMap)
	case model.Text:
		return p.openText(m, v, wantsMap)
	}
	return model.Maybe
}

// dropped is the answer where the payload is JSON and the pattern is for text, or the other way round.
func (p payload) dropped() model.Tri {
	if p.source == OtherSource {
		return model.Maybe
	}
	return model.No
}

func (p payload) text(m *matcher, v *model.Value, wantsMap bool) model.Tri {
	if !m.spend(len(v.Str)) {
		return model.Maybe
	}
	parsed, err := jsontext.Parse(v)
	switch {
	case err == nil && parsed.Kind == model.Map:
		return p.match(m, parsed, true)
	case err == nil:
		return model.Maybe // a number, a word, a list: JSON to some, text to others
	}
	return p.plain(m, v, wantsMap)
}

// plain is the answer about a payload that is certainly no JSON.
func (p payload) plain(m *matcher, v *model.Value, wantsMap bool) model.Tri {
	if wantsMap {
		return p.dropped()
	}
	answer := p.node.match(m, v, true)
	if answer == model.Yes && p.source == Kinesis {
		return model.Maybe // its guide says that data which is no JSON is dropped, whatever the pattern
	}
	return answer
}

// openText is the answer about a text with open parts. What they hold can end a string of the JSON and begin another field,
// so fields are not looked at; only a text that cannot be JSON is certain.
func (p payload) openText(m *matcher, v *model.Value, wantsMap bool) model.Tri {
	if first := v.Items[0]; first.Kind == model.String {
		if s := strings.TrimSpace(first.Str); s != "" && !strings.Contains(`{["-0123456789tfn`, s[:1]) {
			return p.plain(m, v, wantsMap)
		}
	}
	return model.Maybe
}
