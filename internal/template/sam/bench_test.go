package sam_test

import (
	"fmt"
	"strings"
	"testing"

	"wardlet.example/internal/template/cloudformation"
	"wardlet.example/internal/template/sam"
)

// BenchmarkExpand shows that the cost of a template grows linearly with its functions: the time per function stays.
func BenchmarkExpand(b *testing.B) {
	events := map[string]string{
		"Api":     "{Type: Api, Properties: {Path: /p%d, Method: get, Auth: {ResourcePolicy: {IpRangeWhitelist: [10.0.0.0/8]}}}}",
		"HttpApi": "{Type: HttpApi, Properties: {Path: /p%d, Method: get}}",
		"S3":      "{Type: S3, Properties: {Bucket: !Ref Bucket, Events: s3:Get%d}}",
		"SQS":     "{Type: SQS, Properties: {Queue: !ImportValue q%d}}",
	}
	for kind, event := range events {
		for _, n := range []int{1_000, 4_000} {
			var t strings.Builder
			t.WriteString("Transform: AWS::Serverless-2016-10-31\nResources:\n  Bucket: {Type: AWS::S3::Bucket}\n")
			for i := range n {
				fmt.Fprintf(&t, "  Fn%d:\n    Type: AWS::Serverless::Function\n    Properties: {Events: {E: "+event+"}}\n", i, i)
				fmt.Fprintf(&t, "    Connectors: {C: {Properties: {Destination: {Id: Bucket}, Permissions: [Read]}}}\n")
			}
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				root := parse(b, "template.yaml", []byte(t.String()))
				for b.Loop() {
					sam.Expand(cloudformation.New("template.yaml", root), sam.Options{})
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/function")
			})
		}
	}
}
