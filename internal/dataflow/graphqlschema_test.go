package dataflow

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a schema lets through as any JSON: arguments of a scalar of JSON, also inside of input types.
func TestFreeArguments(t *testing.T) {
	const schema = `
		scalar JSON
		input Filter { field: String!, value: JSON }
		type Query {
			products(filter: JSON, limit: Int): [Product]
			search(by: Filter!): [Product]
			product(id: ID!): Product
		}`
	want := map[string][]string{"Query.products": {"filter"}, "Query.search": {"by.value"}}
	if diff := cmp.Diff(want, freeArguments(schema)); diff != "" {
		t.Error(diff)
	}
}

// FuzzFreeArguments: no text makes reading a schema panic or hang.
func FuzzFreeArguments(f *testing.F) {
	f.Add("scalar JSON type Query { a(b: JSON): C }")
	f.Add("input A { a: A, b: B } input B { a: A } scalar Any type Mutation { x(a: A!): Any }")
	f.Fuzz(func(_ *testing.T, schema string) { freeArguments(schema) })
}
