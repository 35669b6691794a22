// Package sam turns AWS SAM templates into plain CloudFormation resources.
//
// It does what the transform AWS::Serverless-2016-10-31 does at deployment: the Globals section is merged into the
// resources it speaks of, and each AWS::Serverless resource becomes the resources that the transform makes of it, under
// the logical IDs that AWS documents. What made a resource stands in its Generated field; each property keeps the place
// where a person would change it: an event's line for its rule, the Globals section for what comes from there.
//
// It is checked against the transform itself (bench/oracle). It goes further where that serves the reader of the result:
//
//   - the routes of an API are spelled out as methods (REST) or routes (HTTP API) with their authorizers, instead of being
//     written into an OpenAPI document; so are the OPTIONS methods that Cors makes, and models and validators. The resource
//     policy of an API is the property Policy, and one statement holds for all its routes;
//   - CORS settings of a REST API are the attribute Cors of the AWS::ApiGateway::RestApi: a map with AllowOrigin,
//     AllowMethods ..., without the inner quotes that API Gateway wants ('*' reads *). Those of an HTTP API are its property
//     CorsConfiguration, its tags its property Tags;
//   - DeploymentPreference of a function is kept as an attribute of the AWS::Lambda::Function;
//   - Code of a function, Content of a layer, Definition of a state machine and TemplateURL of a nested application stay what
//     the template names, or are read from the file beside it;
//   - ARNs that the transform makes for the region it works in hold AWS::Partition;
//   - an event source mapping of an event has the attribute EventType, the event's type (SQS, Kinesis ...), so that it is
//     known also where the ARN of the source is not.
//
// It leaves out what differs at every packaging: the hashes of code and documents in the logical IDs of versions, layers and
// deployments. Hashes of what a template says (domain names, zones, names of stages) are there. It also leaves out the stage
// named Stage that the transform makes beside the one asked for, wherever OpenApiVersion is not set: nobody can set it up.
//
// Connectors become the policies and permissions that SAM makes of them; one between types that are not known here, or
// whose role is not in the template, stays AWS::Serverless::Connector with a diagnostic.
//
// What is written wrong makes nothing, and a diagnostic says so. How files are read is left to the caller (Options.Load).
package sam
