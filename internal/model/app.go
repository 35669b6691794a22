package model

// Workspace is one repository as Wardlet sees it.
type Workspace struct {
	Root        string // as the user named it; for display only
	Apps        []*App // sorted by File
	Diagnostics []Diagnostic
	Open        []Diagnostic // what the files leave to run time; no reader has to mend it
	Uncertain   []*Value     // the Unknown and OneOf values by ID-1, filled by Number
}

// AppKind is the language an application is declared in.
type AppKind string

// Kinds of App.
const (
	CloudFormation AppKind = "cloudformation"
	SAM            AppKind = "sam"
	Serverless     AppKind = "serverless"
	Convention     AppKind = "convention" // no template: functions found by the shape of their code
)

// App is one deployable service: a stack, a Serverless Framework service, or the functions of a tree without template.
type App struct {
	Name      string
	Kind      AppKind
	File      string // the template, relative to the root; the folder for Convention
	Dir       string // the folder that relative paths of the template start from
	Stage     string // the stage that was resolved, where the language has stages
	Provider  string // aws, or the other cloud a Serverless Framework service is for
	Resources []*Resource
	Functions []*Function
	Roles     []*Role
	Flows     []*Flow
	Settings  *Value // service-wide settings of the language (provider, custom ...); Absent where there are none
	Outputs   []Output
	Region    string     // the region it is deployed to; empty if the files do not say
	Stack     string     // the name of the CloudFormation stack; empty if the files do not say
	Directory *Directory // who its values ask for; shared by the applications of a stage

	Stages   []string // all stages that the files name, this App's own first; empty where there is only one
	Variants []*App   // the App as it is in its other stages, in the order of Stages

	Parent *App            // the stack that this one is nested in, by a local path; nil if none is known
	Nested map[string]*App // the stacks nested in this one, by logical ID

	Shared []SharedFile // source files that its functions import and those of other Apps too; by path

	byID  map[string]*Resource
	named map[string][]entry // resources by explicit name
}

// SharedFile is a source file that the code of several Apps imports.
type SharedFile struct {
	File string
	With []*App // the others, in the order of the workspace
}

// All lists the workspace's applications, each followed by its variants in other stages.
func (w *Workspace) All() []*App {
	var out []*App
	for _, a := range w.Apps {
		out = append(append(out, a), a.Variants...)
	}
	return out
}

// Find is the resource that a value of the application means, and the application that has it: see Directory.
func (a *App) Find(v *Value, types ...string) (*App, *Resource) {
	if a.Directory == nil {
		a.Directory = NewDirectory([]*App{a})
	}
	return a.Directory.Find(a, v, types...)
}

// Index prepares look-ups by logical ID. Call it again when Resources has changed.
func (a *App) Index() {
	a.byID = make(map[string]*Resource, len(a.Resources))
	for _, r := range a.Resources {
		a.byID[r.ID] = r
	}
	a.named = nil
}

// Resource looks up a resource by logical ID (after Index); nil if there is none.
func (a *App) Resource(id string) *Resource { return a.byID[id] }

// Target is the resource a reference points to; nil if the value is no reference or points outside.
func (a *App) Target(v *Value) *Resource {
	if v = v.Settled(); v == nil || v.Kind != Ref {
		return nil
	}
	return a.Resource(v.Str)
}

// Resource is a thing in a template, in the canonical form: CloudFormation type and properties.
type Resource struct {
	ID         string // logical ID, unique in the App
	Type       string // for example AWS::SQS::Queue
	Props      *Value // Map of the properties, references resolved to Ref, variables to values
	Attributes *Value // Map of what stands beside the properties: DeletionPolicy, Metadata ...
	Condition  *Value // nil, or when the resource exists: Bool or OneOf of Bool
	Origin     Origin // where it is declared
	Generated  string // what made it where no template declares it, for example "serverless: http event"
	Tool       bool   // it serves the tool that deploys, such as its bucket for packages, and not the application
}

// ParameterType is the type of the resources that stand for a template's parameters. Nothing is deployed for them.
const ParameterType = "parameter"

