// Package cloudformation reads CloudFormation templates into the canonical form: resources with their properties, in
// which every intrinsic function is worked out as far as the files allow.
//
// What the template leaves to deployment stays open and says why: a reference to a resource is a model.Ref, a parameter
// with several possible values a model.OneOf, an import a present model.Unknown. Other template languages that end in
// CloudFormation (SAM, Serverless Framework) build on Template.
package cloudformation
