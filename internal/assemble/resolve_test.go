package assemble

import (
	"os"
	"path/filepath"
	"testing"

	"wardlet.example/internal/repo"
)

// Modules that do not stand beside the file that imports them.
func TestModules(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"api/tsconfig.json":                         `{"compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["src/*"], "@libs/db": ["src/libs/db/index.ts"], "/opt/nodejs/shop": ["../layers/shop/nodejs/orders"]}}}`,
		"api/src/handlers/get.ts":                   "",
		"api/src/libs/db/index.ts":                  "",
		"api/src/config.ts":                         "",
		"layers/shop/nodejs/orders.ts":              "",
		"api/package.json":                          `{"name": "api", "dependencies": {"@shop/shared": "file:../packages/shared"}}`,
		"packages/shared/package.json":              `{"name": "other-name", "main": "lib/main.js"}`,
		"packages/shared/lib/main.js":               "",
		"packages/shared/text.js":                   "",
		"packages/money/package.json":               `{"name": "@shop/money"}`,
		"packages/money/src/index.ts":               "",
		"packages/money/src/format.ts":              "",
		"packages/tides/package.json":               `{"name": "@shop/tides", "main": "dist/api/all.js"}`,
		"packages/tides/src/api/all.ts":             "",
		"packages/tides/src/high.ts":                "",
		"packages/tides/build/made.js":              "",
		"packages/tides/src/made.ts":                "",
		"layers/common/python/shared/auth.py":       "",
		"layers/common/nodejs/lib/log.js":           "",
		"other/layer/python/theirs.py":              "",
		"deps/python/requests/__init__.py":          "",
		"deps/python/requests-2.0.dist-info/RECORD": "requests/__init__.py,sha256=x,1\n../../bin/x,,\n",
		"deps/python/own.py":                        "",
		"api/node_modules/left/index.js":            "",
		"web/package.json":                          `{"dependencies": {"yup": "1.0.0"}}`,
		"web/src/handlers/get.js":                   "",
		"web/src/utils/response.js":                 "",
		"web/src/yup/lib.js":                        "",
		"shop/jsconfig.json":                        `{"compilerOptions": {"baseUrl": ".", "paths": {"*": ["src/*"]}}}`,
		"shop/src/functions/get.js":                 "",
		"shop/src/common/codes.js":                  "",
	} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := repo.Open(root, repo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	m := NewModules(r)
	for _, test := range []struct{ app, from, module, want string }{
		{"api", "api/src/handlers/get.ts", "@/config", "api/src/config.ts"},
		{"api", "api/src/handlers/get.ts", "@libs/db", "api/src/libs/db/index.ts"},
		{"api", "api/src/handlers/get.ts", "src/config", "api/src/config.ts"},
		{"shop", "shop/src/functions/get.js", "common/codes", "shop/src/common/codes.js"},
		{"api", "api/src/handlers/get.ts", "@shop/shared", "packages/shared/lib/main.js"},
		{"api", "api/src/handlers/get.ts", "@shop/shared/text", "packages/shared/text.js"},
		{"api", "api/src/handlers/get.ts", "@shop/money", "packages/money/src/index.ts"},
		{"api", "api/src/handlers/get.ts", "@shop/money/format", "packages/money/src/format.ts"},
		{"api", "api/src/handlers/get.ts", "@shop/tides", "packages/tides/src/api/all.ts"}, // a compiler makes dist of it
		{"api", "api/src/handlers/get.ts", "@shop/tides/dist/high.js", "packages/tides/src/high.ts"},
		{"api", "api/src/handlers/get.ts", "@shop/tides/build/made.js", "packages/tides/build/made.js"},
		{"api", "api/src/handlers/get.ts", "@shop/tides/dist/low.js", ""},
		{"api", "api/src/handlers/get.ts", "/opt/nodejs/shop", "layers/shop/nodejs/orders.ts"},
		{"api", "api/src/handlers/get.ts", "axios", ""},
		{"web", "web/src/handlers/get.js", "utils/response", "web/src/utils/response.js"}, // a bundler looks in src
		{"web", "web/src/handlers/get.js", "yup/lib", ""},                                 // a dependency
		{"web", "web/src/handlers/get.js", "utils", ""},
		{"web", "web/src/handlers/get.js", "./utils/response.js", "web/src/utils/response.js"}, // a build copies it
		{"web", "web/src/handlers/get.js", "./response", ""},
		{".", "fn/app.py", "shared.auth", "layers/common/python/shared/auth.py"},
		{".", "fn/app.js", "/opt/nodejs/lib/log", "layers/common/nodejs/lib/log.js"},
		{"layers", "layers/fn/app.py", "theirs", ""}, // of another application
	} {
		if got := m.Find(test.app, test.from, test.module); got != test.want {
			t.Errorf("%s in %s: got %q, want %q", test.module, test.from, got, test.want)
		}
	}
	for file, want := range map[string]bool{
		"deps/python/requests/__init__.py": true, "deps/python/own.py": false, "api/node_modules/left/index.js": true, "api/src/config.ts": false,
	} {
		if got := m.Installed(file); got != want {
			t.Errorf("installed %s: %v", file, got)
		}
	}
}
