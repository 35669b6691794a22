package reporttest

import (
	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
)

// Result is the result of a shop's scan: findings of all kinds, a trace, ignored and unchecked things, diagnostics.
func Result() *finding.Result {
	r := &finding.Result{
		Root:        ".",
		Version:     "0.1.0",
		Profile:     "default",
		Apps:        apps(),
		Findings:    append(shopFindings(), otherFindings()...),
		Outcomes:    outcomes(),
		Diagnostics: diagnostics(),
		Hidden:      12,
		Ignored:     1,
		FailOn:      finding.High,
		Rules:       rules(),
	}
	finding.SetFingerprints(r.Findings)
	return r
}

// Empty is the result of a scan that found no application.
func Empty() *finding.Result {
	return &finding.Result{Root: ".", Version: "0.1.0", Profile: "default", Complete: true, FailOn: finding.High, Rules: rules()}
}

// Clean is the result of a scan in which every check passed.
func Clean() *finding.Result {
	r := Empty()
	r.Apps = apps()[:1]
	r.Outcomes = outcomes()[1:2]
	return r
}

func apps() []finding.AppSummary {
	return []finding.AppSummary{
		{Name: "shop", Kind: model.SAM, File: "template.yaml", Functions: 6, Resolved: 5, Missing: 1, Triggers: 14, Resources: 23},
		{Name: "mailer", Kind: model.Serverless, File: "services/mailer/serverless.yml", Stage: "prod", Functions: 1, Resolved: 1, Triggers: 1, Resources: 2},
	}
}

// Place is a place on one line; to is the column after the last one, 0 where it is not known.
func Place(file string, line, col, to int, snippet string) finding.Place {
	return finding.Place{Pos: model.Pos{File: file, Line: line, Col: col}, EndLine: line, EndCol: to, Snippet: snippet}
}

func shopFindings() []finding.Finding {
	const app = "template.yaml"
	injection := finding.Finding{
		Rule: "sql-injection", Title: "Event data becomes part of an SQL statement", Severity: finding.Critical, Confidence: finding.Proven,
		Message: "The query string of GET /orders reaches the text of a query: whoever calls it can read and change every order",
		Place:   Place("src/orders.js", 31, 9, 58, "  await db.query(`SELECT * FROM orders WHERE id = '${id}'`);"),
		App:     app, Subject: "OrdersFunction", Exposure: model.Public, Practices: []int{3, 7}, CWE: []string{"CWE-89"}, Group: "sql-injection src/orders.js",
		Trace: []finding.Step{
			{Place: Place("src/orders.js", 12, 14, 47, "  const id = event.queryStringParameters.id;"), Message: "comes from the query string"},
			{Place: Place("src/orders.js", 13, 10, 22, "  return find(id);"), Message: "is passed to find"},
			{Place: Place("src/orders.js", 31, 9, 58, "  await db.query(`SELECT * FROM orders WHERE id = '${id}'`);"), Message: "becomes part of the statement"},
		},
	}
	out := []finding.Finding{injection}
	subjects := []string{"CheckoutUrl", "RefundUrl", "ReportUrl", "SearchUrl", "StatusUrl", "WebhookUrl", "AdminUrl", "PingUrl"}
	for i, s := range subjects {
		out = append(out, finding.Finding{
			Rule: "function-url-without-auth", Title: "Function URL accepts unauthenticated calls", Severity: finding.High, Confidence: finding.Certain,
			Message: s + " can be called by anyone on the internet", App: app, Subject: s, Exposure: model.Public,
			Place: Place(app, 42+15*i, 7, 21, "      AuthType: NONE"), Practices: []int{3}, CWE: []string{"CWE-306"}, Group: "AuthType",
		})
	}
	out[2].Exposure = model.Account
	out[3].When = []string{"Stage=prod"}
	out[4].Stages = []string{"prod", "staging"}
	out[3].Confidence = finding.Possible
	out[8].Ignored = &finding.Ignored{Reason: "health check, answers with a constant", Until: "2027-01-31", At: "template.yaml:146"}
	return append(out, finding.Finding{
		Rule: "role-wildcard-action", Title: "Role may do everything on a service", Severity: finding.Medium, Confidence: finding.Likely,
		Message: "OrdersRole may do dynamodb:* on every table; its code uses dynamodb:GetItem and dynamodb:Query",
		Place:   Place(app, 88, 17, 0, "      - Action: dynamodb:*"), App: app, Subject: "OrdersRole", Exposure: model.Public,
		When: []string{"Stage=prod", "Stage=staging"}, Practices: []int{1, 8}, CWE: []string{"CWE-250"}, Group: "OrdersRole",
	})
}

func otherFindings() []finding.Finding {
	return []finding.Finding{
		{
			Rule: "queue-without-encryption", Title: "Queue keeps messages unencrypted", Severity: finding.Low, Confidence: finding.Certain,
			Message: "MailQueue holds mail addresses and is not encrypted at rest", App: "services/mailer/serverless.yml", Subject: "MailQueue",
			Place: Place("services/mailer/serverless.yml", 23, 5, 14, "    MailQueue:"), Exposure: model.Internal, Practices: []int{5}, CWE: []string{"CWE-311"}, Group: "MailQueue",
		},
		{
			Rule: "workflow-action-not-pinned", Title: "Workflow uses an action by a movable tag", Severity: finding.Info, Confidence: finding.Certain, Strict: true,
			Message: "actions/checkout@v4 can be changed by its owner at any time", App: "", Subject: "build",
			Place: Place(".github/workflows/build.yml", 9, 12, 31, "\t  - uses: actions/checkout@v4"), Practices: []int{4}, Group: "actions/checkout",
		},
	}
}

