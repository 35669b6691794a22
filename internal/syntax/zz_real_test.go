package syntax_test
import ("testing";"fmt";"os";"path/filepath";"strings";"time"
 "wardlet.example/internal/syntax"
 "wardlet.example/internal/syntax/javascript"
 "wardlet.example/internal/syntax/python"
 "wardlet.example/internal/syntax/golang")
func TestReal(t *testing.T){
 var bytes, files, broken int; var dur time.Duration
 out,_:=os.Create("/tmp/wl/real/out.txt")
 for _,root:=range []string{"/work/real/examples","/work/real/dvsa","/work/real/goat","/work/real/patterns"}{
 filepath.Walk(root,func(p string,fi os.FileInfo,err error)error{
  if err!=nil||fi.IsDir()||strings.Contains(p,"node_modules"){return nil}
  var f func(string,[]byte)(*syntax.Symbols,error)
  switch filepath.Ext(p){case ".js",".mjs",".cjs",".ts",".tsx",".jsx": f=javascript.Symbols; case ".py": f=python.Symbols; case ".go": f=golang.Symbols; default: return nil}
  src,_:=os.ReadFile(p)
  t0:=time.Now(); s,err:=f(p,src); d:=time.Since(t0)
  if d>200*time.Millisecond{fmt.Println("SLOW",d,len(src),p)}
  if err!=nil{fmt.Println(err);return nil}
  dur+=d;bytes+=len(src);files++
  if s.Broken{broken++; fmt.Fprintln(out,"BROKEN",p)}
  fmt.Fprintf(out,"F %s defs=%d re=%d\n",p,len(s.Defs),len(s.Reexports))
  for _,d:=range s.Defs{fmt.Fprintf(out,"  D %s %s %v w=%v r=%s %d:%d-%d\n",d.Name,d.Kind,d.Params,d.Wrapped,d.Receiver,d.Line,d.Col,d.EndLine)}
  for _,d:=range s.Reexports{fmt.Fprintf(out,"  R %s %s %s\n",d.Name,d.Module,d.Imported)}
  for _,d:=range s.Handlers{fmt.Fprintf(out,"  H %s %s %v w=%v r=%s %d\n",d.Name,d.Kind,d.Params,d.Wrapped,d.Receiver,d.Line)}
  return nil})
 }
 fmt.Println(files,bytes,broken,dur, float64(bytes)/1e6/dur.Seconds(),"MB/s")
}
