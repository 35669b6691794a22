package sam

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/model"
)

// grant is one statement of a policy template.
type grant struct {
	actions   string // the service before the colon holds for the actions that follow: "sqs:SendMessage ReceiveMessage"
	resources string // with ${Parameter}; "~sqs:x" stands for x in this region and account
	key, is   string // condition StringEquals, if there is one
}

// expandTemplate gives the statements of a policy template with its parameters filled in. The place of a statement is
// that of the template's name, the place of a resource that of its parameter. A template that is not known gives a
// statement of which only the effect is known.
func expandTemplate(name string, params *model.Value, at model.Origin) []*model.Value {
	grants, ok := policyTemplates[name]
	if !ok {
		unknown := model.NewPresent(name+" is not a policy template of SAM", at)
		return []*model.Value{statement(unknown, unknown, at)}
	}
	param := func(parameter string) *model.Value {
		if v := params.Get(parameter); v.Kind != model.Absent {
			return v
		}
		return model.NewPresent(name+" is used without its parameter "+parameter, at)
	}
	out := make([]*model.Value, len(grants))
	for i, g := range grants {
		out[i] = g.statement(param, at)
	}
	return out
}

func (g grant) statement(param func(string) *model.Value, at model.Origin) *model.Value {
	var resources []*model.Value
	for _, r := range strings.Fields(g.resources) {
		resources = append(resources, arnPattern(r, param, at))
	}
	s := statement(texts(at, g.actionList()...), list(at, resources...), at)
	if g.key == "" {
		return s
	}
	return with(s, "Condition", object("StringEquals", object(g.key, arnPattern(g.is, param, at), at), at))
}

func (g grant) actionList() []string {
	words := strings.Fields(g.actions)
	service := ""
	for i, w := range words {
		if before, _, ok := strings.Cut(w, ":"); ok {
			service = before
			continue
		}
		words[i] = service + ":" + w
	}
	return words
}

// arnPattern makes a resource: the place of the value that a person gave for it, where there is one.
func arnPattern(s string, param func(string) *model.Value, at model.Origin) *model.Value {
	if rest, ok := strings.CutPrefix(s, "~"); ok {
		service, path, _ := strings.Cut(rest, ":")
		s = "arn:${Partition}:" + service + ":${Region}:${Account}:" + path
	}
	place := at
	v := func(name string) *model.Value {
		p := param(name)
		place = p.Origin
		return p
	}
	made := pattern(s, v, at)
	return made.At(place)
}

// Resources and actions that several templates share.
const (
	anyResource     = "*"
	stateMachineARN = "~states:stateMachine:${StateMachineName}"
	tableAndIndex   = "~dynamodb:table/${TableName} ~dynamodb:table/${TableName}/index/*"
	bucketAndKeys   = "arn:${Partition}:s3:::${BucketName} arn:${Partition}:s3:::${BucketName}/*"
	emrCluster      = "~elasticmapreduce:cluster/${ClusterId}"
	collection      = "~rekognition:collection/${CollectionId}"
	identity        = "~ses:identity/${IdentityName}"
	repository      = "~codecommit:${RepositoryName}"

	gitRead = "codecommit:GitPull GetBranch ListBranches BatchDescribeMergeConflicts DescribeMergeConflicts " +
		"GetMergeCommit GetMergeOptions BatchGetPullRequests DescribePullRequestEvents GetCommentsForPullRequest " +
		"GetCommitsFromMergeBase GetMergeConflicts GetPullRequest ListPullRequests GetBlob GetFile GetFolder GetComment " +
		"GetCommentsForComparedCommit BatchGetCommits GetCommit GetCommitHistory GetDifferences GetObjectIdentifier " +
		"GetReferences GetTree GetRepository ListTagsForResource GetRepositoryTriggers TestRepositoryTriggers " +
		"GetUploadArchiveStatus"
	gitWrite = "codecommit:GitPush CreateBranch DeleteBranch MergeBranchesByFastForward MergeBranchesBySquash " +
		"MergeBranchesByThreeWay UpdateDefaultBranch CreateUnreferencedMergeCommit CreatePullRequest " +
		"MergePullRequestByFastForward MergePullRequestBySquash MergePullRequestByThreeWay PostCommentForPullRequest " +
		"UpdatePullRequestDescription UpdatePullRequestStatus UpdatePullRequestTitle DeleteFile PutFile " +
		"DeleteCommentContent PostCommentForComparedCommit PostCommentReply UpdateComment CreateCommit " +
		"UpdateRepositoryDescription TagResource UntagResource PutRepositoryTriggers UploadArchive CancelUploadArchive"
)

