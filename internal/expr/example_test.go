package expr_test

import (
	"fmt"

	"wardlet.example/internal/expr"
	"wardlet.example/internal/model"
)

// A queue is encrypted in production only: the rule fails in the other world, and says so.
func Example() {
	at := model.Origin{}
	encrypted := model.NewOneOf("Stage", []model.Choice{
		{Label: "dev", Value: model.NewBool(false, at)},
		{Label: "prod", Value: model.NewBool(true, at)},
	}, 0, at)
	props := model.NewMap([]model.Field{{Key: "SqsManagedSseEnabled", Value: encrypted}}, at)

	env, err := expr.New([]string{"props"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fail, err := env.Compile(`!has(props.KmsMasterKeyId) && no(props.SqsManagedSseEnabled)`)
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict, err := fail.Eval(func(string) *model.Value { return props }, nil)
	fmt.Println(verdict.State, verdict.Worlds, verdict.Default, err)
	// Output: yes [map[Stage:dev]] true <nil>
}

// An expression that cannot work says where and what to write instead.
func ExampleEnv_Compile() {
	env, err := expr.New([]string{"props"})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = env.Compile(`props.KmsMasterKeyId == null`)
	fmt.Println(err)
	// Output: 1:25: nothing is ever null: what is not written is absent; write has(a.b) or !has(a.b)
}
