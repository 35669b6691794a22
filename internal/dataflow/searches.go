package dataflow

import (
	"maps"
	"strings"
)

// Queries of search engines are objects of clauses. An outsider's object in the place of a clause is another query; in the place of the text or
// number that a clause looks for it is an error.
// Source: https://docs.opensearch.org/latest/query-dsl/

// leafClauses are clauses that look for values.
var leafClauses = set(`match match_phrase match_phrase_prefix match_bool_prefix multi_match term terms range prefix wildcard fuzzy regexp ids exists knn neural query_string
	simple_query_string geo_distance geo_bounding_box`)

// plainMembers are members of a request that are numbers, names and truth values.
var plainMembers = set("size from min_score timeout terminate_after track_total_hits k num_candidates")

// deepestQuery bounds how far queries are looked into.
const deepestQuery = 8

// clausesOf is a query without the values that its clauses look for.
func clausesOf(v *Value, depth int) *Value {
	if v == nil || depth > deepestQuery || len(v.fields) == 0 && v.elem == nil {
		return v
	}
	c := *v
	c.fields, c.elem = maps.Clone(v.fields), clausesOf(v.elem, depth+1)
	for name, x := range v.fields {
		switch {
		case x == nil:
		case plainMembers[name]:
			c.fields[name] = &Value{}
		case leafClauses[name] && len(x.fields) > 0:
			c.fields[name] = &Value{taints: x.taints}
		default:
			c.fields[name] = clausesOf(x, depth+1)
		}
	}
	return &c
}

// isSearch reports whether a row is about a client of a search engine.
func isSearch(m *Model) bool {
	return strings.Contains(m.Package, "elasticsearch") || strings.Contains(m.Package, "opensearch")
}
