package treesitter

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	javascript "github.com/tree-sitter/tree-sitter-javascript/bindings/go"
	python "github.com/tree-sitter/tree-sitter-python/bindings/go"
	typescript "github.com/tree-sitter/tree-sitter-typescript/bindings/go"

	"wardlet.example/internal/syntax"
)

func grammars() map[string]unsafe.Pointer {
	return map[string]unsafe.Pointer{
		"javascript": javascript.Language(),
		"typescript": typescript.LanguageTypescript(),
		"tsx":        typescript.LanguageTSX(),
		"python":     python.Language(),
	}
}

// sample is ordinary code, as often as it takes to reach the size.
func sample(size int) []byte {
	const service = `
const { DynamoDBClient, PutItemCommand } = require("@aws-sdk/client-dynamodb");
const client = new DynamoDBClient({ region: process.env.AWS_REGION });

// Saves one order and says which number it got.
exports.create = async (event, context) => {
  const order = JSON.parse(event.body || "{}");
  if (!order.items || order.items.length === 0) {
    return { statusCode: 400, body: JSON.stringify({ message: "an order needs items" }) };
  }
  let total = 0;
  for (const { price, count = 1 } of order.items) {
    total += price * count;
  }
  const item = { id: { S: context.awsRequestId }, total: { N: String(total) }, ...rest(order) };
  try {
    await client.send(new PutItemCommand({ TableName: process.env.TABLE, Item: item }));
  } catch (error) {
    console.error(` + "`order ${item.id.S} was not saved: ${error.message}`" + `);
    throw error;
  }
  return { statusCode: 201, body: JSON.stringify({ id: item.id.S, total }) };
};

function rest({ items, ...others }) {
  return Object.fromEntries(Object.entries(others).map(([key, value]) => [key, { S: String(value) }]));
}
`
	return bytes.Repeat([]byte(service), size/len(service)+1)[:size]
}

func TestNames(t *testing.T) {
	for name, pointer := range grammars() {
		language := NewLanguage(name, pointer)
		tree, err := language.Parse("a", []byte("x = 1\n"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(tree.String(), "left: (identifier)") {
			t.Errorf("%s: got %s", name, tree)
		}
		// Fields are kept in one byte.
		if fields := len(tree.Grammar.Fields); fields > 256 {
			t.Errorf("%s has %d fields", name, fields)
		}
	}
}

func TestSameTreeInParallel(t *testing.T) {
	language := NewLanguage("javascript", javascript.Language())
	source := append(sample(20_000), "f(;"...)
	want, err := language.Parse("a.js", source)
	if err != nil {
		t.Fatal(err)
	}
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for range 5 {
				got, err := language.Parse("a.js", source)
				if err != nil || !cmp.Equal(got.Nodes, want.Nodes) {
					t.Errorf("another tree, error %v", err)
				}
			}
		})
	}
	workers.Wait()
}

func TestLargeSourceIsRefused(t *testing.T) {
	language := NewLanguage("javascript", javascript.Language())
	_, err := language.Parse("big.js", bytes.Repeat([]byte("\n"), syntax.MaxSource+1))
	want := "big.js: not parsed: 513 kB of source, more than the limit of 512 kB; ignore the file if it is generated"
	var limit *syntax.LimitError
	if !errors.As(err, &limit) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := language.Parse("big.js", bytes.Repeat([]byte("\n"), syntax.MaxSource)); err != nil {
		t.Errorf("a source at the limit: %v", err)
	}
}

func TestDeepTreeIsCut(t *testing.T) {
	language := NewLanguage("javascript", javascript.Language())
	tree, err := language.Parse("a.js", []byte(strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+"; after()"))
	if err != nil {
		t.Fatal(err)
	}
	if tree.Truncated != "nested deeper than 2000 levels" {
		t.Errorf("truncated is %q", tree.Truncated)
	}
	if got := deepest(tree); got != syntax.MaxDepth {
		t.Errorf("the tree is %d deep", got)
	}
	if last := tree.Nodes[len(tree.Nodes)-3]; string(tree.Source[last.Start:last.End]) != "after()" {
		t.Errorf("what follows is not whole: %+v", last)
	}
}

