package pattern_test

import (
	"fmt"

	"wardlet.example/internal/model"
	"wardlet.example/internal/pattern"
)

// An event of which only the source is known, and a rule that wants another one.
func Example() {
	at := model.Origin{Pos: model.Pos{File: "template.yaml", Line: 12, Col: 5}}
	rule := pattern.EventBridge(model.NewString(`{"source": ["shop"], "detail": {"total": [{"numeric": [">", 100]}]}}`, at))

	known := func(source string) *model.Value {
		return model.NewMap([]model.Field{{Key: "source", Value: model.NewString(source, at)}}, at)
	}
	fmt.Println(rule.Matches(known("shop")))               // the event certainly has no detail
	fmt.Println(rule.Matches(pattern.Open(known("shop")))) // it may have one
	fmt.Println(rule.Matches(pattern.Open(known("bank"))))
	refusal, _ := rule.Refusal(known("bank"))
	fmt.Println(refusal.Path)
	// Output:
	// no
	// unknown
	// no
	// source
}
