"""Runs the SAM transform on a template, offline.

    python3 transform.py TEMPLATE

Prints the transformed template as JSON, or the transform's errors on the standard error stream with exit code 1. It needs
the packages aws-sam-translator and PyYAML. Local files and folders become places in S3 as `sam package` would make them; a
definition that AWS::Include names is put in its place, and so are GraphQL schemas and code.
"""

import json
import os
import re
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import yaml  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402

BUCKET = "s3://wardlet-oracle/"

# By the type of the resource, the properties that name something local.
LOCAL = {
    "AWS::Serverless::Function": ["CodeUri", "ImageUri"],
    "AWS::Serverless::LayerVersion": ["ContentUri"],
    "AWS::Serverless::Application": ["Location"],
    "AWS::Serverless::StateMachine": ["DefinitionUri"],
    "AWS::Serverless::Api": ["DefinitionUri"],
    "AWS::Serverless::HttpApi": ["DefinitionUri"],
    "AWS::Serverless::GraphQLApi": ["SchemaUri", "CodeUri"],
}


class Loader(yaml.SafeLoader):
    """YAML 1.2 as CloudFormation reads it, with short tags in their long form."""


def long_form(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if name == "Fn::GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {name: value}


Loader.add_multi_constructor("!", long_form)
Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def read(path):
    with open(path, encoding="utf-8") as f:
        return yaml.load(f, Loader)  # noqa: S506 -- a SafeLoader


def inline(value, folder):
    """Puts files that AWS::Include names in their place."""
    if isinstance(value, list):
        return [inline(v, folder) for v in value]
    if not isinstance(value, dict):
        return value
    include = value.get("Fn::Transform")
    if isinstance(include, dict) and include.get("Name") == "AWS::Include":
        place = include.get("Parameters", {}).get("Location")
        if isinstance(place, str) and "://" not in place:
            path = os.path.join(folder, place)
            if os.path.exists(path):
                rest = {k: inline(v, folder) for k, v in value.items() if k != "Fn::Transform"}
                return {**rest, **inline(read(path), folder)}
    return {k: inline(v, folder) for k, v in value.items()}


def package(props, keys, kind, folder):
    """Gives local properties a place in S3. A definition that is here takes the place of its name."""
    for key in keys:
        value = props.get(key)
        if not isinstance(value, str) or "://" in value or value.startswith("arn:"):
            continue
        path = os.path.join(folder, value)
        if key == "DefinitionUri" and kind in ("AWS::Serverless::Api", "AWS::Serverless::HttpApi") and os.path.isfile(path):
            del props[key]
            props["DefinitionBody"] = inline(read(path), folder)
        elif key == "ImageUri":
            if ".dkr.ecr." not in value:
                props[key] = "123456789012.dkr.ecr.us-east-1.amazonaws.com/wardlet:oracle"
        else:
            props[key] = BUCKET + re.sub(r"[^0-9A-Za-z./-]", "", os.path.normpath(value))


def prepare(template, folder):
    for kind, keys in LOCAL.items():
        section = template.get("Globals", {}).get(kind.rpartition("::")[2])
        if isinstance(section, dict):
            package(section, keys, kind, folder)
    for resource in template.get("Resources", {}).values():
        kind = resource.get("Type")
        if kind not in LOCAL:
            continue
        if resource.get("Properties") is None:
            resource["Properties"] = {}
        props = resource["Properties"]
        package(props, LOCAL[kind], kind, folder)
        globals_ = template.get("Globals", {}).get("Function", {})
        if kind == "AWS::Serverless::Function":
            if (props.get("PackageType") or globals_.get("PackageType")) == "Image":
                props.setdefault("ImageUri", "123456789012.dkr.ecr.us-east-1.amazonaws.com/wardlet:oracle")
            elif not any(k in props or k in globals_ for k in ("CodeUri", "InlineCode", "ImageUri")):
                props["CodeUri"] = BUCKET + "code"
        elif kind == "AWS::Serverless::LayerVersion":
            props.setdefault("ContentUri", BUCKET + "layer")


class Policies:
    """Stands in for the list of managed policies that the transform asks IAM for."""

    def load(self):
        return Map()


class Map(dict):
    """Has an ARN for every policy, so that none has to be listed."""

    PATHS = {
        "AWSAppSyncPushToCloudWatchLogs": "service-role/",
        "AWSLambdaBasicExecutionRole": "service-role/",
        "AWSLambdaDynamoDBExecutionRole": "service-role/",
        "AWSLambdaENIManagementAccess": "service-role/",
        "AWSLambdaKinesisExecutionRole": "service-role/",
        "AWSLambdaMSKExecutionRole": "service-role/",
        "AWSLambdaRole": "service-role/",
        "AWSLambdaSQSQueueExecutionRole": "service-role/",
        "AWSLambdaVPCAccessExecutionRole": "service-role/",
        "AmazonAPIGatewayPushToCloudWatchLogs": "service-role/",
        "CloudWatchEventsInvocationAccess": "service-role/",
    }

    def get(self, name, default=None):
        if not isinstance(name, str) or name.startswith("arn:"):
            return default
        return "arn:aws:iam::aws:policy/" + self.PATHS.get(name, "") + name

    def __contains__(self, name):
        return isinstance(name, str) and not name.startswith("arn:")

    def __getitem__(self, name):
        return self.get(name)


def main():
    path = sys.argv[1]
    folder = os.path.dirname(os.path.abspath(path))
    try:
        template = inline(read(path), folder)
        prepare(template, folder)
        print(json.dumps(transform(template, {}, Policies()), default=str))
    except Exception as e:  # noqa: BLE001 -- whatever the transform refuses is its answer
        causes = getattr(e, "causes", None)
        print("; ".join(c.message for c in causes) if causes else f"{type(e).__name__}: {e}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
