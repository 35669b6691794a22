package expr

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/model"
)

// Whatever the expression and the value: compiling and evaluating come to an end without a panic, and twice the same.
func FuzzEval(f *testing.F) {
	for _, row := range truthTable {
		f.Add(row.src, []byte("(x?:T[ab|5t.)"))
	}
	f.Add(`statements(x).exists(s, glob("s3:*", s.Action[0]))`, []byte("{\"[a?T*1"))
	env := newEnv(f, "x")
	f.Fuzz(func(t *testing.T, src string, data []byte) {
		p, err := env.CompileUser(src)
		if err != nil {
			return
		}
		b := builder{data: data}
		x := b.value(0)
		w := &model.Workspace{Apps: []*model.App{{Resources: []*model.Resource{{Props: x}}}}}
		if len(data)%2 == 0 {
			w.Number()
		}
		first, err := p.Eval(only("x", x), w.Uncertain)
		if err != nil {
			if strings.Contains(err.Error(), "internal error") {
				t.Fatalf("%s of %s: %v", src, dump(x), err)
			}
			return
		}
		if first.State == model.Maybe && len(first.Causes) == 0 {
			t.Fatalf("%s of %s: undecided without cause", src, dump(x))
		}
		second, err := p.Eval(only("x", x), w.Uncertain)
		if diff := cmp.Diff(first, second); err != nil || diff != "" {
			t.Fatalf("%s of %s: %v\n%s", src, dump(x), err, diff)
		}
		p.Paths()
	})
}

// builder makes a value of bytes: each byte is one value.
type builder struct{ data []byte }

func (b *builder) next() byte {
	if len(b.data) == 0 {
		return 0
	}
	c := b.data[0]
	b.data = b.data[1:]
	return c
}

func (b *builder) value(depth int) *model.Value {
	c := b.next()
	if depth > 6 {
		c = 'a'
	}
	switch c % 12 {
	case 0:
		return nothing()
	case 1:
		return truth(c > 60)
	case 2:
		return number(int(c) - 60)
	case 3:
		return unknown("u" + string(rune('a'+c%3)))
	case 4:
		return present("p")
	case 5:
		return resource(string(rune('A' + c%3)))
	case 6:
		return parts(str("a"), b.value(depth+1), str("b*"))
	case 7, 8:
		var items []*model.Value
		for range c % 4 {
			items = append(items, b.value(depth+1))
		}
		return seq(items...)
	case 9, 10:
		return fields("a", b.value(depth+1), "Effect", b.value(depth+1), "Action", b.value(depth+1))
	}
	if c > 128 {
		return oneOf(string(rune('S'+c%6)), "dev", b.value(depth+1), "prod", b.value(depth+1))
	}
	return str(string(rune(c)))
}
