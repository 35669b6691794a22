package pattern_test

import (
	"testing"

	"wardlet.example/internal/model"
	"wardlet.example/internal/pattern"
)

// One filter that passes is enough, and the payload is decoded before it is filtered.
func TestFilterCriteria(t *testing.T) {
	const (
		object = `{"Filters": [{"Pattern": "{\"body\": {\"state\": [\"paid\"]}}"}]}`
		words  = `{"Filters": [{"Pattern": "{\"body\": [\"paid\"]}"}]}`
		two    = `{"Filters": [{"Pattern": "{\"body\": {\"a\": [1]}}"}, {"Pattern": "{\"body\": {\"b\": [2]}}"}]}`
		data   = `{"Filters": [{"Pattern": "{\"data\": {\"n\": [{\"numeric\": [\">\", 5]}]}}"}]}`
		plain  = `{"Filters": [{"Pattern": "{\"data\": [\"paid\"]}"}]}`
		insert = `{"Filters": [{"Pattern": "{\"eventName\": [\"INSERT\"], \"dynamodb\": {\"NewImage\": {\"state\": {\"S\": [\"paid\"]}}}}"}]}`
		topic  = `{"Filters": [{"Pattern": "{\"value\": {\"state\": [\"paid\"]}, \"key\": [\"k1\"]}"}]}`
		either = `{"Filters": [{"Pattern": "{\"$or\": [{\"body\": {\"a\": [1]}}, {\"body\": {\"b\": [2]}}]}"}]}`
	)
	tests := []struct {
		source   pattern.Source
		criteria string
		record   string
		want     model.Tri
	}{
		{pattern.SQS, object, `{"body": {"state": "paid"}}`, yes},
		{pattern.SQS, object, `{"body": "{\"state\": \"paid\"}"}`, yes},
		{pattern.SQS, object, `{"body": "{\"state\": \"new\"}"}`, no},
		{pattern.SQS, object, `{"body": "paid"}`, no},
		{pattern.SQS, object, `{"body": "17"}`, maybe}, // JSON to some, text to others
		{pattern.SQS, object, `{"body": "{\"state\": \"${!}\"}"}`, maybe},
		{pattern.SQS, object, `{"body": "order ${!}"}`, no},
		{pattern.SQS, object, `{"body": "${!} order"}`, maybe},
		{pattern.SQS, object, `{"body": {"state": ${?}}}`, maybe},
		{pattern.SQS, object, `{"body": ${?}}`, maybe},
		{pattern.SQS, object, `{"body": ${a|b}}`, no},
		{pattern.SQS, object, `{}`, no},
		{pattern.SQS, words, `{"body": "paid"}`, yes},
		{pattern.SQS, words, `{"body": "new"}`, no},
		{pattern.SQS, words, `{"body": "pai${!}"}`, maybe},
		{pattern.SQS, words, `{"body": "ordered ${!}"}`, no},
		{pattern.SQS, words, `{"body": {"state": "paid"}}`, no},
		{pattern.SQS, words, `{"body": "{\"state\": \"paid\"}"}`, no},
		{pattern.OtherSource, words, `{"body": {"state": "paid"}}`, maybe},
		{pattern.OtherSource, object, `{"body": "paid"}`, maybe},
		{pattern.OtherSource, object, `{"body": {"state": "new"}}`, no},
		{pattern.SQS, two, `{"body": {"b": 2}}`, yes},
		{pattern.SQS, two, `{"body": {"a": 2, "b": 3}}`, no},
		{pattern.SQS, either, `{"body": "{\"b\": 2}"}`, yes},
		{pattern.SQS, either, `{"body": "{\"b\": 3}"}`, no},
		{pattern.Kinesis, data, `{"data": {"n": 6}, "partitionKey": "a"}`, yes},
		{pattern.Kinesis, data, `{"data": "{\"n\": 5}"}`, no},
		{pattern.Kinesis, data, `{"data": "six"}`, no},
		{pattern.Kinesis, plain, `{"data": "paid"}`, maybe}, // a stream's data must be JSON
		{pattern.MQ, plain, `{"data": "paid"}`, yes},
		{pattern.Kafka, topic, `{"key": "k1", "value": {"state": "paid"}}`, yes},
		{pattern.Kafka, topic, `{"key": "k2", "value": {"state": "paid"}}`, no},
		{pattern.DynamoDB, insert, `{"eventName": "INSERT", "dynamodb": {"NewImage": {"state": {"S": "paid"}}}}`, yes},
		{pattern.DynamoDB, insert, `{"eventName": "REMOVE", "dynamodb": {"OldImage": {"state": {"S": "paid"}}}}`, no},
		{pattern.DynamoDB, insert, `{"eventName": "INSERT", "dynamodb": {"NewImage": ${?}}}`, maybe},
		{pattern.DocumentDB, `{"Filters": [{"Pattern": "{\"event\": {\"operationType\": [\"insert\"]}}"}]}`, `{"event": {"operationType": "update"}}`, no},
		{pattern.SQS, `{"Filters": [{"Pattern": {"body": {"a": [1]}}}]}`, `{"body": {"a": 2}}`, no},
		{pattern.SQS, `{"Filters": []}`, `{"body": "x"}`, yes},
		{pattern.SQS, `{}`, `{"body": "x"}`, yes},
		{pattern.SQS, `{"Filters": ${?}}`, `{"body": "x"}`, maybe},
		{pattern.SQS, `${?}`, `{"body": "x"}`, maybe},
		{pattern.SQS, `{"Filters": [${?}]}`, `{"body": "x"}`, maybe},
	}
	for _, test := range tests {
		p := pattern.FilterCriteria(value(t, test.criteria), test.source)
		if got := p.Matches(value(t, test.record)); got != test.want {
			t.Errorf("%s filters %s\n  record %s\n  %s, want %s", test.source, test.criteria, test.record, got, test.want)
		}
		if len(p.Problems()) > 0 {
			t.Errorf("%s: %v", test.criteria, p.Problems())
		}
	}
}