// Deployed lists the resources that are deployed: all but the parameters.
func (a *App) Deployed() []*Resource {
	var out []*Resource
	for _, r := range a.Resources {
		if r.Type != ParameterType {
			out = append(out, r)
		}
	}
	return out
}

// Function is a handler with its code, role, environment and triggers.
type Function struct {
	ID       string // logical ID of its resource, or a name by file and symbol
	Name     string // as people call it: the key in serverless.yml, the logical ID elsewhere
	Resource *Resource
	Runtime  *Value
	Handler  *Value
	Code     Code
	Env      []EnvVar
	Role     *Role // nil if not known
	Triggers []*Trigger
	Unseen   string // why some of its triggers are not known; empty if all are
	Exposure Exposure
	Blast    Blast // what whoever takes it over can do; empty until that is worked out
	Origin   Origin
}

// Blast says how far the permissions of a function reach.
type Blast struct {
	Reach BlastReach
	Note  string // the worst of it in a few words: "may do everything"
}

// BlastReach is how far, in three steps.
type BlastReach string

// Reaches of a Blast.
const (
	BlastAll  BlastReach = "all"  // everything, or it gains all permissions
	BlastWide BlastReach = "wide" // it changes or reads secrets beyond the application
	BlastOwn  BlastReach = "own"  // what the application has
)

// CodeState tells how far a handler was followed.
type CodeState string

// States of Code.
const (
	CodeResolved CodeState = "resolved" // file and symbol found
	CodeLocated  CodeState = "located"  // file or folder found; symbols of this language are not read
	CodeInline   CodeState = "inline"   // source stands in the template
	CodeImage    CodeState = "image"    // a container image
	CodeMissing  CodeState = "missing"  // looked for and not found
	CodeUnknown  CodeState = "unknown"  // the template does not say
)

// Code is where a function's code is.
type Code struct {
	State    CodeState
	Language string // javascript, typescript, python, go, java, ruby, dotnet ...; empty if not known
	File     string // relative to the root
	Symbol   string
	At       Pos    // of the symbol's definition
	Reason   string // why not resolved; of resolved code, what is wrong with its name

	// Of code that stands in a template: a name for it as a source file ("template.yaml#Function.py") and its text, with every line where
	// the template has it; or Apart from that, when the template writes it otherwise.
	Module string
	Source []byte
	Apart  bool
}

// EnvVar is one environment variable of a function.
type EnvVar struct {
	Name     string
	Value    *Value
	Resource *Resource // what the value points to, nil if nothing in the App
	At       Pos
}

// Exposure says who can cause a call, from the widest to the narrowest.
type Exposure string

// Exposures.
const (
	Public        Exposure = "public"        // anyone on the internet
	Authenticated Exposure = "authenticated" // anyone who holds credentials the application gave out
	Account       Exposure = "account"       // principals of the cloud account, or other accounts named in a policy
	Internal      Exposure = "internal"      // only the application itself or the platform
	Undecided     Exposure = "unknown"
)

var exposureRank = map[Exposure]int{Public: 4, Authenticated: 3, Account: 2, Internal: 1, Undecided: 0, "": -1}

// Wider is the wider of two exposures; anything known is wider than unknown.
func (e Exposure) Wider(f Exposure) Exposure {
	if exposureRank[f] > exposureRank[e] {
		return f
	}
	return e
}

// Trigger is one way a function is called.
type Trigger struct {
	Kind     TriggerKind
	Detail   string    // what a person reads: "GET /orders", "rate(5 minutes)"
	Source   *Resource // the queue, table, API ... where a template of the workspace has it
	From     *App      // the App that has the source, where that is another one
	Target   *Value    // the source as written, where it is not in the App
	Auth     string    // none, iam, jwt, cognito, lambda, api-key, unknown; empty where the kind has none
	Exposure Exposure
	Filter   *Value // event pattern, filter policy, prefix; nil if none
	Off      bool   // it is declared and switched off
	Via      *Resource
	Origin   Origin
}

