package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

var (
	makesExpress = regexp.MustCompile(`(?i)^express(\.default)?$`)
	parsesBodies = regexp.MustCompile(`(?i)^(express(\.default)?\.(json|urlencoded)|body_?parser(\.default)?(\.json|\.urlencoded)?)$`)
	errorParam   = regexp.MustCompile(`(?i)err|exception|^e$`)
	setsStage    = regexp.MustCompile(`process\.env(\.NODE_ENV|\[.NODE_ENV.\])\s*(\?\?|\|\|)?=[^=]|\.set\(\s*["']env["']|dotenv|asyncHandler|express-error-handler`)
	// stageInBuild is how the files of a build put the stage into the code: --define:process.env.NODE_ENV='"production"'.
	stageInBuild = regexp.MustCompile(`process\.env\.NODE_ENV["'\\]*\s*[:=][^\n]{0,20}production`)
	bundles      = regexp.MustCompile(`webpack|bundle|vite|dotenv`)
)

// errorPages are applications of Express that leave errors to Express, which then answers with the stack unless NODE_ENV is production: in
// Lambda and in images of Node.js it is set by nobody.
func errorPages(_ *work, n *paths.Node) []spot {
	if n.Result.Cut || !slices.Contains(n.Result.Packages, "express") {
		return nil
	}
	declared := n.App.Kind != model.Convention
	if declared && (!answersRequests(n.Function) || setsStageElsewhere(n)) {
		return nil
	}
	made, refuses := false, false
	var parses *spot         // any caller can make it fail
	var notes, used []string // functions that get errors and leave them to Express, and what is called like one and used
	for _, name := range n.Result.Files {
		file := n.Result.Program.File(name)
		if file == nil || file.Language != ir.Node {
			continue
		}
		handles := setsStage.Match(file.Tree.Source)
		inFile(file, func(fn *ir.Func) {
			if len(fn.Params) == 4 && errorParam.MatchString(lastName(fn.Params[0])) {
				notes = append(notes, fn.Name)
				handles = handles || !onlyNotes(fn)
			}
		}, func(e *ir.Expr) {
			name := dotted(e.X)
			made = made || makesExpress.MatchString(name)
			if parsesBodies.MatchString(name) && (parses == nil || !refuses) {
				parses, refuses = &spot{file: file, at: e.At}, lastName(e.X) == "json" // forms are read whatever they are
			}
			for _, x := range e.List {
				if name := lastName(x); lastName(e.X) == "use" && errorParam.MatchString(name) {
					used = append(used, name)
				}
			}
		})
		if handles {
			return nil
		}
	}
	others := slices.ContainsFunc(used, func(name string) bool { return !slices.Contains(notes, name) })
	if !made || parses == nil || others || !declared && !inPlainImage(n) && !byTerraform(n) { // last what reads other files
		return nil
	}
	return []spot{*parses}
}

// onlyNotes reports whether a function that gets errors leaves them to Express, and answers nothing: it writes a log, and calls next(err).
func onlyNotes(fn *ir.Func) bool {
	err, res, next := lastName(fn.Params[0]), lastName(fn.Params[2]), lastName(fn.Params[3])
	leaves, answers := false, false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		switch {
		case e.Kind == ir.Member && e.X.Kind == ir.Name && e.X.Str == res && (e.Str == "locals" || e.Str == "headersSent"):
			return false
		case e.Kind == ir.Name:
			answers = answers || e.Str == res
		case e.Kind == ir.Call && e.X.Kind == ir.Name && e.X.Str == next && len(e.List) == 1 && lastName(e.List[0]) == err:
			leaves = true
		}
		return true
	})
	return leaves && !answers
}

var (
	// deploysImage is how templates and programs say that an image is run which is built of the files.
	deploysImage = regexp.MustCompile(`(?i)\b(ContainerImage|Source)\.from_?(Docker_?Image_?)?Asset\(|AWS::ECS::TaskDefinition|AWS::AppRunner::Service|aws_ecs_task_definition|aws_apprunner_service|google_cloud_run`)
	// mentionsStage is what says something of the stage, or that settings come from elsewhere.
	mentionsStage = regexp.MustCompile(`(?i)NODE_ENV|env_?files?\b|environment_?files?\b|dotenv`)
)