func TestMalformedCriteria(t *testing.T) {
	for criteria, problem := range map[string]string{
		`{"Filters": [{"Pattern": "{"}]}`:  "the filter is not valid JSON: line 1, column 2 of the text: a key in double quotes is missing",
		`{"Filters": [{"Name": "x"}]}`:     "a filter has no Pattern",
		`{"Filters": ["{}"]}`:              "a filter is a string",
		`{"Filters": "x"}`:                 "Filters is a string",
		`["x"]`:                            "the filter criteria are a list",
		`{"Filters": [{"Pattern": "{}"}]}`: "the filter is empty",
	} {
		p := pattern.FilterCriteria(value(t, criteria), pattern.SQS)
		if got := p.Matches(value(t, `{"body": "x"}`)); got != maybe {
			t.Errorf("%s: %s, want unknown", criteria, got)
		}
		if len(p.Problems()) != 1 || p.Problems()[0].Message != problem {
			t.Errorf("%s: problems %v, want %q", criteria, p.Problems(), problem)
		}
	}
}

func TestFilterPolicyOnAttributes(t *testing.T) {
	tests := []struct {
		policy     string
		attributes string
		want       model.Tri
	}{
		{`{"store": ["berlin"]}`, `{"store": "berlin"}`, yes},
		{`{"store": ["berlin"]}`, `{"store": "paris"}`, no},
		{`{"store": ["berlin"]}`, `{}`, no},
		{`{"store": ["berlin"], "event": ["paid"]}`, `{"store": "berlin"}`, no},
		{`{"store": ["berlin"]}`, `{"store": {"DataType": "String", "StringValue": "berlin"}}`, yes},
		{`{"store": ["berlin"]}`, `{"store": {"Type": "String", "Value": "paris"}}`, no},
		{`{"store": ["berlin"]}`, `{"store": {"DataType": "String", "StringValue": "${!}"}}`, maybe},
		{`{"store": ["berlin"]}`, `{"store": {"DataType": "String", "StringValue": "par${!}"}}`, no},
		{`{"store": ["berlin"]}`, `{"store": {"DataType": "Binary", "BinaryValue": "eA=="}}`, maybe},
		{`{"tags": ["b"]}`, `{"tags": ["a", "b"]}`, yes},
		{`{"tags": ["b"]}`, `{"tags": {"DataType": "String.Array", "StringValue": "[\"a\", \"b\"]"}}`, yes},
		{`{"tags": ["c"]}`, `{"tags": {"DataType": "String.Array", "StringValue": "[\"a\", \"b\"]"}}`, no},
		{`{"tags": [{"anything-but": ["a"]}]}`, `{"tags": ["a", "b"]}`, yes},
		{`{"tags": [{"anything-but": ["a"]}]}`, `{"tags": ["a"]}`, no},
		{`{"price": [{"numeric": ["=", 301.5]}]}`, `{"price": {"DataType": "Number", "StringValue": "3.015e2"}}`, yes},
		{`{"price": [{"numeric": [">", 0, "<", 150]}]}`, `{"price": 200}`, no},
		{`{"price": [{"numeric": [">", 0]}]}`, `{"price": "5"}`, maybe}, // the type of the attribute is not told
		{`{"price": [{"numeric": [">", 0]}]}`, `{"price": "five"}`, no},
		{`{"price": [{"anything-but": [100, 500]}]}`, `{"price": 101}`, yes},
		{`{"price": [{"anything-but": [100, 500]}]}`, `{"price": "a text"}`, maybe}, // SNS does not say
		{`{"store": [{"prefix": "ber"}]}`, `{"store": "berlin"}`, yes},
		{`{"store": [{"suffix": "lin"}]}`, `{"store": "paris"}`, no},
		{`{"store": [{"anything-but": {"prefix": "ber"}}]}`, `{"store": "berlin"}`, no},
		{`{"store": [{"anything-but": {"suffix": "lin"}}]}`, `{"store": "paris"}`, yes},
		{`{"store": [{"anything-but": {"wildcard": "b*n"}}]}`, `{"store": "berlin"}`, no},
		{`{"store": [{"equals-ignore-case": "Berlin"}]}`, `{"store": "BERLIN"}`, yes},
		{`{"ip": [{"cidr": "10.0.0.0/24"}]}`, `{"ip": "10.0.1.1"}`, no},
		{`{"store": [{"exists": true}]}`, `{"store": "x"}`, yes},
		{`{"store": [{"exists": true}]}`, `{"store": ""}`, maybe}, // SNS asks for a value that is not empty
		{`{"store": [{"exists": false}]}`, `{"event": "x"}`, yes},
		{`{"store": [{"exists": false}]}`, `{"store": "x"}`, no},
		{`{"store": [{"exists": false}]}`, `{}`, maybe}, // SNS wants some attribute to be there
		{`{"$or": [{"store": ["a"]}, {"event": ["b"]}]}`, `{"event": "b"}`, yes},
		{`{"$or": [{"store": ["a"]}, {"event": ["b"]}]}`, `{"event": "c"}`, no},
		{`{}`, `{}`, yes},
		{`${?}`, `{}`, maybe},
		{`{"store": ["berlin"]}`, `${?}`, maybe},
	}
	for _, test := range tests {
		p := pattern.SNS(value(t, test.policy), nil)
		event := model.NewMap([]model.Field{{Key: "MessageAttributes", Value: value(t, test.attributes)}}, nowhere)
		if got := p.Matches(event); got != test.want {
			t.Errorf("policy %s\n  attributes %s\n  %s, want %s", test.policy, test.attributes, got, test.want)
		}
		if len(p.Problems()) > 0 {
			t.Errorf("policy %s: %v", test.policy, p.Problems())
		}
	}
}

