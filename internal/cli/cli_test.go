package cli

import (
	"context"
	_ "embed"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"wardlet.example/rules"
)

// The scripts read like sessions at a terminal; each runs the whole command.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"wardlet": func() {
			program := &Program{Version: "v0.0.0-test", Rules: rules.FS}
			os.Exit(program.Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
		},
	})
}

func TestScripts(t *testing.T) {
	shop, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", shop)
			env.Setenv("COLUMNS", "100")
			return nil
		},
	})
}

//go:embed config.schema.json
var configSchema []byte

// The schema and the reader know the same keys.
func TestConfigSchema(t *testing.T) {
	var schema struct {
		Properties map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(configSchema, &schema); err != nil {
		t.Fatal(err)
	}
	var inSchema, inCode []string
	for key := range schema.Properties {
		inSchema = append(inSchema, key)
	}
	for key := range configKeys() {
		inCode = append(inCode, key)
	}
	slices.Sort(inSchema)
	slices.Sort(inCode)
	if !slices.Equal(inSchema, inCode) {
		t.Errorf("the schema has %v, the code %v", inSchema, inCode)
	}
}
