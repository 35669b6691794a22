package policy_test

import (
	"fmt"
	"testing"

	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// All actions of all services, as a statement with * is expanded.
func BenchmarkExpandEverything(b *testing.B) {
	policy.Expand("*")
	for b.Loop() {
		if len(policy.Expand("*")) < 22_000 {
			b.Fatal("too few")
		}
	}
}

// A question to policies of growing length: twice the statements, twice the time.
func BenchmarkLongPolicies(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			statements := make([]*model.Value, n)
			for i := range statements {
				statements[i] = statement("Allow", list("s3:Get*", "s3:PutObject"), list(fmt.Sprintf("arn:aws:s3:::bucket-%d/*", i)))
			}
			for b.Loop() {
				if ask(policyOf(statements...), "s3:GetObject", fmt.Sprintf("arn:aws:s3:::bucket-%d/a", n-1)) != model.Yes {
					b.Fatal("not allowed")
				}
			}
		})
	}
}
