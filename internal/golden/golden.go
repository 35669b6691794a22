// Package golden runs tests whose examples are archives in testdata: a text that says what is shown, input files, and last a
// file "want" with the output that a person has reviewed.
//
// With WARDLET_UPDATE=1 in the environment the "want" files are written anew; read the diff before committing it.
package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// Want is the name of the file that holds the reviewed output.
const Want = "want"

// Updating reports whether reviewed outputs are to be written anew.
func Updating() bool { return os.Getenv("WARDLET_UPDATE") == "1" }

// Run calls show for each archive of testdata with its input files by name and compares what it gives with the output in
// the archive.
func Run(t *testing.T, show func(t *testing.T, files map[string]string) string) {
	t.Helper()
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no examples in testdata: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { one(t, name, show) })
	}
}

func one(t *testing.T, name string, show func(*testing.T, map[string]string) string) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want, files := "", map[string]string{}
	inputs := archive.Files[:0]
	for _, f := range archive.Files {
		if f.Name == Want {
			want = string(f.Data)
			continue
		}
		files[f.Name] = string(f.Data)
		inputs = append(inputs, f)
	}
	got := show(t, files)
	if Updating() {
		archive.Files = append(inputs, txtar.File{Name: Want, Data: []byte(got)})
		if err := os.WriteFile(filepath.Clean(name), txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("output differs (-want +got):\n%s", diff)
	}
}
