package sdk

import (
	"strings"
	"sync"

	"wardlet.example/data/iam"
)

// index finds clients by the names that the SDKs have for them.
var index = sync.OnceValue(func() map[Language]map[string]string {
	out := map[Language]map[string]string{NodeV2: {}, Python: {}, Go: {}}
	for _, c := range iam.Clients() {
		out[NodeV2][c.Class] = c.Name
		if name := boto(c); name != "" {
			out[Python][name] = c.Name
		}
		out[Go][strings.ReplaceAll(c.Name, "-", "")] = c.Name
	}
	return out
})

// botoNames are the clients that boto3 calls otherwise than the files of the API descriptions.
var botoNames = map[string]string{
	"eventbridge": "events", "cloudwatch-events": "", // boto3 has one for both
	"sfn": "stepfunctions", "ses": "ses", "cloudwatch": "cloudwatch", "dynamodb-streams": "dynamodbstreams", "emr": "emr",
	"elastic-load-balancing": "elb", "elastic-load-balancing-v2": "elbv2", "lex-model-building-service": "lex-models",
	"lex-runtime-service": "lex-runtime", "lex-models-v2": "lexv2-models", "lex-runtime-v2": "lexv2-runtime",
	"sagemaker-runtime": "sagemaker-runtime", "sagemaker-a2i-runtime": "sagemaker-a2i-runtime", "migration-hub": "mgh",
	"mturk": "mturk", "marketplace-entitlement-service": "marketplace-entitlement", "marketplace-metering": "meteringmarketplace",
	"cognito-identity-provider": "cognito-idp", "database-migration-service": "dms", "application-auto-scaling": "application-autoscaling",
	"efs": "efs", "direct-connect": "directconnect", "waf-regional": "waf-regional", "sagemaker-featurestore-runtime": "sagemaker-featurestore-runtime",
	"cost-explorer": "ce", "cost-and-usage-report-service": "cur", "simpledb": "sdb", "swf": "swf",
	"apigatewaymanagementapi": "apigatewaymanagementapi", "application-discovery-service": "discovery", "service-catalog": "servicecatalog",
	"resource-groups-tagging-api": "resourcegroupstaggingapi", "secrets-manager": "secretsmanager", "elasticsearch-service": "es",
	"iot-data-plane": "iot-data", "iot-jobs-data-plane": "iot-jobs-data", "iot-events": "iotevents", "iot-events-data": "iotevents-data",
}

func boto(c *iam.Client) string {
	if name, ok := botoNames[c.Name]; ok {
		return name
	}
	return c.File
}

// names are the client and the operations that a call means.
func (c Call) names() (*iam.Client, []string) {
	switch c.Language {
	case NodeV3:
		return c.nodeV3()
	case NodeV2:
		return c.nodeV2()
	case Python:
		return c.python()
	case Go:
		return c.golang()
	}
	return nil, nil
}

func (c Call) nodeV3() (*iam.Client, []string) {
	name := strings.TrimPrefix(c.Client, "@aws-sdk/")
	method := strings.TrimSuffix(c.Method, "Command")
	switch {
	case name == "lib-dynamodb":
		return iam.ClientOf("dynamodb"), documentOperations(method)
	case name == "lib-storage":
		return iam.ClientOf("s3"), uploads
	case strings.HasPrefix(method, "paginate"):
		method = strings.TrimPrefix(method, "paginate")
	}
	return iam.ClientOf(strings.TrimPrefix(name, "client-")), []string{method}
}

// uploads are what helpers for large uploads call.
var uploads = []string{"PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload"}

// documentOperations are the operations behind the short names of document clients.
func documentOperations(method string) []string {
	method = strings.TrimPrefix(method, "paginate")
	switch strings.ToLower(method) {
	case "get", "put", "update", "delete":
		return []string{method + "Item"}
	case "batchget", "batchwrite":
		return []string{method + "Item"}
	case "transactget", "transactwrite":
		return []string{method + "Items"}
	}
	return []string{method}
}

