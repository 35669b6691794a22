package sast

import (
	"regexp"

	"wardlet.example/internal/model"
)

// several are resources of one kind whose names have a beginning, an end, or both in common: what the star stands for is a part of the
// name, and not what is inside of one resource, such as the objects of a bucket or, sloppily written as table*, the indexes of a table.
var several = regexp.MustCompile(`^arn:[^:]*:(lambda:[^:]*:[^:]*:function:|(sqs|sns):[^:]*:[^:]*:|s3:::|dynamodb:[^:]*:[^:]*:table/|states:[^:]*:[^:]*:stateMachine:|kinesis:[^:]*:[^:]*:stream/|firehose:[^:]*:[^:]*:deliverystream/|events:[^:]*:[^:]*:event-bus/)[^:/]*([-_.][*?]|[*?][^:/*?])`)

// namesMany reports whether a resource of a statement is a family of resources: of them an outsider who names one has the choice.
func namesMany(resource *model.Value) bool {
	text, ok := resource.Scalar()
	return ok && several.MatchString(text)
}