// ExactTemplate is the policy template that allows just these actions, on what another one is used for; empty where there is none. It has the
// same parameters.
func ExactTemplate(instead string, actions []string) string {
	parameters := parametersOf(policyTemplates[instead])
	for _, name := range slices.Sorted(maps.Keys(policyTemplates)) {
		if parametersOf(policyTemplates[name]) != parameters || name == instead {
			continue
		}
		var all []string
		conditions := false
		for _, g := range policyTemplates[name] {
			all = append(all, g.actionList()...)
			conditions = conditions || g.key != ""
		}
		slices.Sort(all)
		if slices.Equal(slices.Compact(all), actions) && !conditions {
			return name
		}
	}
	return ""
}

// TemplateResources are the resources on which a policy template allows an action, with ${Parameter} for what it is used with.
func TemplateResources(name, action string) []string {
	var out []string
	for _, g := range policyTemplates[name] {
		if !slices.Contains(g.actionList(), action) {
			continue
		}
		for r := range strings.FieldsSeq(g.resources) {
			if rest, ok := strings.CutPrefix(r, "~"); ok {
				service, path, _ := strings.Cut(rest, ":")
				r = "arn:${Partition}:" + service + ":${Region}:${Account}:" + path
			}
			out = append(out, strings.NewReplacer("${Partition}", "${AWS::Partition}", "${Region}", "${AWS::Region}", "${Account}", "${AWS::AccountId}").Replace(r))
		}
	}
	return out
}

// parametersOf are the parameters that grants use, and the resources that they make of them.
func parametersOf(all []grant) string {
	seen := map[string]bool{}
	for _, g := range all {
		for _, r := range strings.Fields(g.resources) {
			seen[r] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(seen)), " ")
}

