// Package sam turns AWS SAM templates into plain CloudFormation resources.
//
// It does what the transform AWS::Serverless-2016-10-31 does at deployment: the Globals section is merged into the
// resources it speaks of, and each AWS::Serverless resource becomes the resources that the transform makes of it, under
// the logical IDs that AWS documents. What made a resource stands in its Generated field; each property keeps the place
// where a person would change it: an event's line for its rule, the Globals section for what comes from there.
//
// It goes further than the transform where that serves the reader of the result:
//
//   - the routes of an API are spelled out as methods (REST) or routes (HTTP API) with their authorizers, instead of being
//     written into an OpenAPI document;
//   - CORS settings of a REST API, which end in that document too, are the attribute Cors of the AWS::ApiGateway::RestApi:
//     a map with AllowOrigin, AllowMethods ..., without the inner quotes that API Gateway wants ('*' reads *);
//   - DeploymentPreference of a function is kept as an attribute of the AWS::Lambda::Function;
//   - Code of a function, Content of a layer and TemplateURL of a nested application stay the local path that the template
//     names, where it names one;
//   - events point at the function itself also where it publishes an alias;
//   - hashes in logical IDs (versions, deployments, domain names) are left out;
//   - an event source mapping of an event has the attribute EventType, the event's type (SQS, Kinesis ...), so that it is
//     known also where the ARN of the source is not.
//
// Connectors become the policies and permissions that SAM makes of them; one between types that are not known here, or
// whose role is not in the template, stays AWS::Serverless::Connector with a diagnostic.
//
// What is written wrong makes nothing, and a diagnostic says so. How files are read is left to the caller (Options.Load).
package sam
