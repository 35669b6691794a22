package fix

import (
	"strings"

	"wardlet.example/internal/model"
)

// spell is a whole value as a text, for comparing.
func spell(v *model.Value) string {
	var b strings.Builder
	left := 200_000
	spellTo(&b, v, &left)
	return b.String()
}

func spellTo(b *strings.Builder, v *model.Value, left *int) {
	if *left--; *left < 0 {
		return
	}
	if v == nil {
		b.WriteString("-")
		return
	}
	switch v.Kind {
	case model.List:
		b.WriteByte('[')
		for _, it := range v.Items {
			spellTo(b, it, left)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	case model.Map:
		b.WriteByte('{')
		for _, f := range v.Fields {
			b.WriteString(f.Key + "=")
			spellTo(b, f.Value, left)
			b.WriteByte(',')
		}
		b.WriteByte('}')
	case model.OneOf:
		for _, c := range v.Choices {
			b.WriteByte('|')
			spellTo(b, c.Value, left)
		}
	default:
		b.WriteString(v.String())
	}
}
