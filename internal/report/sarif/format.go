package sarif

// The part of SARIF 2.1.0 that is written here. Names of fields are the standard's.

type log struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []run  `json:"runs"`
}

type run struct {
	Tool        tool                `json:"tool"`
	Invocations []invocation        `json:"invocations"`
	BaseIDs     map[string]artifact `json:"originalUriBaseIds"`
	ColumnKind  string              `json:"columnKind"`
	Results     []result            `json:"results"`
	Properties  properties          `json:"properties"`
}

// properties is the standard's bag for what it has no field for.
type properties map[string]any

type tool struct {
	Driver component `json:"driver"`
}

type component struct {
	Name            string       `json:"name"`
	Version         string       `json:"version,omitempty"`
	SemanticVersion string       `json:"semanticVersion,omitempty"`
	Rules           []descriptor `json:"rules"`
}

type descriptor struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Short      message       `json:"shortDescription"`
	Full       *message      `json:"fullDescription,omitempty"`
	Help       *message      `json:"help,omitempty"`
	HelpURI    string        `json:"helpUri,omitempty"`
	Default    configuration `json:"defaultConfiguration"`
	Properties properties    `json:"properties"`
}

type configuration struct {
	Level string `json:"level"`
}

type message struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type result struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      message           `json:"message"`
	Locations    []location        `json:"locations"`
	Related      []location        `json:"relatedLocations,omitempty"`
	CodeFlows    []codeFlow        `json:"codeFlows,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Suppressions []suppression     `json:"suppressions,omitzero"`
	Properties   properties        `json:"properties"`
}

type location struct {
	ID       int               `json:"id,omitempty"`
	Physical *physical         `json:"physicalLocation,omitempty"`
	Logical  []logicalLocation `json:"logicalLocations,omitempty"`
	Message  *message          `json:"message,omitempty"`
}

type physical struct {
	Artifact artifact `json:"artifactLocation"`
	Region   *region  `json:"region,omitempty"`
	Context  *region  `json:"contextRegion,omitempty"`
}

type artifact struct {
	URI         string   `json:"uri,omitempty"`
	BaseID      string   `json:"uriBaseId,omitempty"`
	Description *message `json:"description,omitempty"`
}

type region struct {
	StartLine   int      `json:"startLine"`
	StartColumn int      `json:"startColumn,omitempty"`
	EndLine     int      `json:"endLine,omitempty"`
	EndColumn   int      `json:"endColumn,omitempty"`
	Snippet     *content `json:"snippet,omitempty"`
}

type content struct {
	Text string `json:"text"`
}

type logicalLocation struct {
	Name      string `json:"name"`
	Qualified string `json:"fullyQualifiedName"`
	Kind      string `json:"kind"`
}

type codeFlow struct {
	ThreadFlows []threadFlow `json:"threadFlows"`
}

type threadFlow struct {
	Locations []threadFlowLocation `json:"locations"`
}

type threadFlowLocation struct {
	Location location `json:"location"`
}

type suppression struct {
	Kind          string    `json:"kind"`
	Status        string    `json:"status"`
	Justification string    `json:"justification,omitempty"`
	Location      *location `json:"location,omitempty"`
}

type invocation struct {
	Successful    bool           `json:"executionSuccessful"`
	Notifications []notification `json:"toolExecutionNotifications,omitempty"`
}

type notification struct {
	Level     string     `json:"level"`
	Message   message    `json:"message"`
	Locations []location `json:"locations,omitempty"`
}
