package cloudformation_test

// surroundings is the template that the values of the table stand in: as the property V of Thing.
const surroundings = `
Transform: AWS::LanguageExtensions
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Name: {Type: String, Default: shop}
  Tier: {Type: String, Default: small}
  Token: {Type: String, NoEcho: true}
  Size: {Type: Number, Default: "512"}
  Password: {Type: String, NoEcho: true}
  Subnets: {Type: CommaDelimitedList, Default: "a, b"}
  Zones: {Type: "List<String>"}
  Domain: {Type: String, Default: ""}
  Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /images/latest}
Mappings:
  Sizes:
    dev: {memory: 128, names: [x, y]}
    prod: {memory: 1024, names: [x, y, z]}
  Regions:
    eu-west-1: {bucket: eu}
    us-east-1: {bucket: us}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  HasDomain: !Not [!Equals [!Ref Domain, ""]]
  Both: !And [!Condition IsProd, !Condition HasDomain]
  Either: !Or [{Condition: IsProd}, !Equals [!Ref Tier, other]]
  InRegion: !Equals [!Ref "AWS::Region", eu-west-1]
  Secret: !Equals [!Ref Password, x]
  Always: !Equals [a, a]
  One: !Not [!Condition Two]
  Two: !Not [!Condition One]
Resources:
  Table: {Type: "AWS::DynamoDB::Table"}
  Thing:
    Type: AWS::Test::Thing
    Properties:
      V: `

// row is one intrinsic as people write it, with what it comes to and what is told about it. A reference is ${Name.Attr},
// alternatives are separated by |, what the template does not decide is ?.
type row struct{ name, value, want, warning string }

const misfit = "is called with arguments that do not fit"