func TestFilterPolicyOnBody(t *testing.T) {
	const policy = `{"order": {"state": ["paid"]}}`
	tests := []struct {
		scope, event string
		want         model.Tri
	}{
		{`"MessageBody"`, `{"Message": {"order": {"state": "paid"}}}`, yes},
		{`"MessageBody"`, `{"Message": "{\"order\": {\"state\": \"paid\"}}"}`, yes},
		{`"MessageBody"`, `{"Message": "{\"order\": {\"state\": \"new\"}}"}`, no},
		{`"MessageBody"`, `{"Message": "paid"}`, no},
		{`"MessageBody"`, `{"Message": "{\"order\": ${!}}"}`, maybe},
		{`"MessageBody"`, `{"Message": ${?}}`, maybe},
		{`"MessageBody"`, `{"Message": ${a|b}}`, no},
		{`"MessageBody"`, `{"MessageAttributes": {"order": "x"}}`, no},
		{`"MessageAttributes"`, `{"Message": {"order": {"state": "paid"}}}`, no},
		{`${MessageBody|MessageAttributes}`, `{"Message": {"order": {"state": "paid"}}}`, maybe},
		{`${MessageBody|MessageAttributes}`, `{"Message": {"order": {"state": "new"}}}`, no},
		{`${?}`, `{"Message": {"order": {"state": "new"}}}`, no},
		{`${?}`, `{"Message": {"order": {"state": "paid"}}}`, maybe},
		{`${?}`, `${?}`, maybe},
	}
	for _, test := range tests {
		p := pattern.SNS(value(t, policy), value(t, test.scope))
		if got := p.Matches(value(t, test.event)); got != test.want {
			t.Errorf("scope %s, event %s: %s, want %s", test.scope, test.event, got, test.want)
		}
	}
}

