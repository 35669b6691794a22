package treesitter
import ("testing";"fmt";"strings";"time";"os"
	js "github.com/tree-sitter/tree-sitter-javascript/bindings/go"
	py "github.com/tree-sitter/tree-sitter-python/bindings/go"
)
func TestHot(t *testing.T){
 J,P:=NewLanguage("js",js.Language()),NewLanguage("py",py.Language())
 w:=os.Getenv("W"); l:=J; if os.Getenv("L")=="py"{l=P}
 for n:=1024;n<=16384;n*=2 { s:=strings.Repeat(w,n/len(w)); t0:=time.Now(); _,st,_:=l.parse("x",[]byte(s),1<<30); fmt.Println(n,st,time.Since(t0)) }
}