// table has every intrinsic function of CloudFormation: what it gives, inside of others, and called wrongly.
var table = map[string][]row{
	"Ref": {
		{"resource", "!Ref Table", "${Table}", ""},
		{"long form", "{Ref: Table}", "${Table}", ""},
		{"pseudo parameter", "!Ref AWS::Region", "${AWS::Region}", ""},
		{"no value", "!Ref AWS::NoValue", "absent", ""},
		{"parameter with default", "!Ref Size", "512", ""},
		{"parameter with allowed values", "!Ref Stage", "dev | prod", ""},
		{"parameter without default", "!Ref Token", "?", ""},
		{"list parameter", "!Ref Subnets", "[a, b]", ""},
		{"list parameter without default", "!Ref Zones", "?", ""},
		{"parameter from the parameter store", "!Ref Image", "?", ""},
		{"parameter that a condition compares", "!Ref Domain", " | ?", ""},
		{"name made by another", `{Ref: !Sub "T${X}"}`, "?", "X is neither a parameter nor a resource"},
		{"name joined", "{Ref: !Join ['', [Ta, ble]]}", "${Table}", ""},
		{"name by condition", "{Ref: !If [IsProd, Table, Size]}", "512 | ${Table}", ""},
		{"unknown name", "!Ref Nobody", "?", "Nobody is neither a parameter nor a resource"},
		{"a list", "!Ref [a]", "?", misfit},
		{"a map", "!Ref {a: b}", "?", misfit},
		{"nothing", "!Ref ''", "?", misfit},
	},
	"Fn::GetAtt": {
		{"short form", "!GetAtt Table.Arn", "${Table.Arn}", ""},
		{"list", "!GetAtt [Table, Arn]", "${Table.Arn}", ""},
		{"nested attribute", "!GetAtt Table.Stream.Arn", "${Table.Stream.Arn}", ""},
		{"nested attribute as list", "{'Fn::GetAtt': [Table, Stream, Arn]}", "${Table.Stream.Arn}", ""},
		{"attribute by condition", "{'Fn::GetAtt': [Table, !If [IsProd, Arn, StreamArn]]}", "${Table.StreamArn} | ${Table.Arn}", ""},
		{"attribute by parameter", "{'Fn::GetAtt': [Table, !Ref Name]}", "${Table.shop}", ""},
		{"attribute that is not known", "{'Fn::GetAtt': [Table, !Ref Token]}", "?", ""},
		{"resource by join", "{'Fn::GetAtt': [!Join ['', [Ta, ble]], Arn]}", "${Table.Arn}", ""},
		{"no attribute", "!GetAtt Table", "?", misfit},
		{"no name", "!GetAtt .Arn", "?", misfit},
		{"one argument", "{'Fn::GetAtt': [Table]}", "?", misfit},
		{"a list as attribute", "{'Fn::GetAtt': [Table, [Arn]]}", "?", misfit},
		{"missing resource", "!GetAtt Nobody.Arn", "?", "Nobody is not a resource"},
	},
	"Fn::Sub": {
		{"names", `!Sub "${Name}-${Table.Arn}-${AWS::Region}"`, "shop-${Table.Arn}-${AWS::Region}", ""},
		{"variables", `!Sub ["${X}/*", {X: !GetAtt Table.Arn}]`, "${Table.Arn}/*", ""},
		{"a variable hides a name", `!Sub ["${Name}", {Name: own}]`, "own", ""},
		{"literal", `!Sub "${!Literal}-${Name}"`, "${Literal}-shop", ""},
		{"blanks", `!Sub "${ Name }"`, "shop", ""},
		{"never closed", `!Sub "a${Name"`, "a${Name", ""},
		{"alternatives", `!Sub "x-${Stage}"`, "x-dev | x-prod", ""},
		{"two that go together", `!Sub "${Stage}${Stage}"`, "devdev | prodprod", ""},
		{"in if", `!If [IsProd, !Sub "${Name}-p", !Sub "${Name}-d"]`, "shop-d | shop-p", ""},
		{"a variable is a sub", `!Sub ["${X}!", {X: !Sub "${Name}"}]`, "shop!", ""},
		{"number", "!Sub 5", "5", ""},
		{"secret", `!Sub "${Name}:{{resolve:secretsmanager:db}}"`, "shop:?", ""},
		{"missing name", `!Sub "${Nobody}"`, "?", "Nobody is neither"},
		{"missing attribute's resource", `!Sub "${Nobody.Arn}"`, "?", "Nobody is not a resource"},
		{"variables that are no map", `!Sub ["${X}", [a]]`, "?", misfit},
		{"three arguments", `!Sub ["a", {}, "b"]`, "?", misfit},
		{"a map", `!Sub {a: b}`, "?", misfit},
	},
	"Fn::Join": {
		{"parts", "!Join [':', [arn, !Ref 'AWS::Partition', s3]]", "arn:${AWS::Partition}:s3", ""},
		{"list parameter", "!Join ['-', !Ref Subnets]", "a-b", ""},
		{"split", "!Join ['-', !Split [',', 'a,b,c']]", "a-b-c", ""},
		{"list by condition", "!Join ['-', !If [IsProd, [a, b], [c]]]", "c | a-b", ""},
		{"no value is left out", "!Join ['-', [a, !Ref 'AWS::NoValue', b]]", "a-b", ""},
		{"unknown list", "!Join [',', !GetAZs '']", "?", ""},
		{"a text", "!Join [',', abc]", "?", misfit},
		{"delimiter is a list", "!Join [[','], [a]]", "?", misfit},
		{"one argument", "!Join [',']", "?", misfit},
	},
	"Fn::Select": {
		{"element", "!Select [1, [a, b]]", "b", ""},
		{"index as text", "!Select ['1', [a, b]]", "b", ""},
		{"of a split", "!Select [0, !Split ['.', 'www.example.org']]", "www", ""},
		{"of a parameter", "!Select [1, !Ref Subnets]", "b", ""},
		{"index by condition", "!Select [!If [IsProd, 1, 0], [a, b]]", "a | b", ""},
		{"index and list by one parameter", "!Select [!If [IsProd, 2, 0], !FindInMap [Sizes, !Ref Stage, names]]", "x | z", ""},
		{"of zones", "!Select [0, !GetAZs '']", "?", ""},
		{"outside", "!Select [5, [a]]", "?", misfit},
		{"index is no number", "!Select [first, [a]]", "?", misfit},
		{"index is not known", "!Select [!Ref Token, [a]]", "?", ""},
		{"of a text", "!Select [0, abc]", "?", misfit},
	},
	"Fn::Split": {
		{"text", "!Split [',', 'a,b']", "[a, b]", ""},
		{"text by condition", "!Split [',', !If [IsProd, 'a,b', c]]", "[c] | [a, b]", ""},
		{"sub", "!Split ['-', !Sub 'a-${Name}']", "[a, shop]", ""},
		{"open text", "!Split ['-', !Sub 'a-${Table}']", "?", ""},
		{"no delimiter", "!Split ['', 'a,b']", "?", misfit},
		{"a list", "!Split [',', [a]]", "?", misfit},
		{"one argument", "!Split [a]", "?", misfit},
	},
	"Fn::FindInMap": {
		{"keys", "!FindInMap [Sizes, dev, memory]", "128", ""},
		{"by parameter", "!FindInMap [Sizes, !Ref Stage, memory]", "128 | 1024", ""},
		{"by region", "!FindInMap [Regions, !Ref 'AWS::Region', bucket]", "eu | us", ""},
		{"by region with default", "{'Fn::FindInMap': [Regions, !Ref 'AWS::Region', bucket, {DefaultValue: else}]}", "eu | us | else", ""},
		{"map by condition", "{'Fn::FindInMap': [!If [IsProd, Sizes, Sizes], dev, memory]}", "128", ""},
		{"map by join", "{'Fn::FindInMap': [!Join ['', [Si, zes]], dev, memory]}", "128", ""},
		{"key by select", "{'Fn::FindInMap': [Sizes, !Select [0, [dev, prod]], memory]}", "128", ""},
		{"key by lookup", "{'Fn::FindInMap': [Sizes, !FindInMap [Nope, a, b, {DefaultValue: prod}], memory]}", "1024", ""},
		{"list", "!FindInMap [Sizes, dev, names]", "[x, y]", ""},
		{"default", "{'Fn::FindInMap': [Sizes, test, memory, {DefaultValue: 1}]}", "1", ""},
		{"default that is worked out", "{'Fn::FindInMap': [Sizes, test, memory, {DefaultValue: !Ref Size}]}", "512", ""},
		{"default that is not needed", "{'Fn::FindInMap': [Sizes, dev, memory, {DefaultValue: 1}]}", "128", ""},
		{"default below an unknown key", "{'Fn::FindInMap': [Sizes, !Ref Token, memory, {DefaultValue: 1}]}", "?", ""},
		{"nothing", "!FindInMap [Sizes, test, memory]", "?", ""},
		{"no such map", "!FindInMap [Nope, a, b]", "?", ""},
		{"fourth argument without default", "{'Fn::FindInMap': [Sizes, dev, memory, 1]}", "?", misfit},
		{"two arguments", "!FindInMap [Sizes, dev]", "?", misfit},
		{"a list as key", "!FindInMap [Sizes, [dev], memory]", "?", misfit},
	},
	"Fn::If": {
		{"parameter", "!If [IsProd, a, b]", "b | a", ""},
		{"no value", "!If [IsProd, a, !Ref 'AWS::NoValue']", "absent | a", ""},
		{"nested", "!If [IsProd, !If [HasDomain, c, d], e]", "e | d | c", ""},
		{"one parameter, nested", "!If [IsProd, !If [IsProd, c, d], e]", "e | c", ""},
		{"region", "!If [InRegion, a, b]", "a | b", ""},
		{"parameter without default", "!If [Secret, a, b]", "a | b", ""},
		{"or", "!If [Either, a, b]", "b | a | b | a", ""},
		{"and", "!If [Both, a, b]", "b | b | a", ""},
		{"same both", "!If [IsProd, a, a]", "a", ""},
		{"maps", "!If [IsProd, {A: 1}, {B: 2}]", "{B: 2} | {A: 1}", ""},
		{"undeclared", "!If [Nope, a, b]", "?", "condition Nope is not declared"},
		{"cycle", "!If [One, a, b]", "b | a", "depends on itself"},
		{"condition is a list", "!If [[IsProd], a, b]", "?", misfit},
		{"two arguments", "!If [IsProd, a]", "?", misfit},
	},
	"Fn::And, Fn::Or, Fn::Not, Fn::Equals": {
		{"equal", "!Equals [a, a]", "true", ""},
		{"not equal", "!Equals [a, b]", "false", ""},
		{"number and text", "!Equals [1, '1']", "true", ""},
		{"by parameter", "!Equals [!Ref Stage, prod]", "false | true", ""},
		{"one parameter on both sides", "!Equals [!Ref Stage, !If [IsProd, prod, test]]", "false | true", ""},
		{"known parameter", "!Equals [!Ref Name, shop]", "true", ""},
		{"resources", "!Equals [!Ref Table, x]", "?", ""},
		{"not", "!Not [!Equals [a, b]]", "true", ""},
		{"and", "!And [!Equals [a, a], !Equals [a, b]]", "false", ""},
		{"or", "!Or [!Equals [a, a], !Equals [!Ref Token, b]]", "true", ""},
		{"named condition", "!Not [{Condition: IsProd}]", "true | false", ""},
		{"all inside each other", "!And [!Or [!Not [!Equals [a, b]], !Condition Secret], !Condition IsProd]", "false | true", ""},
		{"equals with one argument", "!Equals [a]", "?", misfit},
		{"not with two", "!Not [!Equals [a, a], !Equals [a, a]]", "?", misfit},
		{"and with a text", "!And a", "?", misfit},
		{"or with nothing", "!Or []", "?", misfit},
		{"condition is a list", "!Not [{Condition: [a]}]", "?", "Condition " + misfit},
	},
	"Fn::Base64": {
		{"text stays readable", `!Base64 "text"`, "text", ""},
		{"sub", `!Base64 {"Fn::Sub": "echo ${Name} ${Table}"}`, "echo shop ${Table}", ""},
		{"a list", "!Base64 [a]", "?", misfit},
	},
	"Fn::Cidr": {
		{"blocks", "!Cidr ['10.0.0.0/16', 3, 8]", "[10.0.0.0/24, 10.0.1.0/24, 10.0.2.0/24]", ""},
		{"over the edge of a byte", "!Select [2, !Cidr ['10.0.0.0/16', '3', '12']]", "10.0.32.0/20", ""},
		{"version 6", "!Select [1, !Cidr ['2001:db8::/56', 2, 64]]", "2001:db8:0:1::/64", ""},
		{"by condition", "!Select [0, !Cidr [!If [IsProd, 10.1.0.0/16, 10.2.0.0/16], 1, 8]]", "10.2.0.0/24 | 10.1.0.0/24", ""},
		{"of a resource", "!Cidr [!GetAtt Table.CidrBlock, 2, 8]", "?", ""},
		{"without size", "!Cidr ['10.0.0.0/16', 2]", "?", ""},
		{"no room", "!Cidr ['10.0.0.0/24', 3, 8]", "?", misfit},
		{"too many", "!Cidr ['10.0.0.0/8', 257, 8]", "?", misfit},
		{"no address", "!Cidr [home, 1, 8]", "?", misfit},
		{"a text", "!Cidr 10.0.0.0/16", "?", misfit},
	},
	"Fn::GetAZs": {
		{"region", "!GetAZs ''", "?", ""},
		{"other region", "!GetAZs {Ref: 'AWS::Region'}", "?", ""},
	},
	"Fn::ImportValue": {
		{"name", "!ImportValue other-stack", "?", ""},
		{"sub", `!ImportValue {"Fn::Sub": "${Name}-arn"}`, "?", ""},
		{"a list", "!ImportValue [a]", "?", misfit},
	},
	"Fn::GetStackOutput": {
		{"stack and output", "!GetStackOutput {StackName: net, OutputName: Vpc}", "?", ""},
		{"by parameter", "{'Fn::GetStackOutput': {StackName: !Ref Name, OutputName: Vpc, Region: eu-west-1}}", "?", ""},
		{"no output", "!GetStackOutput {StackName: net}", "?", misfit},
		{"a text", "!GetStackOutput net", "?", misfit},
	},
	"Fn::Length": {
		{"list", `{"Fn::Length": [a, b]}`, "2", ""},
		{"list parameter", `{"Fn::Length": !Ref Subnets}`, "2", ""},
		{"split", `{"Fn::Length": !Split [",", "a,b,c"]}`, "3", ""},
		{"by parameter", `{"Fn::Length": !FindInMap [Sizes, !Ref Stage, names]}`, "2 | 3", ""},
		{"not known", `{"Fn::Length": !Ref Zones}`, "?", ""},
		{"a text", `{"Fn::Length": abc}`, "?", misfit},
		{"a map", `{"Fn::Length": {a: b}}`, "?", misfit},
	},
	"Fn::ToJsonString": {
		{"map", `{"Fn::ToJsonString": {a: 1, b: [x, true], c: {}}}`, `{"a":1,"b":["x",true],"c":{}}`, ""},
		{"references stay", `{"Fn::ToJsonString": {t: !GetAtt Table.Arn, n: !Ref Name}}`, `{"t":"${Table.Arn}","n":"shop"}`, ""},
		{"texts stay", `{"Fn::ToJsonString": [!Sub "a\"${Table}\""]}`, `["a\"${Table}\""]`, ""},
		{"escapes", `{"Fn::ToJsonString": ["a\"b\\<c>"]}`, `["a\"b\\<c>"]`, ""},
		{"by condition", `{"Fn::ToJsonString": {a: !If [IsProd, 1, 2]}}`, `{"a":2} | {"a":1}`, ""},
		{"no value by condition", `{"Fn::ToJsonString": {a: !If [IsProd, 1, !Ref "AWS::NoValue"], b: 2}}`, `{"b":2} | {"a":1,"b":2}`, ""},
		{"no value", `{"Fn::ToJsonString": {a: !Ref "AWS::NoValue", b: 2}}`, `{"b":2}`, ""},
		{"not known", `{"Fn::ToJsonString": {a: !Ref Token}}`, `{"a":?}`, ""},
		{"whole list by parameter", `{"Fn::ToJsonString": !Ref Subnets}`, `["a","b"]`, ""},
		{"in itself", `{"Fn::ToJsonString": {a: {"Fn::ToJsonString": [x]}}}`, `{"a":"[\"x\"]"}`, ""},
		{"a text", `{"Fn::ToJsonString": abc}`, "?", misfit},
	},
	"Fn::ForEach": {
		{"in properties", "{'Fn::ForEach::L': [I, [a, b], {'K${I}': !Ref I}]}", "{Ka: a, Kb: b}", ""},
		{"beside others", "{X: 1, 'Fn::ForEach::L': [I, [a], {'${I}': 2}], Y: 3}", "{X: 1, a: 2, Y: 3}", ""},
		{"list parameter", "{'Fn::ForEach::L': [I, !Ref Subnets, {'${I}': 1}]}", "{a: 1, b: 1}", ""},
		{"split", "{'Fn::ForEach::L': [I, !Split ['-', !Sub '${Name}-x'], {'${I}': 1}]}", "{shop: 1, x: 1}", ""},
		{"other characters", "{'Fn::ForEach::L': [I, ['10.0', 'b-c'], {'K&{I}': !Sub 'v${I}'}]}", "{K100: v10.0, Kbc: vb-c}", ""},
		{"in each other", "{'Fn::ForEach::L': [I, [a, b], {'Fn::ForEach::M': [J, [x, !Ref I], {'${I}${J}': !Join ['.', [!Ref I, !Ref J]]}]}]}",
			"{ax: a.x, aa: a.a, bx: b.x, bb: b.b}", ""},
		{"collection by the outer one", "{'Fn::ForEach::L': [I, [dev, prod], {'Fn::ForEach::M': [J, !FindInMap [Sizes, !Ref I, names], {'${I}${J}': 1}]}]}",
			"{devx: 1, devy: 1, prodx: 1, prody: 1, prodz: 1}", ""},
		{"inside functions", "{'Fn::ForEach::L': [I, [Table], {'${I}': {'Fn::GetAtt': [!Sub '${I}', Arn]}}]}", "{Table: ${Table.Arn}}", ""},
		{"by parameter", "{'Fn::ForEach::L': [I, !FindInMap [Sizes, !Ref Stage, names], {'${I}': 1}]}", "{x: 1, y: 1}", "worked out for its default, dev"},
		{"nothing to run over", "{'Fn::ForEach::L': [I, [], {'${I}': 1}]}", "{}", ""},
		{"not known", "{X: 1, 'Fn::ForEach::L': [I, !Ref Zones, {'${I}': 1}]}", "?", ""},
		{"same key twice", "{'Fn::ForEach::L': [I, [a, b], {K: !Ref I}]}", "{K: a}", "K is made twice"},
		{"collection is a text", "{'Fn::ForEach::L': [I, abc, {'${I}': 1}]}", "?", ""},
		{"body is a text", "{'Fn::ForEach::L': [I, [a], b]}", "?", misfit},
		{"two arguments", "{'Fn::ForEach::L': [I, [a]]}", "?", misfit},
		{"no name", "{'Fn::ForEach': [I, [a], {'${I}': 1}]}", "?", misfit},
	},
	"Fn::Transform": {
		{"macro", "{'Fn::Transform': {Name: Macro}}", "?", ""},
		{"macro without name", "{'Fn::Transform': Macro}", "?", misfit},
		{"file", "{'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: part.yaml}}}", "{A: shop, B: ${Table}}", ""},
		{"short form", "!Transform {Name: 'AWS::Include', Parameters: {Location: ./part.yaml}}", "{A: shop, B: ${Table}}", ""},
		{"file beside others", "{X: 1, 'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: part.yaml}}}", "{X: 1, A: shop, B: ${Table}}", ""},
		{"file in the old form", "{X: 1, Transform: {Name: 'AWS::Include', Parameters: {Location: part.yaml}}}", "{X: 1, A: shop, B: ${Table}}", ""},
		{"file that is a list", "!Transform {Name: 'AWS::Include', Parameters: {Location: list.yaml}}", "[a, b]", ""},
		{"place by parameter", "{'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: !Sub 'part.yaml'}}}", "{A: shop, B: ${Table}}", ""},
		{"in S3", "!Transform {Name: 'AWS::Include', Parameters: {Location: 's3://bucket/part.yaml'}}", "?", ""},
		{"in S3 beside others", "{X: 1, 'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: 's3://bucket/part.yaml'}}}", "?", ""},
		{"file that includes itself", "!Transform {Name: 'AWS::Include', Parameters: {Location: self.yaml}}", "{A: ?}", "includes itself"},
		{"no such file", "!Transform {Name: 'AWS::Include', Parameters: {Location: none.yaml}}", "?", "cannot be read"},
		{"no place", "!Transform {Name: 'AWS::Include'}", "?", ""},
	},
	"rules": {
		{"contains", "{'Fn::Contains': [[a, b], a]}", "true", ""},
		{"contains not", "{'Fn::Contains': [[a, b], c]}", "false", ""},
		{"contains by parameter", "{'Fn::Contains': [[prod], !Ref Stage]}", "false | true", ""},
		{"contains in an unknown list", "{'Fn::Contains': [!Ref Zones, a]}", "?", ""},
		{"each equals", "{'Fn::EachMemberEquals': [[a, a], a]}", "true", ""},
		{"each equals not", "{'Fn::EachMemberEquals': [[a, b], a]}", "false", ""},
		{"each in", "{'Fn::EachMemberIn': [!Ref Subnets, [a, b, c]]}", "true", ""},
		{"each in not", "{'Fn::EachMemberIn': [[a, d], [a, b, c]]}", "false", ""},
		{"all parameters", "{'Fn::RefAll': 'AWS::EC2::VPC::Id'}", "?", ""},
		{"attribute", "{'Fn::ValueOf': [Name, Tags.X]}", "?", ""},
		{"attributes", "{'Fn::ValueOfAll': ['AWS::EC2::VPC::Id', Tags.X]}", "?", ""},
		{"a text", "{'Fn::Contains': a}", "?", misfit},
		{"list is a text", "{'Fn::EachMemberIn': [a, [b]]}", "?", misfit},
	},
	"dynamic references": {
		{"secret", "'{{resolve:secretsmanager:db:SecretString:password}}'", "?", ""},
		{"secret inside text", "'user:{{resolve:ssm:/db/password:1}}@host'", "user:?@host", ""},
		{"two", "'{{resolve:ssm:a}}-{{resolve:ssm-secure:b}}'", "?-?", ""},
		{"never closed", "'{{resolve:ssm:a'", "{{resolve:ssm:a", ""},
		{"name by sub", `!Sub "{{resolve:secretsmanager:${Name}:SecretString:password}}"`, "?", ""},
		{"name of a resource by sub", `!Sub "a{{resolve:secretsmanager:${Table}}}"`, "a?", ""},
		{"put together by join", "!Join ['', ['{{resolve:ssm:', !Ref Name, '}}']]", "?", ""},
		{"inside JSON", `{"Fn::ToJsonString": {a: "{{resolve:ssm:x}}"}}`, `{"a":?}`, ""},
	},
	"no function": {
		{"text", "hello", "hello", ""},
		{"truth value", "true", "true", ""},
		{"a map that looks like one", "{Ref: a, Other: b}", "{Ref: a, Other: b}", ""},
		{"unknown function", "!Nonsense x", "?", "Fn::Nonsense is not a known intrinsic function"},
	},
}

