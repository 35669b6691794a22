package expr

import (
	"fmt"
	"testing"

	"wardlet.example/internal/model"
)

// benchRules are expressions of the kinds that rules are made of.
var benchRules = []string{
	`props.AuthType == "NONE"`,
	`!has(props.KmsMasterKeyId) && !yes(props.SqsManagedSseEnabled)`,
	`num(props.Timeout) > 300`,
	`props.Environment.Variables.NODE_TLS_REJECT_UNAUTHORIZED == "0"`,
	`props.Tags.exists(t, t.Key == "public" && t.Value == "true")`,
	`"*" in list(props.Action)`,
	`props.Runtime in ["nodejs12.x", "nodejs14.x", "python3.6", "python3.7"]`,
	`has(props.Cors) && props.Cors.AllowOrigins.exists(o, o == "*")`,
	`props.Name.matches("^[a-z]+-prod$") || props.Name.startsWith("tmp")`,
	`type == "AWS::S3::Bucket" && !has(props.BucketEncryption)`,
}

func benchResource(i int) *model.Value {
	at := model.Origin{}
	s := func(x string) *model.Value { return model.NewString(x, at) }
	f := func(k string, v *model.Value) model.Field { return model.Field{Key: k, Value: v} }
	tag := func(k, v string) *model.Value {
		return model.NewMap([]model.Field{f("Key", s(k)), f("Value", s(v))}, at)
	}
	return model.NewMap([]model.Field{
		f("Name", s(fmt.Sprintf("orders-%d", i))),
		f("AuthType", s("AWS_IAM")),
		f("Timeout", model.NewInt(30, at)),
		f("Runtime", s("nodejs22.x")),
		f("Environment", model.NewMap([]model.Field{f("Variables", model.NewMap([]model.Field{f("TABLE", s("t"))}, at))}, at)),
		f("Tags", model.NewList([]*model.Value{tag("team", "a"), tag("cost", "b"), tag("stage", "dev")}, at)),
		f("Action", model.NewList([]*model.Value{s("sqs:SendMessage"), s("sqs:ReceiveMessage")}, at)),
		f("Cors", model.NewMap([]model.Field{f("AllowOrigins", model.NewList([]*model.Value{s("https://a.example")}, at))}, at)),
	}, at)
}

// BenchmarkEval is 200 resources times 100 rules.
func BenchmarkEval(b *testing.B) {
	env, err := New([]string{"props", "type", "name"})
	if err != nil {
		b.Fatal(err)
	}
	var programs []*Program
	for i := range 100 {
		p, err := env.Compile(benchRules[i%len(benchRules)])
		if err != nil {
			b.Fatal(err)
		}
		programs = append(programs, p)
	}
	var scopes []Scope
	for i := range 200 {
		props, kind := benchResource(i), model.NewString("AWS::SQS::Queue", model.Origin{})
		scopes = append(scopes, func(name string) *model.Value {
			if name == "props" {
				return props
			}
			return kind
		})
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, scope := range scopes {
			for _, p := range programs {
				if _, err := p.Eval(scope, nil); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20_000, "ns/eval")
}

// BenchmarkRule is one evaluation of each rule.
func BenchmarkRule(b *testing.B) {
	env, err := New([]string{"props", "type", "name"})
	if err != nil {
		b.Fatal(err)
	}
	props, kind := benchResource(1), model.NewString("AWS::SQS::Queue", model.Origin{})
	scope := func(name string) *model.Value {
		if name == "props" {
			return props
		}
		return kind
	}
	for _, src := range benchRules {
		p, err := env.Compile(src)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(src, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Eval(scope, nil)
			}
		})
	}
}

// BenchmarkCompile compiles 300 expressions, with the environment.
func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		env, err := New([]string{"props", "type", "name"})
		if err != nil {
			b.Fatal(err)
		}
		for i := range 300 {
			if _, err := env.Compile(benchRules[i%len(benchRules)]); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkNew makes an environment.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New([]string{"props", "type", "name"}); err != nil {
			b.Fatal(err)
		}
	}
}
