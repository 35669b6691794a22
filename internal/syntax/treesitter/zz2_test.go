package treesitter

import (
	"fmt"
	js "github.com/tree-sitter/tree-sitter-javascript/bindings/go"
	py "github.com/tree-sitter/tree-sitter-python/bindings/go"
	"os"
	"strings"
	"testing"
	"time"
)

func TestHot(t *testing.T) {
	J, P := NewLanguage("js", js.Language()), NewLanguage("py", py.Language())
	w := os.Getenv("W")
	l := J
	if os.Getenv("L") == "py" {
		l = P
	}
	for n := 1024; n <= 16384; n *= 2 {
		s := strings.Repeat(w, n/len(w))
		t0 := time.Now()
		_, st, _ := l.parse("x", []byte(s), work{1 << 30, 1 << 40})
		fmt.Println(n, st, st.bytes/n, time.Since(t0))
	}
}