// files are those that the table includes.
var files = map[string]string{
	"part.yaml": "A: !Ref Name\nB: !Ref Table",
	"list.yaml": "[a, b]",
	"self.yaml": "A: !Transform {Name: 'AWS::Include', Parameters: {Location: ./self.yaml}}",
}

// wrappers are functions that take a value of any text inside; %s is where it stands.
var wrappers = []struct{ value, want string }{
	{`!Sub ["<${X}>", {X: %s}]`, "<%s>"},
	{`!Join ["", ["<", %s, ">"]]`, "<%s>"},
	{`!Select [1, [a, %s]]`, "%s"},
	{`!Select [0, !Split [";", %s]]`, "%s"},
	{`!If [Always, %s, other]`, "%s"},
	{`{'Fn::FindInMap': [Sizes, none, memory, {DefaultValue: %s}]}`, "%s"},
	{`!Base64 {"Fn::Sub": ["${X}", {X: %s}]}`, "%s"},
	{`{'Fn::ToJsonString': [%s]}`, `["%s"]`},
	{`!Sub ["${X}", {X: {'Fn::Length': [%s]}}]`, "1"},
	{`!Join [",", {'Fn::FindInMap': [Sizes, none, names, {DefaultValue: [%s, z]}]}]`, "%s,z"},
	{`!Select [0, [%s, !GetAZs '']]`, "%s"},
}

// insides are calls of functions that give one known text.
var insides = []struct{ value, want string }{
	{`!Ref Name`, "shop"},
	{`!Sub "${Name}"`, "shop"},
	{`!Join [".", [a, b]]`, "a.b"},
	{`!Select [1, [a, b]]`, "b"},
	{`!Select [0, !Split [",", "a,b"]]`, "a"},
	{`!FindInMap [Regions, eu-west-1, bucket]`, "eu"},
	{`!If [Always, yes, no]`, "yes"},
	{`!Sub ["${X}", {X: {'Fn::Length': [a, b, c]}}]`, "3"},
	{`!Select [0, !Cidr ["10.0.0.0/16", 1, 8]]`, "10.0.0.0/24"},
	{`!Base64 raw`, "raw"},
	{`!Select [0, {'Fn::FindInMap': [Sizes, dev, names]}]`, "x"},
}
