package asl

import "strings"

// Carries reports whether the argument at a path (the Path of a Leaf, as Entries[0].Detail.id) reaches whoever is called as
// the content of its event, message, item or request, and is not only an address or option of the call. Functions and
// activities get all arguments; so does a service that is not listed here.
func (c *Call) Carries(path string) bool {
	paths := payloadPaths(c.Service)
	if c.Kind != CallIntegration || paths == nil || path == "" {
		return true
	}
	path = withoutIndexes(path)
	for _, p := range paths {
		if rest, ok := strings.CutPrefix(path, p); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	// A whole map can be put together from the data, with the content in it.
	for _, p := range paths {
		if strings.HasPrefix(p, path+".") || strings.HasPrefix(p, path+"[") {
			return true
		}
	}
	return false
}

// withoutIndexes writes Entries[0].Detail as Entries[].Detail.
func withoutIndexes(path string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(path, "[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("[]")
		if _, path, found = strings.Cut(after, "]"); !found {
			return b.String()
		}
	}
}

// payloadPaths are the arguments that hold content, by the service's API reference; nil for services that are not listed.
func payloadPaths(service string) []string {
	switch service {
	case "lambda":
		return []string{"Payload", "ClientContext"}
	case "sqs":
		return []string{"MessageBody", "MessageAttributes", "Entries[].MessageBody", "Entries[].MessageAttributes"}
	case "sns":
		return []string{"Message", "Subject", "MessageAttributes", "PublishBatchRequestEntries[].Message"}
	case "dynamodb":
		return []string{"Item", "Key", "ExpressionAttributeValues", "AttributeUpdates", "RequestItems", "TransactItems"}
	case "states":
		return []string{"Input", "Output", "Cause"}
	case "events":
		return []string{"Entries[].Detail", "Entries[].DetailType", "Entries[].Source", "Entries[].Resources"}
	case "kinesis":
		return []string{"Data", "Records[].Data", "PartitionKey"}
	case "firehose":
		return []string{"Record.Data", "Records[].Data"}
	case "s3":
		return []string{"Body", "Key", "Metadata"}
	case "http", "apigateway":
		return []string{"RequestBody", "QueryParameters", "Headers", "Path", "ApiEndpoint"}
	case "ecs":
		return []string{"Overrides"}
	case "batch":
		return []string{"Parameters", "ContainerOverrides"}
	case "bedrock":
		return []string{"Body", "Input"}
	}
	return nil
}