// policyTemplates are the policy templates of SAM, from the page "AWS SAM policy template list" of the AWS SAM developer
// guide.
var policyTemplates = map[string][]grant{
	"AcmGetCertificatePolicy": {{actions: "acm:GetCertificate", resources: "${CertificateArn}"}},
	"AMIDescribePolicy":       {{actions: "ec2:DescribeImages", resources: anyResource}},
	"AthenaQueryPolicy": {
		{actions: "athena:ListWorkGroups GetExecutionEngine GetExecutionEngines GetNamespace GetCatalogs GetNamespaces " +
			"GetTables GetTable", resources: anyResource},
		{actions: "athena:StartQueryExecution GetQueryResults DeleteNamedQuery GetNamedQuery ListQueryExecutions " +
			"StopQueryExecution GetQueryResultsStream ListNamedQueries CreateNamedQuery GetQueryExecution " +
			"BatchGetNamedQuery BatchGetQueryExecution GetWorkGroup", resources: "~athena:workgroup/${WorkGroupName}"},
	},
	"AWSSecretsManagerGetSecretValuePolicy": {{actions: "secretsmanager:GetSecretValue", resources: "${SecretArn}"}},
	"AWSSecretsManagerRotationPolicy": {
		{actions: "secretsmanager:DescribeSecret GetSecretValue PutSecretValue UpdateSecretVersionStage",
			resources: "~secretsmanager:secret:*",
			key:       "secretsmanager:resource/AllowRotationLambdaArn", is: "~lambda:function:${FunctionName}"},
		{actions: "secretsmanager:GetRandomPassword", resources: anyResource},
	},
	"CloudFormationDescribeStacksPolicy": {{actions: "cloudformation:DescribeStacks", resources: "~cloudformation:stack/*"}},
	"CloudWatchDashboardPolicy": {
		{actions: "cloudwatch:GetDashboard ListDashboards PutDashboard ListMetrics", resources: anyResource},
	},
	"CloudWatchDescribeAlarmHistoryPolicy": {{actions: "cloudwatch:DescribeAlarmHistory", resources: anyResource}},
	"CloudWatchPutMetricPolicy":            {{actions: "cloudwatch:PutMetricData", resources: anyResource}},
	"CodeCommitCrudPolicy":                 {{actions: gitRead + " " + gitWrite, resources: repository}},
	"CodeCommitReadPolicy":                 {{actions: gitRead, resources: repository}},
	"CodePipelineLambdaExecutionPolicy": {
		{actions: "codepipeline:PutJobSuccessResult PutJobFailureResult", resources: anyResource},
	},
	"CodePipelineReadOnlyPolicy": {
		{actions: "codepipeline:ListPipelineExecutions", resources: "~codepipeline:${PipelineName}"},
	},
	"ComprehendBasicAccessPolicy": {
		{actions: "comprehend:BatchDetectKeyPhrases DetectDominantLanguage DetectEntities BatchDetectEntities " +
			"DetectKeyPhrases DetectSentiment BatchDetectDominantLanguage BatchDetectSentiment", resources: anyResource},
	},
	"CostExplorerReadOnlyPolicy": {
		{actions: "ce:GetCostAndUsage GetDimensionValues GetReservationCoverage GetReservationPurchaseRecommendation " +
			"GetReservationUtilization GetTags", resources: anyResource},
	},
	"DynamoDBBackupFullAccessPolicy": {
		{actions: "dynamodb:CreateBackup DescribeContinuousBackups", resources: "~dynamodb:table/${TableName}"},
		{actions: "dynamodb:DeleteBackup DescribeBackup ListBackups", resources: "~dynamodb:table/${TableName}/backup/*"},
	},
	"DynamoDBCrudPolicy": {
		{actions: "dynamodb:GetItem DeleteItem PutItem Scan Query UpdateItem BatchWriteItem BatchGetItem DescribeTable " +
			"ConditionCheckItem", resources: tableAndIndex},
	},
	"DynamoDBReadPolicy": {
		{actions: "dynamodb:GetItem Scan Query BatchGetItem DescribeTable", resources: tableAndIndex},
	},
	"DynamoDBReconfigurePolicy": {{actions: "dynamodb:UpdateTable", resources: "~dynamodb:table/${TableName}"}},
	"DynamoDBRestoreFromBackupPolicy": {
		{actions: "dynamodb:RestoreTableFromBackup", resources: "~dynamodb:table/${TableName}/backup/*"},
		{actions: "dynamodb:PutItem UpdateItem DeleteItem GetItem Query Scan BatchWriteItem",
			resources: "~dynamodb:table/${TableName}"},
	},
	"DynamoDBStreamReadPolicy": {
		{actions: "dynamodb:DescribeStream GetRecords GetShardIterator",
			resources: "~dynamodb:table/${TableName}/stream/${StreamName}"},
		{actions: "dynamodb:ListStreams", resources: "~dynamodb:table/${TableName}/stream/*"},
	},
	"DynamoDBWritePolicy": {{actions: "dynamodb:PutItem UpdateItem BatchWriteItem", resources: tableAndIndex}},
	"EC2CopyImagePolicy":  {{actions: "ec2:CopyImage", resources: "~ec2:image/${ImageId}"}},
	"EC2DescribePolicy":   {{actions: "ec2:DescribeRegions DescribeInstances", resources: anyResource}},
	"EcsRunTaskPolicy":    {{actions: "ecs:RunTask", resources: "~ecs:task-definition/${TaskDefinition}"}},
	"EFSWriteAccessPolicy": {
		{actions: "elasticfilesystem:ClientMount ClientWrite", resources: "~elasticfilesystem:file-system/${FileSystem}",
			key: "elasticfilesystem:AccessPointArn", is: "~elasticfilesystem:access-point/${AccessPoint}"},
	},
	"EKSDescribePolicy":                     {{actions: "eks:DescribeCluster ListClusters", resources: anyResource}},
	"ElasticMapReduceAddJobFlowStepsPolicy": {{actions: "elasticmapreduce:AddJobFlowSteps", resources: emrCluster}},
	"ElasticMapReduceCancelStepsPolicy":     {{actions: "elasticmapreduce:CancelSteps", resources: emrCluster}},
	"ElasticMapReduceModifyInstanceFleetPolicy": {
		{actions: "elasticmapreduce:ModifyInstanceFleet ListInstanceFleets", resources: emrCluster},
	},
	"ElasticMapReduceModifyInstanceGroupsPolicy": {
		{actions: "elasticmapreduce:ModifyInstanceGroups ListInstanceGroups", resources: emrCluster},
	},
	"ElasticMapReduceSetTerminationProtectionPolicy": {
		{actions: "elasticmapreduce:SetTerminationProtection", resources: emrCluster},
	},
	"ElasticMapReduceTerminateJobFlowsPolicy": {{actions: "elasticmapreduce:TerminateJobFlows", resources: emrCluster}},
	"ElasticsearchHttpPostPolicy":             {{actions: "es:ESHttpPost ESHttpPut", resources: "~es:domain/${DomainName}/*"}},
	"EventBridgePutEventsPolicy":              {{actions: "events:PutEvents", resources: "~events:event-bus/${EventBusName}"}},
	"FilterLogEventsPolicy": {
		{actions: "logs:FilterLogEvents", resources: "~logs:log-group:${LogGroupName}:log-stream:*"},
	},
	"FirehoseCrudPolicy": {
		{actions: "firehose:CreateDeliveryStream DeleteDeliveryStream DescribeDeliveryStream PutRecord PutRecordBatch " +
			"UpdateDestination", resources: "~firehose:deliverystream/${DeliveryStreamName}"},
	},
	"FirehoseWritePolicy": {
		{actions: "firehose:PutRecord PutRecordBatch", resources: "~firehose:deliverystream/${DeliveryStreamName}"},
	},
	"KinesisCrudPolicy": {
		{actions: "kinesis:AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream DescribeStream " +
			"DescribeStreamSummary GetShardIterator IncreaseStreamRetentionPeriod ListTagsForStream MergeShards PutRecord " +
			"PutRecords SplitShard RemoveTagsFromStream", resources: "~kinesis:stream/${StreamName}"},
	},
	"KinesisStreamReadPolicy": {
		{actions: "kinesis:ListStreams DescribeLimits", resources: "~kinesis:stream/*"},
		{actions: "kinesis:DescribeStream DescribeStreamSummary GetRecords GetShardIterator",
			resources: "~kinesis:stream/${StreamName}"},
	},
	"KMSDecryptPolicy": {{actions: "kms:Decrypt", resources: "~kms:key/${KeyId}"}},
	"KMSEncryptPolicy": {{actions: "kms:Encrypt", resources: "~kms:key/${KeyId}"}},
	"KMSEncryptPolicy_v2": {{actions: "kms:Encrypt GenerateDataKey " +
		"GenerateDataKeyWithoutPlaintext GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext", resources: "~kms:key/${KeyId}"}},
	"LambdaInvokePolicy":                   {{actions: "lambda:InvokeFunction", resources: "~lambda:function:${FunctionName}*"}},
	"MobileAnalyticsWriteOnlyAccessPolicy": {{actions: "mobileanalytics:PutEvents", resources: anyResource}},
	"OrganizationsListAccountsPolicy":      {{actions: "organizations:ListAccounts", resources: anyResource}},
	"PinpointEndpointAccessPolicy": {
		{actions: "mobiletargeting:GetEndpoint UpdateEndpoint UpdateEndpointsBatch",
			resources: "~mobiletargeting:apps/${PinpointApplicationId}/endpoints/*"},
	},
	"PollyFullAccessPolicy": {
		{actions: "polly:GetLexicon DeleteLexicon", resources: "~polly:lexicon/${LexiconName}"},
		{actions: "polly:DescribeVoices ListLexicons PutLexicon SynthesizeSpeech", resources: "~polly:lexicon/*"},
	},
	"RekognitionDetectOnlyPolicy": {
		{actions: "rekognition:DetectFaces DetectLabels DetectModerationLabels DetectText", resources: anyResource},
	},
	"RekognitionFacesManagementPolicy": {
		{actions: "rekognition:IndexFaces DeleteFaces SearchFaces SearchFacesByImage ListFaces", resources: collection},
	},
	"RekognitionFacesPolicy":  {{actions: "rekognition:CompareFaces DetectFaces", resources: anyResource}},
	"RekognitionLabelsPolicy": {{actions: "rekognition:DetectLabels DetectModerationLabels", resources: anyResource}},
	"RekognitionNoDataAccessPolicy": {
		{actions: "rekognition:CompareFaces DetectFaces DetectLabels DetectModerationLabels", resources: collection},
	},
	"RekognitionReadPolicy": {
		{actions: "rekognition:ListCollections ListFaces SearchFaces SearchFacesByImage", resources: collection},
	},
	"RekognitionWriteOnlyAccessPolicy": {{actions: "rekognition:CreateCollection IndexFaces", resources: collection}},
	"Route53ChangeResourceRecordSetsPolicy": {
		{actions: "route53:ChangeResourceRecordSets", resources: "arn:${Partition}:route53:::hostedzone/${HostedZoneId}"},
	},
	"S3CrudPolicy": {
		{actions: "s3:GetObject ListBucket GetBucketLocation GetObjectVersion PutObject PutObjectAcl " +
			"GetLifecycleConfiguration PutLifecycleConfiguration DeleteObject", resources: bucketAndKeys},
	},
	"S3FullAccessPolicy": {
		{actions: "s3:GetObject GetObjectAcl GetObjectVersion PutObject PutObjectAcl DeleteObject DeleteObjectTagging " +
			"DeleteObjectVersionTagging GetObjectTagging GetObjectVersionTagging PutObjectTagging " +
			"PutObjectVersionTagging", resources: "arn:${Partition}:s3:::${BucketName}/*"},
		{actions: "s3:ListBucket GetBucketLocation GetLifecycleConfiguration PutLifecycleConfiguration",
			resources: "arn:${Partition}:s3:::${BucketName}"},
	},
	"S3ReadPolicy": {
		{actions: "s3:GetObject ListBucket GetBucketLocation GetObjectVersion GetLifecycleConfiguration",
			resources: bucketAndKeys},
	},
	"S3WritePolicy": {{actions: "s3:PutObject PutObjectAcl PutLifecycleConfiguration", resources: bucketAndKeys}},
	"SageMakerCreateEndpointConfigPolicy": {
		{actions: "sagemaker:CreateEndpointConfig", resources: "~sagemaker:endpoint-config/${EndpointConfigName}"},
	},
	"SageMakerCreateEndpointPolicy": {
		{actions: "sagemaker:CreateEndpoint", resources: "~sagemaker:endpoint/${EndpointName}"},
	},
	"ServerlessRepoReadWriteAccessPolicy": {
		{actions: "serverlessrepo:CreateApplication CreateApplicationVersion UpdateApplication GetApplication " +
			"ListApplications ListApplicationVersions ListApplicationDependencies", resources: "~serverlessrepo:applications/*"},
	},
	"SESBulkTemplatedCrudPolicy": {
		{actions: "ses:GetIdentityVerificationAttributes SendEmail SendRawEmail SendTemplatedEmail SendBulkTemplatedEmail " +
			"VerifyEmailIdentity", resources: identity},
	},
	"SESBulkTemplatedCrudPolicy_v2": {
		{actions: "ses:SendEmail SendRawEmail SendTemplatedEmail SendBulkTemplatedEmail",
			resources: identity + " ~ses:template/${TemplateName}"},
		{actions: "ses:GetIdentityVerificationAttributes VerifyEmailIdentity", resources: anyResource},
	},
	"SESCrudPolicy": {
		{actions: "ses:GetIdentityVerificationAttributes SendEmail SendRawEmail VerifyEmailIdentity", resources: identity},
	},
	"SESEmailTemplateCrudPolicy": {
		{actions: "ses:CreateTemplate GetTemplate ListTemplates UpdateTemplate DeleteTemplate TestRenderTemplate",
			resources: anyResource},
	},
	"SESSendBouncePolicy": {{actions: "ses:SendBounce", resources: identity}},
	"SNSCrudPolicy": {
		{actions: "sns:ListSubscriptionsByTopic CreateTopic SetTopicAttributes Subscribe Publish",
			resources: "~sns:${TopicName}*"},
	},
	"SNSPublishMessagePolicy": {{actions: "sns:Publish", resources: "~sns:${TopicName}"}},
	"SQSPollerPolicy": {
		{actions: "sqs:ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage DeleteMessageBatch " +
			"GetQueueAttributes ReceiveMessage", resources: "~sqs:${QueueName}"},
	},
	"SQSSendMessagePolicy": {{actions: "sqs:SendMessage*", resources: "~sqs:${QueueName}"}},
	"SSMParameterReadPolicy": {
		{actions: "ssm:DescribeParameters", resources: anyResource},
		{actions: "ssm:GetParameters GetParameter GetParametersByPath", resources: "~ssm:parameter/${ParameterName}"},
	},
	"SSMParameterWithSlashPrefixReadPolicy": {
		{actions: "ssm:DescribeParameters", resources: anyResource},
		{actions: "ssm:GetParameters GetParameter GetParametersByPath", resources: "~ssm:parameter${ParameterName}"},
	},
	"StepFunctionsCallbackPolicy": {
		{actions: "states:SendTaskFailure SendTaskHeartbeat SendTaskSuccess", resources: stateMachineARN},
	},
	"StepFunctionsExecutionPolicy":    {{actions: "states:StartExecution", resources: stateMachineARN}},
	"StepFunctionsExecutionPolicy_v2": {{actions: "states:StartExecution StartSyncExecution", resources: stateMachineARN}},
	"TextractDetectAnalyzePolicy": {
		{actions: "textract:DetectDocumentText StartDocumentTextDetection StartDocumentAnalysis AnalyzeDocument",
			resources: anyResource},
	},
	"TextractGetResultPolicy": {
		{actions: "textract:GetDocumentTextDetection GetDocumentAnalysis", resources: anyResource},
	},
	"TextractPolicy": {{actions: "textract:*", resources: anyResource}},
	"VPCAccessPolicy": {
		{actions: "ec2:CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces DetachNetworkInterface",
			resources: anyResource},
	},
}
