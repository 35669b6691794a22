// Package cloudformation reads CloudFormation templates into the canonical form: resources with their properties, in
// which every intrinsic function is worked out as far as the files allow.
//
// What stands for text of the template is written out first (Prepare): loops of the language extensions (Fn::ForEach) and
// files that AWS::Include names, which Load gives. Then values are worked out where they are asked for.
//
// What the template leaves to deployment stays open and says why: a reference to a resource is a model.Ref, a parameter
// with several possible values a model.OneOf, an import a present model.Unknown. Where it is not known which resources a loop
// or a file makes, a diagnostic says so and the rest stands. Other template languages that end in CloudFormation (SAM,
// Serverless Framework) build on Template.
package cloudformation
