package pattern_test

import (
	"testing"

	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
	"wardlet.example/internal/pattern"
)

// FuzzPattern: no text makes a filter panic, hang, or contradict itself when a part of the event is forgotten.
func FuzzPattern(f *testing.F) {
	f.Add(`{"source": ["shop"], "detail": {"n": [{"numeric": [">", 0]}]}}`, `{"source": "shop", "detail": {"n": 1}}`)
	f.Add(`{"$or": [{"a": [{"anything-but": {"prefix": "x"}}]}, {"b": [{"exists": false}]}]}`, `{"a": ["x", "y"]}`)
	f.Add(`{"k": [{"wildcard": "a*b\\*c*"}]}`, `{"k": "a${!}b*c${?}"}`)
	f.Add(`{"k": [{"cidr": "10.0.0.0/8"}, {"equals-ignore-case": "Ä"}, null]}`, `{"k": null, ${?}}`)
	f.Add(`{"Filters": [{"Pattern": "{\"body\": [\"x\"]}"}]}`, `{"body": "{}", "MessageAttributes": {"a": {"DataType": "Number", "StringValue": "1"}}}`)
	f.Add(`{"S3Key": {"Rules": [{"Name": "prefix", "Value": "a%20b"}]}}`, `"a b"`)
	f.Add(`?ERROR -"out of" %x%`, `ERROR`)
	f.Fuzz(func(t *testing.T, p, e string) {
		if len(p)+len(e) > 20_000 {
			return
		}
		written := text(p)
		parsed, err := jsontext.Parse(written)
		if err != nil {
			parsed = written
		}
		event, err := jsontext.Parse(text(e))
		if err != nil {
			event = text(e)
		}
		for _, filter := range []*pattern.Pattern{
			pattern.EventBridge(written), pattern.EventBridge(parsed), pattern.SNS(parsed, nil), pattern.SNS(parsed, model.NewString("MessageBody", nowhere)),
			pattern.FilterCriteria(parsed, pattern.SQS), pattern.FilterCriteria(parsed, pattern.OtherSource),
			pattern.S3Key(parsed), pattern.S3Event(parsed), pattern.Logs(written),
		} {
			answer := filter.Matches(event)
			if got := filter.Matches(pattern.Open(event)); !lessKnown(got, answer) {
				t.Errorf("%s became %s with an open event", answer, got)
			}
			if got := filter.Matches(model.NewUnknown("forgotten", nowhere)); !lessKnown(got, answer) {
				t.Errorf("%s became %s with an unknown event", answer, got)
			}
		}
	})
}