func outcomes() []finding.Outcome {
	at := model.Pos{File: "template.yaml", Line: 12, Col: 5}
	return []finding.Outcome{
		{Rule: "function-url-without-auth", App: "template.yaml", Subject: "CheckoutUrl", State: finding.Failed},
		{Rule: "function-url-without-auth", App: "template.yaml", Subject: "CatalogueUrl", State: finding.Passed},
		{Rule: "queue-without-encryption", App: "template.yaml", Subject: "OrderQueue", State: finding.NotChecked, Reason: "KmsKey comes from another stack", At: at},
		{Rule: "queue-without-encryption", App: "template.yaml", Subject: "DeadQueue", State: finding.NotChecked, Reason: "KmsKey comes from another stack", At: at},
		{Rule: "role-wildcard-action", App: "template.yaml", Subject: "AuditRole", State: finding.NotChecked, Reason: "the role is outside the template"},
	}
}

func diagnostics() []model.Diagnostic {
	return []model.Diagnostic{
		{Level: model.Note, Message: "no template was found in tools: functions were recognised by the shape of their code"},
		{Pos: model.Pos{File: "template.yaml", Line: 130, Col: 9}, Level: model.Warning, Message: "CodeUri ./missing does not exist", Hint: "build the project first, or correct the path"},
		{Pos: model.Pos{File: "broken.yaml", Line: 3}, Level: model.Error, Message: "mapping values are not allowed here", Incomplete: true},
	}
}

func rules() []finding.RuleInfo {
	return []finding.RuleInfo{
		{
			ID: "function-url-without-auth", Title: "Function URL accepts unauthenticated calls", Severity: finding.High, Practices: []int{3},
			CWE: []string{"CWE-306"}, Catalogue: []string{"LAM-001"}, Equivalents: []string{"CKV_AWS_258"},
			Why:        "A function URL without `AuthType: AWS_IAM` answers everybody.\n\nBots find it within hours.",
			Fix:        "Set `AuthType: AWS_IAM`, or put an API with an authorizer in front.",
			References: []string{"https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"},
		},
		{
			ID: "queue-without-encryption", Title: "Queue keeps messages unencrypted", Severity: finding.Low, Practices: []int{5}, CWE: []string{"CWE-311"},
			Why: "Messages lie on disk.", Fix: "Set `SqsManagedSseEnabled: true`.",
		},
		{ID: "role-wildcard-action", Title: "Role may do everything on a service", Severity: finding.Medium, Practices: []int{1, 8}, CWE: []string{"CWE-250"}},
		{ID: "sql-injection", Title: "Event data becomes part of an SQL statement", Severity: finding.Critical, Practices: []int{3, 7}, CWE: []string{"CWE-89"}},
		{ID: "workflow-action-not-pinned", Title: "Workflow uses an action by a movable tag", Severity: finding.Info, Practices: []int{4}, Strict: true},
	}
}

// Hostile is a name as an attacker would choose it: it clears the screen, reverses text, ends a line, opens tags and code
// spans, and holds a byte that is no UTF-8.
const Hostile = "evil\x1b[2J\u202etxt\n<script>alert('x')</script>`|\"\u009b1m\u200b\xff]]>"

// HostileResult is a result in which every text of the repository is hostile.
func HostileResult() *finding.Result {
	at := Place(Hostile, 7, 3, 6, Hostile)
	at.Note = Hostile
	f := finding.Finding{
		Rule: "some-rule", Title: Hostile, Severity: finding.High, Confidence: finding.Certain, Message: Hostile, Place: at, App: Hostile,
		Subject: Hostile, Exposure: model.Public, When: []string{Hostile}, Stages: []string{Hostile}, Trace: []finding.Step{{Place: at, Message: Hostile}, {Place: at, Message: Hostile}},
		Practices: []int{3}, CWE: []string{Hostile}, Group: Hostile,
		Path: []string{Hostile, Hostile}, Doors: []string{Hostile},
		Callers: []finding.Caller{{Name: Hostile, Via: []string{Hostile}, State: Hostile, Reason: Hostile, Exposure: model.Public, Calls: 2, Place: at, Check: &at}},
	}
	ignored := f
	ignored.Ignored = &finding.Ignored{Reason: Hostile, Until: Hostile, At: Hostile + ":3"}
	r := &finding.Result{
		Root: Hostile, Version: "0.1.0", Profile: "default", FailOn: finding.High, Ignored: 1,
		Apps:        []finding.AppSummary{{Name: Hostile, Kind: model.SAM, File: Hostile, Stage: Hostile}},
		Findings:    []finding.Finding{f, f, ignored},
		Outcomes:    []finding.Outcome{{Rule: "some-rule", App: Hostile, Subject: Hostile, State: finding.NotChecked, Reason: Hostile, At: at.Pos}},
		Diagnostics: []model.Diagnostic{{Pos: at.Pos, Level: model.Warning, Message: Hostile, Hint: Hostile}},
		Rules:       []finding.RuleInfo{{ID: "some-rule", Title: Hostile, Severity: finding.High, Why: Hostile, Fix: Hostile, References: []string{Hostile}, CWE: []string{Hostile}}},
	}
	finding.SetFingerprints(r.Findings)
	return r
}
