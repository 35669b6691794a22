package sam

import (
	"strings"

	"wardlet.example/internal/model"
)

// simpleTable makes a table with one key, paid by request unless the template provides throughput.
func simpleTable(r *model.Resource) {
	own := r.Props
	key := own.Get("PrimaryKey")
	name := or(key.Get("Name"), text("id", r.Origin))
	var definition, schema fields
	definition.set("AttributeName", name)
	definition.set("AttributeType", each(or(key.Get("Type"), text("String", r.Origin)), attributeType))
	schema.set("AttributeName", name)
	schema.set("KeyType", text("HASH", name.Origin))

	var f fields
	f.copy(own, "TableName")
	f.set("AttributeDefinitions", list(name.Origin, definition.make(name.Origin)))
	f.set("KeySchema", list(name.Origin, schema.make(name.Origin)))
	f.copy(own, "ProvisionedThroughput", "SSESpecification", "PointInTimeRecoverySpecification")
	if own.Get("ProvisionedThroughput").Kind == model.Absent {
		f.set("BillingMode", text("PAY_PER_REQUEST", r.Origin))
	}
	f.set("Tags", tagList(own.Get("Tags")))
	r.Type = "AWS::DynamoDB::Table"
	r.Props = f.make(own.Origin)
}

// attributeType is the letter DynamoDB has for a type.
func attributeType(v *model.Value) *model.Value {
	switch s, _ := v.Scalar(); s {
	case "String":
		return text("S", v.Origin)
	case "Number":
		return text("N", v.Origin)
	case "Binary":
		return text("B", v.Origin)
	}
	return v
}

// layerVersion makes a version of a layer; it is kept when the stack goes, unless RetentionPolicy says otherwise.
func layerVersion(r *model.Resource) {
	own := r.Props
	var f fields
	f.set("Content", location(own.Get("ContentUri"), "S3Bucket", "S3Key", "S3ObjectVersion"))
	f.copy(own, "CompatibleArchitectures", "CompatibleRuntimes", "Description", "LicenseInfo")
	f.set("LayerName", or(own.Get("LayerName"), text(r.ID, r.Origin)))
	policy := or(own.Get("RetentionPolicy"), or(r.Attributes.Get("DeletionPolicy"), text("Retain", r.Origin)))
	r.Attributes = with(r.Attributes, "DeletionPolicy", each(policy, capitalised))
	r.Type = "AWS::Lambda::LayerVersion"
	r.Props = f.make(own.Origin)
}

// capitalised writes a policy as CloudFormation does; SAM takes it in any case.
func capitalised(v *model.Value) *model.Value {
	switch s, _ := v.Scalar(); strings.ToLower(s) {
	case "retain":
		return text("Retain", v.Origin)
	case "delete":
		return text("Delete", v.Origin)
	}
	return v
}

// application makes a nested stack.
func application(r *model.Resource) {
	own := r.Props
	var f fields
	f.set("TemplateURL", each(own.Get("Location"), func(v *model.Value) *model.Value {
		if v.Kind == model.Map {
			id := known(v.Get("ApplicationId"))
			return model.NewPresent("application "+id+" of the Serverless Application Repository", v.Origin)
		}
		return v
	}))
	f.copy(own, "Parameters", "NotificationARNs", "TimeoutInMinutes")
	var source []*model.Value
	for _, t := range [][2]string{{"ApplicationId", "serverlessrepo:applicationId"}, {"SemanticVersion", "serverlessrepo:semanticVersion"}} {
		if v := own.Path("Location", t[0]); v.IsSet() == model.Yes {
			source = append(source, tag(t[1], v))
		}
	}
	f.set("Tags", createdBy("lambda:createdBy", own.Get("Tags"), r.Origin, source...))
	r.Type = "AWS::CloudFormation::Stack"
	r.Props = f.make(own.Origin)
}

// capacityProvider makes instances that functions run on, with the role by which Lambda manages them.
func (x *expander) capacityProvider(r *model.Resource) {
	own, at := r.Props, r.Origin
	mine := text("SAM", at)
	role := own.Get("OperatorRole")
	if role.IsSet() == model.No {
		var f fields
		f.set("AssumeRolePolicyDocument", trust("lambda.amazonaws.com", at))
		f.set("ManagedPolicyArns", texts(at, managedARN("AWSLambdaManagedEC2ResourceOperator")))
		tags := list(at, tag("lambda:createdBy", mine))
		if isTrue(own.Get("PropagateTags")) {
			tags = appended(tags, tagList(own.Get("Tags")).Elements()...)
		}
		f.set("Tags", tags)
		made := x.make(r, r.ID+"OperatorRole", "AWS::IAM::Role", f, at, by("operator role", r))
		role = model.NewRef(made.ID, "Arn", at)
	}
	var f fields
	f.copy(own, "CapacityProviderName", "VpcConfig", "KmsKeyArn")
	f.set("PermissionsConfig", object("CapacityProviderOperatorRoleArn", role, at))
	f.set("Tags", tagList(with(own.Get("Tags"), "lambda:createdBy", mine)))
	f.set("InstanceRequirements", each(own.Get("InstanceRequirements"), instanceRequirements))
	f.set("CapacityProviderScalingConfig", each(own.Get("ScalingConfig"), scalingConfig))
	r.Type = "AWS::Lambda::CapacityProvider"
	r.Props = f.make(own.Origin)
}

func instanceRequirements(v *model.Value) *model.Value {
	if v.Kind != model.Map {
		return v
	}
	var f fields
	f.copy(v, "Architectures")
	f.rename(v, "AllowedTypes", "AllowedInstanceTypes")
	f.rename(v, "ExcludedTypes", "ExcludedInstanceTypes")
	return f.make(v.Origin)
}

// scalingConfig scales by the load of the processors where the template gives one, and as Lambda sees fit otherwise.
func scalingConfig(v *model.Value) *model.Value {
	if v.Kind != model.Map {
		return v
	}
	var f fields
	f.copy(v, "MaxVCpuCount")
	load := v.Get("AverageCPUUtilization")
	if load.Kind == model.Absent {
		f.set("ScalingMode", text("Auto", v.Origin))
		return f.make(v.Origin)
	}
	f.set("ScalingMode", text("Manual", load.Origin))
	var p fields
	p.set("PredefinedMetricType", text("LambdaCapacityProviderAverageCPUUtilization", load.Origin))
	p.set("TargetValue", load)
	f.set("ScalingPolicies", list(load.Origin, p.make(load.Origin)))
	return f.make(v.Origin)
}
