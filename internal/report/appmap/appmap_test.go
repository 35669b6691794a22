package appmap_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"wardlet.example/internal/model"
	"wardlet.example/internal/report/appmap"
	"wardlet.example/internal/report/reporttest"
)

// views is every way to write a workspace.
func views() map[string]func(io.Writer, *model.Workspace) error {
	return map[string]func(io.Writer, *model.Workspace) error{
		"txt": func(w io.Writer, ws *model.Workspace) error { return appmap.Tree(w, ws, appmap.Options{}) },
		"color.txt": func(w io.Writer, ws *model.Workspace) error {
			return appmap.Tree(w, ws, appmap.Options{Color: true, Width: 90})
		},
		"json": appmap.JSON,
		"mmd":  appmap.Mermaid,
		"svg":  appmap.SVG,
		"unknown.txt": func(w io.Writer, ws *model.Workspace) error {
			return appmap.UnknownTree(w, ws, appmap.Options{Width: 90})
		},
		"unknown.json": appmap.UnknownJSON,
	}
}

func workspaces() map[string]*model.Workspace {
	return map[string]*model.Workspace{
		"shop":    reporttest.Shop(),
		"large":   reporttest.Large(),
		"hostile": reporttest.HostileWorkspace(),
		"empty":   {Root: "."},
	}
}

func write(t *testing.T, view func(io.Writer, *model.Workspace) error, ws *model.Workspace) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := view(&b, ws); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for name, ws := range workspaces() {
		for ext, view := range views() {
			if name == "large" && ext != "svg" || name == "hostile" && ext == "color.txt" {
				continue // nothing that the others do not show
			}
			t.Run(name+"."+ext, func(t *testing.T) { reporttest.Golden(t, name+"."+ext, write(t, view, ws)) })
		}
	}
}

func TestHostileTextIsHarmless(t *testing.T) {
	for ext, view := range views() {
		if ext != "color.txt" { // which is made of escape sequences
			t.Run(ext, func(t *testing.T) { reporttest.Safe(t, write(t, view, reporttest.HostileWorkspace())) })
		}
	}
	if out := write(t, appmap.SVG, reporttest.HostileWorkspace()); bytes.Contains(out, []byte("<script")) {
		t.Error("a name becomes an element of the SVG")
	}
}

func TestSVGIsWellFormed(t *testing.T) {
	for name, ws := range workspaces() {
		dec := xml.NewDecoder(bytes.NewReader(write(t, appmap.SVG, ws)))
		for {
			_, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

func TestSameBytesTwice(t *testing.T) {
	for ext, view := range views() {
		if a, b := write(t, view, reporttest.Large()), write(t, view, reporttest.Large()); !bytes.Equal(a, b) {
			t.Errorf("two writes of one workspace as %s differ", ext)
		}
	}
}

func TestLiteralEnvironmentIsNeverShown(t *testing.T) {
	for ext, view := range views() {
		if strings.Contains(string(write(t, view, reporttest.Shop())), "do-not-show-me") {
			t.Errorf("%s shows the literal value of an environment variable", ext)
		}
	}
}

// A text of shared parts that would take 2^40 characters is named, not written.
func TestHugeValuesAreNotWritten(t *testing.T) {
	open := model.NewUnknown("from outside", model.Origin{})
	huge := model.NewText([]*model.Value{model.NewString("x", model.Origin{}), open}, model.Origin{})
	for range 40 {
		choices := []model.Choice{{Label: "a", Value: huge}, {Label: "b", Value: huge.At(model.Origin{})}}
		huge = model.NewOneOf("Stage", choices, 0, model.Origin{})
	}
	ws := reporttest.Shop()
	ws.Apps[0].Functions[0].Handler = huge
	ws.Apps[0].Roles[0].Trust = huge
	if out := write(t, appmap.JSON, ws); !bytes.Contains(out, []byte("(large one-of)")) {
		t.Error("a huge value is not named as such")
	}
}

// A graph made to explode (a chain of functions that all use one table) is drawn flat, in time.
func TestLongChainIsDrawnInTime(t *testing.T) {
	table := &model.Resource{ID: "Table", Type: "AWS::DynamoDB::Table"}
	app := &model.App{File: "template.yaml", Resources: []*model.Resource{table}}
	for i := range 2_000 {
		id := fmt.Sprintf("F%d", i)
		f := &model.Function{ID: id, Env: []model.EnvVar{{Name: "TABLE", Resource: table}}}
		app.Functions = append(app.Functions, f)
		app.Resources = append(app.Resources, &model.Resource{ID: id, Type: "AWS::Lambda::Function"})
		app.Flows = append(app.Flows, &model.Flow{From: id, To: fmt.Sprintf("F%d", i+1), Kind: "direct"})
	}
	start := time.Now()
	out := write(t, appmap.SVG, &model.Workspace{Apps: []*model.App{app}})
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if n := bytes.Count(out, []byte(`class="box function`)); n != 2_000 {
		t.Errorf("%d functions drawn, want 2000", n)
	}
}

func TestGrantsAreShort(t *testing.T) {
	text := func(all ...string) (out []*model.Value) {
		for _, s := range all {
			out = append(out, model.NewString(s, model.Origin{}))
		}
		return out
	}
	table := model.NewText([]*model.Value{
		model.NewString("arn:aws:dynamodb:", model.Origin{}), model.NewRef("AWS::Region", "", model.Origin{}), model.NewString(":", model.Origin{}),
		model.NewRef("AWS::AccountId", "", model.Origin{}), model.NewString(":table/orders", model.Origin{}),
	}, model.Origin{})
	ws := reporttest.Shop()
	ws.Apps[0].Roles[0].Grants = []model.Grant{
		{Actions: text("a:1", "a:2", "a:3", "a:4", "a:5", "b:*"), Resources: []*model.Value{table}},
		{Effect: text("Deny")[0], NotActions: text("iam:PassRole"), NotRes: text("*"), Condition: model.NewBool(true, model.Origin{})},
	}
	out := string(write(t, views()["txt"], ws))
	for _, want := range []string{"b:*, a:1, a:2, a:3 and 2 more on table/orders\n", "deny all but iam:PassRole on all but *, under a condition\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}
