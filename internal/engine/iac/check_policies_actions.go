package iac

import (
	"regexp"
	"strings"

	"wardlet.example/internal/model"
)

// scopableActions are actions that can be limited to named resources and that read data, change something or give rights:
// those with a resource type in the AWS Service Authorization Reference (state of September 2026,
// https://docs.aws.amazon.com/service-authorization/latest/reference/), for the services that serverless code uses. What
// only describes, lists or tags is left out, and so is iam:PassRole, which has a rule of its own.
var scopableActions = map[string]string{
	"amplify":    "DeleteApp StartDeployment StartJob UpdateApp",
	"aoss":       "APIAccessAll DashboardsAccessAll",
	"apigateway": "DELETE GET PATCH POST PUT",
	"appconfig":  "GetConfiguration GetLatestConfiguration StartConfigurationSession StartDeployment",
	"appsync":    "DeleteGraphqlApi EventConnect EventPublish EventSubscribe GraphQL UpdateGraphqlApi",
	"athena": "BatchGetQueryExecution CreateNamedQuery DeleteNamedQuery GetNamedQuery GetQueryExecution " +
		"GetQueryResults GetQueryResultsStream StartQueryExecution StopQueryExecution",
	"autoscaling": "CompleteLifecycleAction DeleteAutoScalingGroup SetDesiredCapacity " +
		"TerminateInstanceInAutoScalingGroup UpdateAutoScalingGroup",
	"batch":     "CancelJob DeregisterJobDefinition SubmitJob TerminateJob",
	"bedrock":   "ApplyGuardrail InvokeAgent InvokeFlow InvokeModel InvokeModelWithResponseStream Retrieve",
	"cassandra": "Alter Create Drop Modify Select",
	"cloudformation": "CancelUpdateStack CreateChangeSet CreateStack DeleteStack ExecuteChangeSet GetTemplate " +
		"SetStackPolicy UpdateStack",
	"cloudfront": "CreateInvalidation DeleteDistribution GetDistribution GetDistributionConfig UpdateDistribution",
	"cloudwatch": "DeleteAlarms DeleteDashboards DisableAlarmActions EnableAlarmActions PutDashboard PutMetricAlarm " +
		"SetAlarmState",
	"codebuild":    "CreateProject DeleteProject StartBuild StartBuildBatch StopBuild UpdateProject",
	"codecommit":   "CreateCommit DeleteRepository GetBlob GetFile GitPull GitPush MergePullRequestByFastForward PutFile",
	"codepipeline": "DeletePipeline PutApprovalResult StartPipelineExecution StopPipelineExecution UpdatePipeline",
	"cognito-identity": "DeleteIdentityPool GetOpenIdTokenForDeveloperIdentity LookupDeveloperIdentity " +
		"MergeDeveloperIdentities UnlinkDeveloperIdentity UpdateIdentityPool",
	"cognito-idp": "AddCustomAttributes AddUserPoolClientSecret AdminAddUserToGroup AdminConfirmSignUp AdminCreateUser " +
		"AdminDeleteSoftwareToken AdminDeleteUser AdminDeleteUserAttributes AdminDisableProviderForUser " +
		"AdminDisableUser AdminEnableUser AdminForgetDevice AdminGetDevice AdminGetUser " +
		"AdminGetUserAuthFactors AdminInitiateAuth AdminLinkProviderForUser AdminListGroupsForUser " +
		"AdminListUserAuthEvents AdminRemoveUserFromGroup AdminResetUserPassword AdminRespondToAuthChallenge " +
		"AdminSetUserMFAPreference AdminSetUserPassword AdminSetUserSettings AdminUpdateAuthEventFeedback " +
		"AdminUpdateDeviceStatus AdminUpdateUserAttributes AdminUserGlobalSignOut CreateGroup " +
		"CreateIdentityProvider CreateResourceServer CreateUserPoolClient CreateUserPoolDomain DeleteGroup " +
		"DeleteIdentityProvider DeleteResourceServer DeleteUserPool DeleteUserPoolClient " +
		"DeleteUserPoolClientSecret DeleteUserPoolDomain ListUsers ListUsersInGroup SetUserPoolMfaConfig " +
		"UpdateAuthEventFeedback UpdateGroup UpdateIdentityProvider UpdateResourceServer UpdateUserPool " +
		"UpdateUserPoolClient UpdateUserPoolDomain",
	"cognito-sync": "DeleteDataset GetCognitoEvents RegisterDevice SetCognitoEvents SubscribeToDataset " +
		"UnsubscribeFromDataset UpdateRecords",
	"connect": "GetContactAttributes StartChatContact StopContact UpdateContactAttributes",
	"dax": "BatchGetItem BatchWriteItem ConditionCheckItem DecreaseReplicationFactor DeleteItem GetItem " +
		"IncreaseReplicationFactor PutItem Query Scan UpdateItem",
	"dynamodb": "BatchGetItem BatchWriteItem ConditionCheckItem CreateBackup CreateGlobalTable CreateTable " +
		"DeleteBackup DeleteItem DeleteResourcePolicy DeleteTable ExportTableToPointInTime GetItem GetRecords " +
		"GetShardIterator ImportTable PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate PutItem " +
		"PutResourcePolicy Query RestoreTableFromBackup RestoreTableToPointInTime Scan SearchVectors " +
		"UpdateGlobalTable UpdateGlobalTableSettings UpdateGlobalTableVersion UpdateItem UpdateTable " +
		"UpdateTimeToLive",
	"ec2": "AssociateAddress AttachVolume AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateImage " +
		"CreateSecurityGroup CreateSnapshot CreateVolume DeleteSecurityGroup DeleteSnapshot DeleteVolume " +
		"DeregisterImage DetachVolume ModifyInstanceAttribute ModifySnapshotAttribute RebootInstances " +
		"ReleaseAddress RevokeSecurityGroupEgress RevokeSecurityGroupIngress RunInstances StartInstances " +
		"StopInstances TerminateInstances",
	"ecr": "BatchDeleteImage BatchGetImage CompleteLayerUpload DeleteRepository GetDownloadUrlForLayer " +
		"InitiateLayerUpload PutImage SetRepositoryPolicy UploadLayerPart",
	"ecs":               "CreateService DeleteService ExecuteCommand RunTask StartTask StopTask UpdateService",
	"elasticfilesystem": "ClientMount ClientRootAccess ClientWrite",
	"es": "CreateDomain CreateElasticsearchDomain DeleteDomain DeleteElasticsearchDomain ESHttpDelete ESHttpGet " +
		"ESHttpHead ESHttpPatch ESHttpPost ESHttpPut UpdateDomainConfig UpdateElasticsearchDomainConfig",
	"events": "CreateConnection CreateEventBus DeauthorizeConnection DeleteConnection DeleteEventBus " +
		"DeleteResourcePolicy DeleteRule DisableRule EnableRule PutEvents PutResourcePolicy PutRule " +
		"PutTargets RemoveTargets UpdateConnection UpdateEventBus",
	"execute-api": "InvalidateCache Invoke ManageConnections",
	"firehose": "CreateDeliveryStream DeleteDeliveryStream PutRecord PutRecordBatch StartDeliveryStreamEncryption " +
		"StopDeliveryStreamEncryption UpdateDestination",
	"geo": "BatchGetDevicePosition BatchUpdateDevicePosition CalculateRoute CalculateRouteMatrix " +
		"GetDevicePosition GetGeofence PutGeofence SearchPlaceIndexForPosition SearchPlaceIndexForSuggestions " +
		"SearchPlaceIndexForText",
	"glue": "BatchCreatePartition BatchDeletePartition BatchGetPartition CreateDatabase CreatePartition " +
		"CreateTable DeleteDatabase DeleteJob DeletePartition DeleteTable GetDatabase GetPartition " +
		"GetPartitions GetTable GetTables StartCrawler StartJobRun StopCrawler UpdateCrawler UpdateJob " +
		"UpdatePartition UpdateTable",
	"iam": "AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy ChangePassword CreateAccessKey " +
		"CreateGroup CreateLoginProfile CreatePolicy CreatePolicyVersion CreateRole CreateUser " +
		"DeleteAccessKey DeleteGroup DeleteGroupPolicy DeleteLoginProfile DeletePolicy DeletePolicyVersion " +
		"DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DeleteUser DeleteUserPermissionsBoundary " +
		"DeleteUserPolicy DetachGroupPolicy DetachRolePolicy DetachUserPolicy PutGroupPolicy " +
		"PutRolePermissionsBoundary PutRolePolicy PutUserPermissionsBoundary PutUserPolicy " +
		"RemoveUserFromGroup SendDelegationToken SetDefaultPolicyVersion UpdateAccessKey " +
		"UpdateAssumeRolePolicy UpdateGroup UpdateLoginProfile UpdateRole UpdateRoleDescription UpdateUser",
	"iot": "AttachPolicy AttachPrincipalPolicy AttachThingPrincipal CancelJob Connect CreateJob CreatePolicy " +
		"CreatePolicyVersion CreateThing CreateTopicRule DeleteCertificate DeleteJob DeletePolicy DeleteThing " +
		"DeleteThingShadow DeleteTopicRule DetachPolicy DetachPrincipalPolicy DetachThingPrincipal " +
		"GetRetainedMessage GetThingShadow Publish Receive ReplaceTopicRule RetainPublish Subscribe " +
		"UpdateCertificate UpdateThing UpdateThingShadow",
	"kinesis": "CreateStream DecreaseStreamRetentionPeriod DeleteResourcePolicy DeleteStream " +
		"DeregisterStreamConsumer GetRecords GetShardIterator IncreaseStreamRetentionPeriod MergeShards " +
		"PutRecord PutRecords PutResourcePolicy RegisterStreamConsumer SplitShard StartStreamEncryption " +
		"StopStreamEncryption SubscribeToShard",
	"kinesisvideo": "GetDataEndpoint GetMedia PutMedia",
	"kms": "CancelKeyDeletion CreateAlias CreateGrant Decrypt DeleteAlias DeriveSharedSecret DisableKey " +
		"DisableKeyRotation EnableKey EnableKeyRotation Encrypt GenerateDataKey GenerateDataKeyPair " +
		"GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac ImportKeyMaterial " +
		"PutKeyPolicy ReEncryptFrom ReEncryptTo RetireGrant RevokeGrant RotateKeyOnDemand ScheduleKeyDeletion " +
		"Sign UpdateAlias UpdateKeyDescription Verify VerifyMac",
	"lambda": "AddLayerVersionPermission AddPermission CreateAlias CreateFunction CreateFunctionUrlConfig " +
		"DeleteAlias DeleteEventSourceMapping DeleteFunction DeleteFunctionConcurrency DeleteLayerVersion " +
		"GetFunction GetFunctionConfiguration InvokeAsync InvokeFunction InvokeFunctionUrl " +
		"PublishLayerVersion PublishVersion PutFunctionConcurrency PutFunctionEventInvokeConfig " +
		"PutProvisionedConcurrencyConfig RemovePermission UpdateAlias UpdateEventSourceMapping " +
		"UpdateFunctionCode UpdateFunctionConfiguration UpdateFunctionEventInvokeConfig " +
		"UpdateFunctionUrlConfig",
	"lex": "PostContent PostText PutSession RecognizeText RecognizeUtterance",
	"logs": "DeleteLogGroup DeleteLogStream DeleteMetricFilter DeleteRetentionPolicy DeleteSubscriptionFilter " +
		"FilterLogEvents GetLogEvents GetLogRecord PutMetricFilter PutRetentionPolicy PutSubscriptionFilter " +
		"StartQuery Unmask",
	"mobiletargeting": "DeleteEndpoint GetEndpoint GetUserEndpoints SendMessages SendUsersMessages UpdateEndpoint " +
		"UpdateEndpointsBatch",
	"personalize": "GetPersonalizedRanking GetRecommendations PutItems PutUsers",
	"quicksight":  "GenerateEmbedUrlForAnonymousUser GenerateEmbedUrlForRegisteredUser GetDashboardEmbedUrl RegisterUser",
	"rds": "CopyDBSnapshot CreateDBCluster CreateDBClusterSnapshot CreateDBInstance CreateDBSnapshot " +
		"DeleteDBCluster DeleteDBInstance DeleteDBSnapshot DownloadDBLogFilePortion ModifyDBCluster " +
		"ModifyDBClusterSnapshotAttribute ModifyDBInstance ModifyDBSnapshotAttribute RebootDBInstance " +
		"RestoreDBInstanceFromDBSnapshot StartDBCluster StartDBInstance StopDBCluster StopDBInstance",
	"rds-data": "BatchExecuteStatement BeginTransaction CommitTransaction ExecuteSql ExecuteStatement " +
		"RollbackTransaction",
	"rds-db":        "connect",
	"redshift":      "DeleteCluster GetClusterCredentials GetClusterCredentialsWithIAM ModifyCluster",
	"redshift-data": "BatchExecuteStatement ExecuteStatement",
	"rekognition": "AssociateFaces DeleteCollection DeleteFaces IndexFaces SearchFaces SearchFacesByImage SearchUsers " +
		"SearchUsersByImage",
	"route53": "ChangeResourceRecordSets DeleteHostedZone",
	"s3": "AbortMultipartUpload BypassGovernanceRetention CreateBucket DeleteBucket DeleteBucketPolicy " +
		"DeleteBucketWebsite DeleteObject DeleteObjectVersion GetObject GetObjectAcl GetObjectAttributes " +
		"GetObjectLegalHold GetObjectRetention GetObjectVersion GetObjectVersionAcl " +
		"GetObjectVersionAttributes ListBucket ListBucketMultipartUploads ListBucketVersions " +
		"ObjectOwnerOverrideToBucketOwner PutBucketAcl PutBucketCORS PutBucketLogging PutBucketNotification " +
		"PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy " +
		"PutBucketPublicAccessBlock PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration " +
		"PutLifecycleConfiguration PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention " +
		"PutObjectVersionAcl PutReplicationConfiguration RestoreObject UpdateObjectEncryption",
	"sagemaker": "CreateEndpoint CreateModel CreateNotebookInstance CreatePresignedNotebookInstanceUrl " +
		"CreateProcessingJob CreateTrainingJob CreateTransformJob DeleteEndpoint DeleteModel InvokeEndpoint " +
		"InvokeEndpointAsync InvokeEndpointWithResponseStream UpdateEndpoint",
	"scheduler": "CreateSchedule DeleteSchedule GetSchedule UpdateSchedule",
	"secretsmanager": "CancelRotateSecret CreateSecret DeleteResourcePolicy DeleteSecret GetSecretValue PutResourcePolicy " +
		"PutSecretValue RestoreSecret RotateSecret UpdateSecret UpdateSecretVersionStage " +
		"ValidateResourcePolicy",
	"ses": "SendBounce SendBulkEmail SendBulkTemplatedEmail SendCustomVerificationEmail SendEmail SendRawEmail " +
		"SendTemplatedEmail",
	"sns": "AddPermission ConfirmSubscription CreateTopic DeleteTopic Publish PutDataProtectionPolicy " +
		"RemovePermission SetSubscriptionAttributes SetTopicAttributes Subscribe Unsubscribe",
	"sqs": "AddPermission CancelMessageMoveTask ChangeMessageVisibility CreateQueue DeleteMessage DeleteQueue " +
		"PurgeQueue ReceiveMessage RemovePermission SendMessage SetQueueAttributes StartMessageMoveTask",
	"ssm": "CreateDocument DeleteDocument DeleteParameter DeleteParameters GetDocument GetParameter " +
		"GetParameterHistory GetParameters GetParametersByPath PutParameter ResumeSession SendCommand " +
		"StartAutomationExecution StartSession TerminateSession UpdateDocument",
	"states": "CreateStateMachine CreateStateMachineAlias DeleteStateMachine DeleteStateMachineAlias " +
		"DeleteStateMachineVersion GetExecutionHistory PublishStateMachineVersion RedriveExecution " +
		"StartExecution StartSyncExecution StopExecution UpdateStateMachine UpdateStateMachineAlias",
	"sts":        "AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity",
	"timestream": "DeleteDatabase DeleteTable Select WriteRecords",
}

