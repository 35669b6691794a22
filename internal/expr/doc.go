// Package expr evaluates the conditions of rules: CEL expressions over model.Value, in three-state logic.
//
// An expression asks about variables that hold template values: props.AuthType == "NONE". It answers yes, no, or
// undecided with the values that kept it from deciding. CEL's parser and evaluator are used for syntax, variables,
// comprehensions and logic; every other operator and function is this package's own, because a template value has more
// states than a CEL value:
//
//   - known: a bool, number or text is a CEL bool, int (double where it has a fraction) or string; lists and maps are
//     looked at in place.
//   - absent: nothing is written. A missing key is absent, and so is everything selected below it. Equality, `in`,
//     comparison and text functions on absent are false, size(absent) is 0, absent.exists(..) false, absent.all(..)
//     true; arithmetic, num, text and lower on absent are absent. In a condition, absent is an error: write yes(x).
//   - unknown: the files do not decide. What needs it is undecided; what is decided without it stays decided.
//   - one of several: evaluated once for each way its variable can be set, together with all other values that
//     depend on the variable, for at most 4 variables and 16 worlds.
//   - a text that is known in parts, or what another resource gives: ==, in, startsWith, endsWith, contains, glob
//     answer from the known parts, and are undecided where these do not say. A reference never equals a literal.
//
// Where a list is expected, a single value counts as a list of one, as in CloudFormation and IAM. Elements that are
// absent are no elements. Where a single value is expected, a list or map is an error: the rule is broken for this
// subject, so it neither passes nor fails.
//
// Which variables exist, what a finding says and where it points is left to the engines.
package expr
