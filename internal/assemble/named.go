package assemble

import (
	"path"
	"regexp"
	"strings"
	"sync"

	"wardlet.example/internal/syntax"
)

// Terraform and programs of CDK, Pulumi and SST name handlers as templates do. Until these are read as templates are, the names alone say
// which functions of the code are handlers, whatever they are called and take.

// namer tells programs that define functions, by what they import.
var namer = []string{"aws-cdk", "aws_cdk", "@pulumi/aws", "pulumi_aws", "pulumi-aws", "@serverless-stack", `"sst"`, `'sst'`, "sst/constructs", "cdktf"}

var (
	handlerName = regexp.MustCompile(`(?i)\bhandler["']?\s*[:=]\s*(?:\w+\.String\()?["']([\w./-]+)["']`)
	entryName   = regexp.MustCompile(`["']([\w./@-]+\.(?:ts|js|mjs|py))["']`)
)

// handlerNamed are handlers that something beside a template names: the module, as a path without its ending, and what it gives.
type handlerNamed struct{ module, symbol string }

// handlersNamed reads the names of handlers in Terraform and in programs that define functions.
func (a *assembly) handlersNamed() map[handlerNamed]bool {
	var files []string
	for _, f := range a.repo.Files() {
		if path.Ext(f.Path) == ".tf" || languageOf(f.Path) != "" && !isTest(f.Path) && !made(f.Path) {
			files = append(files, f.Path)
		}
	}
	out := map[handlerNamed]bool{}
	var mu sync.Mutex
	a.parallel(len(files), func(i int) {
		data, err := a.repo.Read(files[i])
		if err != nil || !mentions(data, []string{"andler"}) || path.Ext(files[i]) != ".tf" && !mentions(data, namer) {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		for _, n := range namesIn(data) {
			out[n] = true
		}
	})
	return out
}

// namesIn are the handlers that a text names: handler: "orders.create", or handler: "create" beside entry: "lambda/orders.ts".
func namesIn(data []byte) []handlerNamed {
	var out []handlerNamed
	var entries []string
	for _, m := range entryName.FindAllSubmatch(data, -1) {
		entries = append(entries, strings.TrimSuffix(string(m[1]), path.Ext(string(m[1]))))
	}
	for _, m := range handlerName.FindAllSubmatch(data, -1) {
		name := string(m[1])
		if dot := strings.LastIndexByte(name, '.'); dot > 0 {
			out = append(out, handlerNamed{name[:dot], name[dot+1:]})
			continue
		}
		for _, entry := range entries {
			out = append(out, handlerNamed{entry, name})
		}
	}
	return out
}

// namedIn are the functions of a file that something beside a template names as handlers, and its shape does not tell.
func namedIn(file string, s *syntax.Symbols, all map[handlerNamed]bool) []syntax.Def {
	var out []syntax.Def
	stem := strings.TrimSuffix(file, path.Ext(file))
	for _, def := range s.Defs {
		if def.Kind == syntax.Class || def.Receiver != "" || path.Ext(file) == ".go" {
			continue
		}
		for n := range all {
			module := strings.TrimLeft(n.module, "./")
			dotted := strings.ReplaceAll(module, ".", "/")
			if n.symbol == def.Name && (endsAs(stem, module) || path.Ext(file) == ".py" && endsAs(stem, dotted)) {
				out = append(out, def)
				break
			}
		}
	}
	return out
}

// endsAs reports whether a path ends with another one, by whole names.
func endsAs(file, tail string) bool {
	return file == tail || strings.HasSuffix(file, "/"+tail)
}
