package asl

import "strings"

// serviceName is the name that IAM has for a service. Integrations name most services so; the aws-sdk ones are named as in
// the SDK for Java ("Learning to use AWS service SDK integrations in Step Functions").
func serviceName(name string) string {
	switch name = strings.ToLower(name); name {
	case "eventbridge", "cloudwatchevents":
		return "events"
	case "sfn":
		return "states"
	case "cloudwatchlogs":
		return "logs"
	case "cognitoidentityprovider":
		return "cognito-idp"
	case "cognitoidentity":
		return "cognito-identity"
	case "rdsdata":
		return "rds-data"
	case "redshiftdata":
		return "redshift-data"
	case "ses", "sesv2":
		return "ses"
	case "apigatewayv2":
		return "apigateway"
	case "bedrockruntime":
		return "bedrock"
	case "sagemakerruntime":
		return "sagemaker"
	case "iotdataplane":
		return "iot"
	case "opensearch", "elasticsearch":
		return "es"
	case "elasticloadbalancingv2":
		return "elasticloadbalancing"
	case "s3control":
		return "s3"
	case "lambda":
		return "lambda"
	}
	return name
}

// targetPaths are the arguments that name what a call is made on, by the service's API reference. "[]" is every element,
// "*" every field, "{}" the keys of a map.
func targetPaths(service string) []string {
	switch service {
	case "lambda":
		return []string{"FunctionName"}
	case "sqs":
		return []string{"QueueUrl"}
	case "sns":
		return []string{"TopicArn", "TargetArn"}
	case "dynamodb":
		return []string{"TableName", "TransactItems[].*.TableName", "RequestItems{}"}
	case "states":
		return []string{"StateMachineArn", "ExecutionArn"}
	case "events":
		return []string{"Entries[].EventBusName", "EventBusName"}
	case "s3":
		return []string{"Bucket"}
	case "ecs":
		return []string{"Cluster", "TaskDefinition"}
	case "batch":
		return []string{"JobQueue", "JobDefinition"}
	case "http":
		return []string{"ApiEndpoint", "InvocationConfig.ConnectionArn", "Authentication.ConnectionArn"}
	case "apigateway":
		return []string{"ApiEndpoint"}
	case "kinesis":
		return []string{"StreamName", "StreamARN"}
	case "firehose":
		return []string{"DeliveryStreamName"}
	case "secretsmanager":
		return []string{"SecretId"}
	case "ssm":
		return []string{"Name", "Names[]", "DocumentName"}
	case "kms":
		return []string{"KeyId"}
	case "glue":
		return []string{"JobName", "DatabaseName"}
	case "codebuild":
		return []string{"ProjectName"}
	case "athena":
		return []string{"WorkGroup", "QueryExecutionContext.Database", "ResultConfiguration.OutputLocation"}
	case "bedrock":
		return []string{"ModelId"}
	case "logs":
		return []string{"LogGroupName"}
	case "rds-data":
		return []string{"ResourceArn", "SecretArn"}
	case "cognito-idp":
		return []string{"UserPoolId"}
	case "iot":
		return []string{"Topic"}
	case "eks":
		return []string{"ClusterName"}
	}
	return nil
}
