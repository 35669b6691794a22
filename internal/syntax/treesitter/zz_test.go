package treesitter

import (
	"fmt"
	js "github.com/tree-sitter/tree-sitter-javascript/bindings/go"
	py "github.com/tree-sitter/tree-sitter-python/bindings/go"
	ts "github.com/tree-sitter/tree-sitter-typescript/bindings/go"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMeasure(t *testing.T) {
	J, T, P := NewLanguage("js", js.Language()), NewLanguage("ts", ts.LanguageTypescript()), NewLanguage("py", py.Language())
	var best float64
	mb := 0
	hist := map[int]int{}
	if os.Getenv("BIG") == "real" {
		filepath.Walk("/work/real", func(p string, fi os.FileInfo, err error) error {
			if err != nil || fi.IsDir() || strings.Contains(p, "node_modules") {
				return nil
			}
			var l *Language
			switch filepath.Ext(p) {
			case ".js", ".mjs":
				l = J
			case ".ts":
				l = T
			case ".py":
				l = P
			default:
				return nil
			}
			src, _ := os.ReadFile(p)
			if len(src) > 512<<10 {
				return nil
			}
			_, n, err := l.parse(p, src, work{1 << 30, 1 << 40})
			if err != nil {
				fmt.Println(err)
			}
			mb += len(src)
			r := float64(n.bytes-30000) / float64(len(src)+100)
			hist[int(r/10)*10]++
			if r > best {
				best = r
				fmt.Println(p, len(src), n, r)
			}
			return nil
		})
		fmt.Println(hist)
	}
	h := func(name string, l *Language, s string) {
		t0 := time.Now()
		tr, n, err := l.parse(name, []byte(s), allowed(len(s)))
		d := time.Since(t0)
		k := 0
		tc := ""
		if tr != nil {
			k = len(tr.Nodes)
			tc = tr.Truncated
		}
		fmt.Println(name, len(s), "steps", n.steps, "per kB", n.bytes/(len(s)+1), d, "nodes", k, tc, err)
	}
	N := 16 << 10
	if os.Getenv("BIG") != "" {
		N = 512 << 10
	}
	for n, l := range map[string]*Language{"js": J, "ts": T, "py": P} {
		for _, w := range []string{"(", "[", "{", "a(", "[a,", "<a>", "`${", "if(a)", "f(x=>", "x?", "a=", "!", "\"", "@", "class A{", "async ", "def f():\n ", "else ", "<a b={", "a<b<", "lambda x:", "((a)=>", "{a:", "/*", "\x00", "a b ", "a\n\t", "{[(", "}", "...", "<", "a?b:", "//a\n", "import{", "=>", "function(", ":", "$", "é"} {
			h(n+" "+w, l, strings.Repeat(w, N/len(w)))
		}
	}
}