func deepest(tree *syntax.Tree) int {
	var ends []int
	deepest := 0
	for i := range tree.Nodes {
		for len(ends) > 0 && ends[len(ends)-1] <= i {
			ends = ends[:len(ends)-1]
		}
		ends = append(ends, tree.End(i))
		deepest = max(deepest, len(ends))
	}
	return deepest
}

func TestTooManySteps(t *testing.T) {
	language := NewLanguage("javascript", javascript.Language())
	source := sample(10_000)
	_, used, err := language.parse("a.js", source, allowed(len(source)))
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []work{{used.steps - 1, used.bytes}, {used.steps, used.bytes / 2}} {
		_, _, err := language.parse("a.js", source, limit)
		var exceeded *syntax.LimitError
		if !errors.As(err, &exceeded) {
			t.Errorf("with %+v: %v, want a LimitError", limit, err)
		}
	}
	if _, again, err := language.parse("a.js", source, used); err != nil || again != used {
		t.Errorf("within %+v: used %+v, error %v", used, again, err)
	}
}

func TestBudgetLeavesRoom(t *testing.T) {
	language := NewLanguage("javascript", javascript.Language())
	for _, size := range []int{100, 10_000, syntax.MaxSource} {
		limit := allowed(size)
		_, used, err := language.parse("a.js", sample(size), limit)
		if err != nil || used.steps > limit.steps/5 || used.bytes > limit.bytes/5 {
			t.Errorf("%d bytes of ordinary code: used %+v of %+v, error %v", size, used, limit, err)
		}
	}
}

// TestHostileSources parses what keeps a parser busy. It passes by coming to an
// end: without the budget, half of these take minutes.
func TestHostileSources(t *testing.T) {
	pieces := []string{
		`"`, "(", "[a,", "((a)=>", "x?", "if(a)", "a<b<", "`${", "<a b={", "class A{", "lambda x:", "def f():\n ",
		"\x00", "\xff", "é", "@", "...", "a\n\t",
	}
	for name, pointer := range grammars() {
		language := NewLanguage(name, pointer)
		for _, piece := range pieces {
			t.Run(fmt.Sprintf("%s %q", name, piece), func(t *testing.T) {
				parseHostile(t, language, piece, 24<<10)
			})
		}
	}
}

// TestDeepParseStack parses what needs the most levels of recursion in C, at the
// largest size. On a stack of the usual 8 MB it ends the process.
func TestDeepParseStack(t *testing.T) {
	parseHostile(t, NewLanguage("javascript", javascript.Language()), "{a:", syntax.MaxSource)
}

func parseHostile(t *testing.T, language *Language, piece string, size int) {
	tree, err := language.Parse("a", []byte(strings.Repeat(piece, size/len(piece))))
	var limit *syntax.LimitError
	if err != nil && !errors.As(err, &limit) {
		t.Error(err)
	}
	if err == nil && deepest(tree) > syntax.MaxDepth {
		t.Errorf("the tree is %d deep", deepest(tree))
	}
}

func TestEmptySource(t *testing.T) {
	for name, pointer := range grammars() {
		for _, source := range [][]byte{nil, {}, []byte("\n")} {
			tree, err := NewLanguage(name, pointer).Parse("a", source)
			if err != nil || len(tree.Nodes) != 1 || tree.Broken() {
				t.Errorf("%s: %v, error %v", name, tree, err)
			}
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for _, size := range []int{2_000, 200_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			language := NewLanguage("javascript", javascript.Language())
			source := sample(size)
			b.SetBytes(int64(size))
			for b.Loop() {
				if _, err := language.Parse("a.js", source); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParseParallel(b *testing.B) {
	language := NewLanguage("javascript", javascript.Language())
	source := sample(20_000)
	b.SetBytes(int64(len(source)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := language.Parse("a.js", source); err != nil {
				b.Error(err)
			}
		}
	})
}
