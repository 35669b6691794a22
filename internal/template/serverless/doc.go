// Package serverless reads services of the Serverless Framework into the canonical form.
//
// A service is read in three steps: its variables are resolved as far as the files allow (variables.go), the resources
// that the framework would make of its functions and events are spelled out as CloudFormation (function.go, events.go,
// iam.go), and these join the service's own resources in one cloudformation.Template.
package serverless