func TestPolicyProblemsAreToldOnce(t *testing.T) {
	p := pattern.SNS(value(t, `{"store": "berlin"}`), value(t, `${?}`))
	if len(p.Problems()) != 1 {
		t.Errorf("problems %v, want one", p.Problems())
	}
	p = pattern.SNS(value(t, `{"store": ["berlin"]}`), value(t, `"Body"`))
	if len(p.Problems()) != 1 || p.Problems()[0].Message != "the filter policy scope Body is not known" {
		t.Errorf("problems %v, want one about the scope", p.Problems())
	}
}

func TestS3Key(t *testing.T) {
	const (
		png    = `{"S3Key": {"Rules": [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".png"}]}}`
		upper  = `{"S3Key": {"Rules": [{"Name": "Prefix", "Value": "in/"}]}}`
		spaced = `{"S3Key": {"Rules": [{"Name": "prefix", "Value": "my+files/"}]}}`
		stage  = `{"S3Key": {"Rules": [{"Name": "prefix", "Value": "${Stage}/in/"}]}}`
		number = `{"S3Key": {"Rules": [{"Name": "prefix", "Value": 2024}]}}`
	)
	tests := []struct {
		filter, key string
		want        model.Tri
	}{
		{png, "in/a.png", yes},
		{png, "in/a.gif", no},
		{png, "out/a.png", no},
		{png, "in/${!}.png", yes},
		{png, "in/${!}", maybe},
		{png, "out/${!}", no},
		{png, "${!}.gif", no},
		{png, "${!}", maybe},
		{png, "${Prefix}/a.png", maybe},
		{upper, "in/a", yes},
		{upper, "out/a", no},
		{spaced, "my files/a", maybe},
		{spaced, "my+files/a", maybe},
		{spaced, "files/a", no},
		{stage, "${Stage}/in/a", yes},
		{stage, "${Stage}/out/a", maybe}, // Stage may hold a slash
		{stage, "dev/in/a", maybe},
		{stage, "dev/out", no},
		{number, "2024/a", yes},
		{number, "2023/a", no},
		{`{"S3Key": {"Rules": []}}`, "a", yes},
		{`{"S3Key": {"Rules": [{"Name": ${?}, "Value": "in/"}]}}`, "a", maybe},
		{`{"S3Key": {"Rules": [{"Name": "prefix", "Value": ${in/|out/}}]}}`, "tmp/a", no},
		{`{"S3Key": {"Rules": [{"Name": "prefix", "Value": ${in/|out/}}]}}`, "in/a", maybe},
		{`{"S3Key": {"Rules": [${-|x}]}}`, "a", maybe},
		{`{"S3Key": {"Rules": ${?}}}`, "a", maybe},
		{`{"S3Key": ${?}}`, "a", maybe},
		{`{}`, "a", yes},
		{`[{"Name": "prefix", "Value": "in/"}]`, "out", no},
	}
	for _, test := range tests {
		p := pattern.S3Key(value(t, test.filter))
		if got := p.Matches(text(test.key)); got != test.want {
			t.Errorf("filter %s, key %s: %s, want %s", test.filter, test.key, got, test.want)
		}
	}
	if got := pattern.S3Key(value(t, png)).Matches(value(t, `${in/|out/}`)); got != no {
		t.Errorf("a key that ends in neither way: %s, want no", got)
	}
	if got := pattern.S3Key(nil).Matches(nil); got != yes {
		t.Errorf("without a filter: %s, want yes", got)
	}
	p := pattern.S3Key(value(t, `{"S3Key": {"Rules": [{"Name": "contains", "Value": "x"}]}}`))
	if len(p.Problems()) != 1 || p.Problems()[0].Hint != "the names are prefix and suffix" {
		t.Errorf("problems %v, want one about the name", p.Problems())
	}
}