var (
	// deploysByTerraform is how Terraform says that functions are deployed.
	deploysByTerraform = regexp.MustCompile(`"aws_lambda_function"|terraform-aws-modules/lambda`)
	// hidesStage is what perhaps says something of the stage where Terraform deploys: settings that are put together elsewhere, and tools that put
	// the stage into the code when they bundle it.
	hidesStage = regexp.MustCompile(`(?i)NODE_ENV|dotenv|\bvariables\s*=\s*[^{\s]|environment_variables\s*=\s*[^{\s]|webpack|\bvite\b|\bparcel\b`)
)

// byTerraform reports whether Terraform deploys a handler, and nothing beside it says anything of its stage.
func byTerraform(n *paths.Node) bool {
	code := n.Function.Code
	if code.Symbol == "" || setsStageInBuild(n) {
		return false
	}
	texts := n.Result.Program.Beside(code.File, deploysByTerraform)
	return len(texts) > 0 && !slices.ContainsFunc(texts, hidesStage.Match)
}

// inPlainImage reports whether a program is run in an image that the files build and deploy, and none of them says anything of its stage.
func inPlainImage(n *paths.Node) bool {
	code := n.Function.Code
	if code.Symbol != "" || n.Result.Program.Container(code.File) == "" {
		return false
	}
	texts := n.Result.Program.Beside(code.File, deploysImage)
	return len(texts) > 0 && !slices.ContainsFunc(texts, mentionsStage.Match)
}

// setsStageElsewhere reports whether a template, or a tool that builds the code, says perhaps that this is production.
func setsStageElsewhere(n *paths.Node) bool {
	for _, e := range n.Function.Env {
		if e.Name == "NODE_ENV" {
			text, ok := e.Value.Scalar()
			return !ok || text == "production" || strings.Contains(text, "${")
		}
	}
	if n.App.Settings.Path("provider", "environment").Kind == model.Unknown {
		return true
	}
	if r := n.Function.Resource; r != nil && r.Props.Path("Environment", "Variables").Kind == model.Unknown {
		return true
	}
	if setsStageInBuild(n) {
		return true
	}
	return slices.ContainsFunc(n.App.Settings.Get("plugins").Elements(), func(v *model.Value) bool {
		name, ok := v.Scalar()
		return !ok || bundles.MatchString(name)
	})
}

// setsStageInBuild reports whether esbuild puts the stage into the code, as SAM, the Serverless Framework or the files of a package call it.
func setsStageInBuild(n *paths.Node) bool {
	defined := []*model.Value{n.App.Settings.Path("custom", "esbuild", "define"), n.App.Settings.Path("build", "esbuild", "define")}
	if r := n.Function.Resource; r != nil {
		for _, key := range []string{"Define", "define"} {
			defined = append(defined, r.Attributes.Path("Metadata", "BuildProperties", key))
		}
	}
	return slices.ContainsFunc(defined, definesStage) || n.Result.Program.SomeBuild(n.Function.Code.File, stageInBuild.Match)
}

// definesStage reports whether what esbuild is to define says perhaps that this is production: a map, or texts such as
// process.env.NODE_ENV="production".
func definesStage(define *model.Value) bool {
	if define.Kind == model.Unknown {
		return true
	}
	if stage := define.Get("process.env.NODE_ENV"); stage.Kind != model.Absent {
		text, ok := stage.Scalar()
		return !ok || strings.Contains(text, "production")
	}
	return slices.ContainsFunc(define.Elements(), func(v *model.Value) bool {
		text, _ := v.Scalar()
		return strings.HasPrefix(text, "process.env.NODE_ENV") && strings.Contains(text, "production")
	})
}

// inFile goes through all functions and calls of a file.
func inFile(file *ir.File, function func(*ir.Func), call func(*ir.Expr)) {
	var statements func(body []*ir.Stmt)
	inside := func(fn *ir.Func) {
		function(fn)
		statements(fn.Body)
	}
	statements = func(body []*ir.Stmt) {
		ir.Walk(body, func(s *ir.Stmt) bool {
			if s.Fn != nil {
				inside(s.Fn)
			}
			if s.Class != nil {
				for _, m := range s.Class.Methods {
					inside(m)
				}
			}
			return true
		}, func(e *ir.Expr) bool {
			switch e.Kind {
			case ir.Lambda:
				function(e.Fn)
			case ir.Call:
				call(e)
			}
			return true
		})
	}
	statements(file.Body)
}
