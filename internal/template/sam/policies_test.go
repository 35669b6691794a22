package sam

import (
	"regexp"
	"strings"
	"testing"

	"wardlet.example/internal/model"
)

// TestPolicyTemplates checks the table as a whole: every template gives statements with whole actions and resources, and
// asks for no parameter that nobody could write.
func TestPolicyTemplates(t *testing.T) {
	if n := len(policyTemplates); n != 81 {
		t.Errorf("%d templates, want 81", n)
	}
	action := regexp.MustCompile(`^[a-z0-9-]+:[A-Z*][A-Za-z0-9]*\*?$`)
	for name, grants := range policyTemplates {
		for _, g := range grants {
			for _, a := range g.actionList() {
				if !action.MatchString(a) && a != "textract:*" {
					t.Errorf("%s: action %q", name, a)
				}
			}
			if g.resources == "" || strings.Count(g.resources, "${") != strings.Count(g.resources, "}") {
				t.Errorf("%s: resources %q", name, g.resources)
			}
		}
	}
}

func TestPolicyTemplateFilledIn(t *testing.T) {
	at := model.Origin{Pos: model.Pos{File: "template.yaml", Line: 7}}
	stage := model.NewOneOf("Stage", []model.Choice{
		{Label: "dev", Value: model.NewString("jobs-dev", at)}, {Label: "prod", Value: model.NewString("jobs", at)},
	}, 0, at)
	got := expandTemplate("SQSSendMessagePolicy", object("QueueName", stage, at), at)[0].Path("Resource", "0")
	const region = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:"
	if want := region + "jobs-dev | " + region + "jobs"; got.String() != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	condition := expandTemplate("EFSWriteAccessPolicy", object("AccessPoint", text("ap", at), at), at)[0]
	point := condition.Path("Condition", "StringEquals", "elasticfilesystem:AccessPointArn")
	if point.HasSuffix(":access-point/ap") != model.Yes {
		t.Errorf("condition on %s", point)
	}
	system := condition.Path("Resource", "0")
	if system.EqualsText("x") != model.No || system.ContainsText("file-system/other") != model.Maybe {
		t.Errorf("without its parameter a resource must stay open, not %s", system)
	}
}
