package serverless

import (
	"strings"

	"wardlet.example/internal/model"
)

// pluginResources makes what the plugins that are known here add to the stack.
func (e *expansion) pluginResources() {
	e.stateMachines()
	e.serviceProxies()
}

// quietPlugins add nothing to what is deployed: they build, run things locally, or help at the command line.
var quietPlugins = map[string]bool{
	"serverless-offline": true, "serverless-webpack": true, "serverless-esbuild": true, "serverless-bundle": true,
	"serverless-plugin-typescript": true, "serverless-plugin-optimize": true, "serverless-babel-plugin": true, "serverless-dotenv-plugin": true,
	"serverless-dynamodb-local": true, "serverless-dynamodb": true, "serverless-offline-sqs": true, "serverless-offline-sns": true,
	"serverless-offline-ses-v2": true, "serverless-s3-local": true, "serverless-localstack": true, "serverless-prune-plugin": true,
	"serverless-plugin-scripts": true, "serverless-export-env": true, "serverless-python-requirements": true, "serverless-wsgi": true,
	"serverless-rack": true, "serverless-ruby-layer": true, "serverless-rust": true, "serverless-go-plugin": true, "serverless-finch": true,
	"serverless-s3-sync": true, "serverless-domain-manager": true, "serverless-plugin-include-dependencies": true, "serverless-jetpack": true,
	"serverless-plugin-monorepo": true, "serverless-package-python-functions": true, "serverless-deployment-bucket": true,
	"serverless-hooks-plugin": true, "serverless-stack-output": true, "serverless-plugin-common-excludes": true, "serverless-layers": true,
	"serverless-ssm-fetch": true, "serverless-secrets-plugin": true, "serverless-nest": true, "serverless-auto-swagger": true,
	"serverless-better-credentials": true, "serverless-plugin-ifelse": true, "serverless-dotnet": true, "serverless-cloudformation-changesets": true,
}

// readPlugins change what is deployed in ways that are read here.
var readPlugins = map[string]bool{
	"serverless-step-functions": true, "serverless-iam-roles-per-function": true, "serverless-puresec-cli": true,
	"serverless-pseudo-parameters": true, "serverless-lift": true, "serverless-apigateway-service-proxy": true,
}

// otherPlugins tells of plugins whose part in what is deployed is not known.
func (e *expansion) otherPlugins() {
	plugins := e.root.Get("plugins")
	if plugins.Kind == model.Map {
		plugins = plugins.Get("modules")
	}
	for _, p := range plugins.Elements() {
		name, ok := p.Scalar()
		if !ok || quietPlugins[name] || readPlugins[name] || strings.Contains(name, "offline") {
			continue
		}
		e.strangers = append(e.strangers, name)
		e.notes = append(e.notes, model.Diagnostic{
			Pos: p.Origin.Pos, Level: model.Note, Message: "what the plugin " + name + " adds to the stack is not known here",
		})
	}
}
