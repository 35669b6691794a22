package document
import ("testing";"strings";"fmt";"time";"runtime")
func TestHostile(t *testing.T){
 n:=8<<20
 fill:=func(s string)string{ return strings.Repeat(s,n/len(s)) }
 for name,s:=range map[string]string{
  "brackets":fill("["),"braces":fill("{"),"braceskey":fill("{a: "),"dashes":fill("- "),"q":fill("? "),"comment":fill("#"),"commentlines":fill("# x\n"),"comments after values":fill("a: b # x\n"),
  "aliases":"- &a b\n"+fill("- *a\n"),"anchors":fill("- &a b\n"),"tags":fill("- !a b\n"),"tagsflow":"["+fill("!a b, ")+"]","tagsflowRef":"["+fill("!Ref b, ")+"]","quotes":fill("\""),"longstr":"\""+fill("a")+"\"","longkey":fill("a")+": b","longplain":"a: "+fill("b "),"colon":fill(":"),"colons":fill(": "),"block":"a: |\n"+fill(" x\n"),"bad at end":fill("a: b\n")+" c: @\n\t","bad key end":"a: 1\n"+fill("b: c # d\n")+"- d\nx: y\n","dups":fill("a: b\n"),"keys":"","spaces":fill(" "),"newlines":fill("\n"),"cr":fill("\r"),"nul":fill("\x00"),"bom":fill("\xef\xbb\xbf"),"docs":fill("---\n"),"docs2":fill("--- a\n"),"dots":fill("...\n"),"directives":fill("%TAG ! x\n"),"escapes":"\""+fill("\\x41")+"\"","exp":fill("<<: {a: 1}\n"),"amp":fill("&"),"star":fill("*"),"bang":fill("!"),"tagblank":fill("!a "),"tagnl":fill("!a\n"),"indent":"","quotkeys":fill("\"a\": 'b'\n"),"json":"["+fill("{\"a\":1},")+"0]","ls":fill("a: \u2028b\n"),"flowmulti":"["+fill("a\n,")+"]","foldedq":"\""+fill("a\n")+"\"","merge many":"x: &x {"+strings.Repeat("a: 1, ",10)+"}\ny: {"+strings.Repeat("<<: *x, ",100000)+"}",
 }{
  if name=="keys" { var b strings.Builder; for i:=0;b.Len()<n;i++{ fmt.Fprintf(&b,"k%d: v\n",i)}; s=b.String() }
  if name=="indent" { var b strings.Builder; for i:=0;b.Len()<n;i++{ b.WriteString(strings.Repeat(" ",i)+"a:\n")}; s=b.String() }
  runtime.GC(); var m0,m1 runtime.MemStats; runtime.ReadMemStats(&m0)
  st:=time.Now(); d,diags:=ParseYAML("t",[]byte(s),Options{Tag:intrinsics}); el:=time.Since(st); runtime.ReadMemStats(&m1)
  msg:=""; if len(diags)>0 {msg=said(diags)[len(diags)-1]}
  fmt.Printf("%-22s %8s %5dMB %v %d %s\n",name,el.Round(time.Millisecond),(m1.TotalAlloc-m0.TotalAlloc)>>20,d!=nil,len(diags),shorten(msg))
 }
}