func TestS3Event(t *testing.T) {
	tests := []struct {
		configured, event string
		want              model.Tri
	}{
		{`"s3:ObjectCreated:*"`, "s3:ObjectCreated:Put", yes},
		{`"s3:ObjectCreated:*"`, "ObjectCreated:Put", yes},
		{`"s3:ObjectCreated:*"`, "s3:ObjectRemoved:Delete", no},
		{`"s3:ObjectCreated:Put"`, "s3:ObjectCreated:Post", no},
		{`"s3:ObjectCreated:Put"`, "s3:ObjectCreated:*", maybe},
		{`"s3:ObjectCreated:*"`, "s3:ObjectCreated:*", yes},
		{`"s3:ObjectRemoved:*"`, "s3:ObjectCreated:*", no},
		{`["s3:ObjectRemoved:*", "s3:ObjectCreated:*"]`, "s3:ObjectCreated:Put", yes},
		{`${?}`, "s3:ObjectCreated:Put", maybe},
		{`["s3:ObjectRemoved:*", ${?}]`, "s3:ObjectCreated:Put", maybe},
		{`${s3:ObjectRemoved:*|s3:ObjectTagging:*}`, "s3:ObjectCreated:Put", no},
		{`"ObjectCreated"`, "s3:ObjectCreated:Put", maybe},
	}
	for _, test := range tests {
		if got := pattern.S3Event(value(t, test.configured)).Matches(text(test.event)); got != test.want {
			t.Errorf("%s, event %s: %s, want %s", test.configured, test.event, got, test.want)
		}
	}
}

func TestLogs(t *testing.T) {
	tests := []struct {
		pattern, message string
		want             model.Tri
	}{
		{``, "anything", yes},
		{`ERROR`, "[ERROR] it broke", yes},
		{`ERROR`, "[WARN] it bent", no},
		{`ERROR`, "error", no},
		{`ERROR`, "ERRORS", maybe}, // part of a longer word
		{`ERROR`, "ERRORS and one ERROR", yes},
		{`ERROR broke`, "ERROR: it broke", yes},
		{`ERROR broke`, "ERROR: it bent", no},
		{`"it broke"`, "ERROR: it broke", yes},
		{`"it broke"`, "it never broke", no},
		{`?ERROR ?WARN`, "WARN", yes},
		{`?ERROR ?WARN`, "INFO", no},
		{`ERROR -timeout`, "ERROR timeout", no},
		{`ERROR -timeout`, "ERROR other", yes},
		{`-timeout`, "ERROR", yes},
		{`?ERROR WARN`, "INFO", maybe},
		{`{ $.level = "ERROR" }`, "INFO", maybe},
		{`[ip, user, status=500]`, "INFO", maybe},
		{`%ERR.*%`, "INFO", maybe},
		{`"a\"b"`, "INFO", maybe},
		{`"open`, "INFO", maybe},
		{`user.name`, "INFO", maybe}, // needs quotes
		{`ERROR`, "ERROR: ${!}", yes},
		{`ERROR`, "started: ${!}", maybe},
		{`ERROR`, "${!}ERROR", maybe},
		{`ERROR`, "${!}", maybe},
		{`${?}`, "ERROR", maybe},
	}
	for _, test := range tests {
		if got := pattern.Logs(text(test.pattern)).Matches(text(test.message)); got != test.want {
			t.Errorf("pattern %s, message %s: %s, want %s", test.pattern, test.message, got, test.want)
		}
	}
	if got := pattern.Logs(openPart("ERROR|WARN")).Matches(text("INFO")); got != no {
		t.Errorf("one of two patterns, neither of which matches: %s, want no", got)
	}
	if got := pattern.Logs(nil).Matches(value(t, `{"level": "INFO"}`)); got != yes {
		t.Errorf("without a pattern: %s, want yes", got)
	}
}