func (c Call) nodeV2() (*iam.Client, []string) {
	class, inner, _ := strings.Cut(strings.TrimPrefix(c.Client, "AWS."), ".")
	client := iam.ClientOf(index()[NodeV2][class])
	switch {
	case inner == "DocumentClient":
		return client, documentOperations(c.Method)
	case inner == "ManagedUpload", class == "S3" && c.Method == "upload":
		return client, uploads
	case class == "S3" && (c.Method == "getSignedUrl" || c.Method == "getSignedUrlPromise"):
		return nil, nil // which operation is the first argument's to say
	}
	return client, []string{c.Method}
}

// pythonResources are the methods of boto3's resource objects that are called otherwise than their operations.
var pythonResources = map[string][]string{
	"s3.upload_file": uploads, "s3.upload_fileobj": uploads, "s3.Bucket.upload_file": uploads, "s3.Bucket.upload_fileobj": uploads,
	"s3.Object.upload_file": uploads, "s3.Object.upload_fileobj": uploads, "s3.Object.put": {"PutObject"}, "s3.Object.get": {"GetObject"},
	"s3.Object.delete": {"DeleteObject"}, "s3.Object.load": {"HeadObject"}, "s3.Object.copy_from": {"CopyObject"}, "s3.Object.copy": {"CopyObject"},
	"s3.download_file": {"HeadObject", "GetObject"}, "s3.download_fileobj": {"HeadObject", "GetObject"}, "s3.copy": {"CopyObject"},
	"s3.Bucket.download_file": {"HeadObject", "GetObject"}, "s3.Bucket.download_fileobj": {"HeadObject", "GetObject"},
	"s3.Object.download_file": {"HeadObject", "GetObject"}, "s3.Object.download_fileobj": {"HeadObject", "GetObject"},
	"s3.Bucket.put_object": {"PutObject"}, "s3.Bucket.delete_objects": {"DeleteObjects"}, "s3.Bucket.copy": {"CopyObject"},
	"s3.Bucket.objects.all": {"ListObjects"}, "s3.Bucket.objects.filter": {"ListObjects"}, "s3.Bucket.objects.delete": {"ListObjects", "DeleteObjects"},
	"s3.Bucket.delete": {"DeleteBucket"}, "s3.Bucket.create": {"CreateBucket"}, "s3.ObjectSummary.get": {"GetObject"}, "s3.ObjectSummary.delete": {"DeleteObject"},
	"s3.buckets.all":                {"ListBuckets"},
	"dynamodb.Table.batch_writer":   {"BatchWriteItem"},
	"dynamodb.Table.delete":         {"DeleteTable"},
	"dynamodb.Table.load":           {"DescribeTable"},
	"dynamodb.Table.update":         {"UpdateTable"},
	"sqs.Queue.send_messages":       {"SendMessageBatch"},
	"sqs.Queue.receive_messages":    {"ReceiveMessage"},
	"sqs.Queue.delete_messages":     {"DeleteMessageBatch"},
	"sqs.Queue.purge":               {"PurgeQueue"},
	"sqs.Queue.delete":              {"DeleteQueue"},
	"sqs.Message.delete":            {"DeleteMessage"},
	"sqs.get_queue_by_name":         {"GetQueueUrl"},
	"sqs.Message.change_visibility": {"ChangeMessageVisibility"},
	"s3.objects.all":                {"ListObjects"}, "s3.objects.filter": {"ListObjects"}, "s3.objects.limit": {"ListObjects"}, "s3.objects.delete": {"ListObjects", "DeleteObjects"},
	"s3.object_versions.all": {"ListObjectVersions"}, "s3.object_versions.filter": {"ListObjectVersions"}, "s3.object_versions.delete": {"ListObjectVersions", "DeleteObjects"},
	"sns.Topic.delete":                {"DeleteTopic"},
	"ec2.Instance.start":              {"StartInstances"},
	"ec2.Instance.stop":               {"StopInstances"},
	"ec2.Instance.terminate":          {"TerminateInstances"},
	"cloudwatch.Metric.put_data":      {"PutMetricData"},
	"iam.Role.attach_policy":          {"AttachRolePolicy"},
	"iam.User.create_access_key_pair": {"CreateAccessKey"},
}

