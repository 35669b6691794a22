package sast

import (
	"regexp"
	"strings"

	"wardlet.example/internal/model"
)

// several are resources of one kind whose names have a beginning, an end, or both in common: what the star stands for is a part of the
// name, and not what is inside of one resource, such as the objects of a bucket or, sloppily written as table*, the indexes of a table.
var several = regexp.MustCompile(`^arn:[^:]*:(lambda:[^:]*:[^:]*:function:|(sqs|sns):[^:]*:[^:]*:|s3:::|dynamodb:[^:]*:[^:]*:table/|states:[^:]*:[^:]*:stateMachine:|kinesis:[^:]*:[^:]*:stream/|firehose:[^:]*:[^:]*:deliverystream/|events:[^:]*:[^:]*:event-bus/)[^:/]*([-_.][*?]|[*?][^:/*?])|^arn:[^:]*:s3:::\*/`)

// namesMany reports whether a resource of a statement is a family of resources: of them an outsider who names one has the choice.
func namesMany(resource *model.Value) bool {
	text, ok := resource.Scalar()
	return ok && several.MatchString(text)
}

// kindAndName are the two parts of a resource as a statement has it, without what names a part of it: the indexes of a table, the objects of a
// bucket.
func kindAndName(resource *model.Value) (kind, name string) {
	text := resource.String()
	for _, part := range []string{"/index/", "/stream/", "/*"} {
		text, _, _ = strings.Cut(text, part)
	}
	i := strings.LastIndexAny(text, ":/")
	return text[:i+1], text[i+1:]
}