// matchesScopable is whether an action or pattern, in lower case, covers one of scopableActions.
func matchesScopable(service, pattern string) bool {
	names := strings.Fields(strings.ToLower(scopableActions[service]))
	for _, name := range names {
		if name == pattern || strings.ContainsAny(pattern, "*?") && matches(pattern, name) {
			return true
		}
	}
	return false
}

// allOfType is the last part of an ARN that names all resources of a service, or all of one type: *, table/*, function:*.
var allOfType = regexp.MustCompile(`^/?([a-zA-Z-]+[/:])?\*([:/]\*)*$`)

// untyped are services whose ARNs begin with a name and not with a type. Foundation models of Bedrock are nobody's own.
var untyped = words("s3 sqs sns execute-api bedrock")

// scopeOf is how far a resource reaches: "*" is everything, a service all that is in it or all of one type, and empty is
// something named. It is not known for a value of which nothing is.
func scopeOf(v *model.Value) (scope string, known bool) {
	const hole = "\x00"
	var text string
	switch v.Kind {
	case model.String:
		text = v.Str
	case model.Text:
		for _, p := range v.Items {
			part, ok := p.Scalar()
			if !ok {
				part = hole
			}
			text += part
		}
	case model.Unknown, model.OneOf:
		return "", false
	default:
		return "", true
	}
	if strings.Trim(text, "*") == "" && text != "" {
		return "*", true
	}
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || !allOfType.MatchString(parts[5]) {
		return "", true
	}
	if strings.Trim(parts[5], "*/:") != "" && untyped[parts[2]] {
		return "", true
	}
	return parts[2], true
}