func (c Call) python() (*iam.Client, []string) {
	service, _, _ := strings.Cut(c.Client, ".")
	client := iam.ClientOf(index()[Python][service])
	if client == nil {
		return nil, nil
	}
	for _, owner := range []string{c.Client, ResourceOf(c.Client)} {
		if names, ok := pythonResources[owner+"."+c.Method]; ok {
			return client, names
		}
	}
	for _, o := range client.Operations {
		if snake(o.Name) == c.Method {
			return client, []string{o.Name}
		}
	}
	if _, class, ok := strings.Cut(c.Client, "."); ok {
		return client, ofResource(client, class[strings.LastIndexByte(class, '.')+1:], c.Method)
	}
	return client, []string{strings.ReplaceAll(c.Method, "_", "")}
}

// ResourceOf is the kind of a resource of boto3 whichever way it was come by: s3.Bucket.ObjectSummary is s3.ObjectSummary.
func ResourceOf(path string) string {
	service, rest, ok := strings.Cut(path, ".")
	if !ok {
		return path
	}
	return service + "." + rest[strings.LastIndexByte(rest, '.')+1:]
}

// ofResource are the operations behind a method of a resource of boto3, by the way in which these are named: reboot of an Instance is
// RebootInstances, load of a NetworkInterface DescribeNetworkInterfaces, filter of the collection security_groups DescribeSecurityGroups.
func ofResource(client *iam.Client, class, method string) []string {
	var tried []string
	verb, many := Camel(method), class+"s"
	switch method {
	case "load", "reload":
		tried = []string{"Describe" + many, "Get" + class, "Describe" + class, "Get" + class + "Attributes", "Head" + class}
	case "all", "filter", "limit", "page_size", "pages":
		tried = []string{"Describe" + Camel(class), "List" + Camel(class)}
	default:
		tried = []string{verb + many, verb + class, verb + Camel(class)}
	}
	for _, name := range tried {
		if client.Operation(name) != nil {
			return []string{name}
		}
	}
	return nil
}

// Camel is a name of Python as one of an API: security_groups as SecurityGroups.
func Camel(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

// snake is the name of an operation as boto3 has it: GetQueueURL as get_queue_url, ListObjectsV2 as list_objects_v2.
func snake(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		upper := c >= 'A' && c <= 'Z'
		if upper && i > 0 {
			before := name[i-1] >= 'a' && name[i-1] <= 'z' || name[i-1] >= '0' && name[i-1] <= '9'
			after := i+1 < len(name) && name[i+1] >= 'a' && name[i+1] <= 'z'
			if before || after && name[i-1] >= 'A' && name[i-1] <= 'Z' {
				b.WriteByte('_')
			}
		}
		if upper {
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

func (c Call) golang() (*iam.Client, []string) {
	method := c.Method
	switch c.Client {
	case "manager", "s3manager", "transfermanager": // feature/s3/manager
		method, _, _ = strings.Cut(method, "With") // UploadWithContext, DownloadWithIterator
		switch method {
		case "Upload", "UploadObject":
			return iam.ClientOf("s3"), uploads
		case "Download", "DownloadObject":
			return iam.ClientOf("s3"), []string{"HeadObject", "GetObject"}
		case "GetBucketRegion":
			return iam.ClientOf("s3"), []string{"HeadBucket"}
		}
		return nil, nil
	}
	name := index()[Go][c.Client]
	if name == "" {
		name = goNames[c.Client]
	}
	client := iam.ClientOf(name)
	if client == nil || client.Operation(method) != nil {
		return client, []string{method}
	}
	for _, suffix := range []string{"WithContext", "Request", "Pages"} {
		method = strings.TrimSuffix(method, suffix)
	}
	if rest, ok := strings.CutPrefix(method, "New"); ok { // NewListObjectsV2Paginator
		method = strings.TrimSuffix(rest, "Paginator")
	}
	return client, []string{method}
}

// goNames are packages of the Go SDKs that are called otherwise than their clients.
var goNames = map[string]string{
	"elasticloadbalancing": "elastic-load-balancing", "elasticloadbalancingv2": "elastic-load-balancing-v2",
	"elb": "elastic-load-balancing", "elbv2": "elastic-load-balancing-v2", "dynamodbstreams": "dynamodb-streams",
	"cognitoidentityprovider": "cognito-identity-provider", "resourcegroupstaggingapi": "resource-groups-tagging-api",
}