// TriggerKind names what calls a function.
type TriggerKind string

// Kinds of Trigger.
const (
	TriggerHTTP       TriggerKind = "http"      // REST API, HTTP API, function URL, load balancer
	TriggerWebSocket  TriggerKind = "websocket" //
	TriggerQueue      TriggerKind = "queue"     // SQS, MQ
	TriggerTopic      TriggerKind = "topic"     // SNS
	TriggerStream     TriggerKind = "stream"    // Kinesis, DynamoDB, Kafka, DocumentDB
	TriggerObject     TriggerKind = "object"    // S3
	TriggerBus        TriggerKind = "bus"       // EventBridge
	TriggerSchedule   TriggerKind = "schedule"  //
	TriggerUserPool   TriggerKind = "user-pool" // Cognito
	TriggerAuthorizer TriggerKind = "authorizer"
	TriggerGraphQL    TriggerKind = "graphql"
	TriggerEdge       TriggerKind = "edge" // CloudFront
	TriggerState      TriggerKind = "state-machine"
	TriggerLogs       TriggerKind = "logs"
	TriggerIoT        TriggerKind = "iot"
	TriggerAlexa      TriggerKind = "alexa"
	TriggerAlarm      TriggerKind = "alarm"
	TriggerDirect     TriggerKind = "direct" // invoked by another principal or service
	TriggerStack      TriggerKind = "stack"  // custom resource
)

// Role is what functions may do: the grants of an IAM role.
type Role struct {
	ID       string
	Resource *Resource // nil where the role is outside the App
	Grants   []Grant
	Policies []Policy // the documents that the grants are from
	Managed  []*Value // managed policies by name or ARN
	Trust    *Value   // AssumeRolePolicyDocument
	Origin   Origin
}

// Policy is one policy of a role, user or group, as a template has it.
type Policy struct {
	Name     string // of an inline policy, or the logical ID of its resource
	Document *Value
	Resource *Resource // that has it
	App      *App      // whose references it has
}

// Grant is one statement of a role's policies.
type Grant struct {
	Effect     *Value // Allow or Deny
	Actions    []*Value
	NotActions []*Value
	Resources  []*Value
	NotRes     []*Value
	Condition  *Value
	From       string // the policy's name, or the policy template that made it
	Origin     Origin
}

// Flow is one hop between two nodes, as declared or as the code does it. Nodes are logical IDs of resources, or one of
// Internet and Outside.
type Flow struct {
	From, To       string
	FromApp, ToApp *App   // the Apps that have the nodes, where that is another one
	Kind           string // what carries it: http, queue, topic, ...
	Detail         string
	Filter         *Value    // what must match for it to go through, as written; nil if nothing
	Via            *Resource // what declares it, where that is none of its ends: a subscription, a mapping ...
	Granted        Tri       // may the sender do it
	Matches        Tri       // does the receiver's filter let it through
	Origin         Origin
}

// Nodes that are no resources.
const (
	Internet = "internet" // everybody
	Outside  = "outside"  // something that no template of the workspace has
)

// Number gives each Unknown and OneOf of the workspace its ID and fills Uncertain. Call it once, when all is assembled
// and before anything is evaluated in parallel.
func (w *Workspace) Number() {
	seen := map[*Value]bool{}
	var visit func(v *Value)
	visit = func(v *Value) {
		if v == nil || v.Kind <= String || v.Kind == Ref || seen[v] {
			return
		}
		seen[v] = true
		if v.Kind == Unknown || v.Kind == OneOf {
			w.Uncertain = append(w.Uncertain, v)
			v.ID = int32(len(w.Uncertain))
		}
		for _, c := range v.Items {
			visit(c)
		}
		for i := range v.Fields {
			visit(v.Fields[i].Value)
		}
		for i := range v.Choices {
			visit(v.Choices[i].Value)
		}
	}
	for _, a := range w.All() {
		visit(a.Settings)
		for _, r := range a.Resources {
			visit(r.Props)
			visit(r.Attributes)
			visit(r.Condition)
		}
	}
}
