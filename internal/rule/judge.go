package rule

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"wardlet.example/internal/finding"
)

// judge checks what single keys cannot know: what is missing and what does not go together.
func (r *reader) judge() {
	for _, k := range r.keys {
		if k.Required && r.rule.lines[k.Name] == 0 && !r.meant[k.Name] {
			r.add(1, "add it, like "+k.Example, "%s is missing", k.Name)
		}
	}
	r.judgePlace()
	r.judgeProfile()
	r.judgeCheck()
}

// judgePlace ties the file's name to the id and its folder to a family.
func (r *reader) judgePlace() {
	if id := r.rule.ID; id != "" && path.Base(r.file) != id+".md" {
		r.add(r.rule.Line("id"), fmt.Sprintf("rename the file to %s.md", id), "file of rule %s is called %s", id, path.Base(r.file))
	}
	if !isKebab(r.rule.Family) {
		r.add(1, "name the folder by a family in kebab-case, like api", "folder %q is not a family", r.rule.Family)
	}
}

// judgeProfile keeps what is grave from being hidden.
func (r *reader) judgeProfile() {
	if r.rule.Profile == Strict && r.rule.Severity.AtLeast(finding.High) {
		r.add(r.rule.Line("profile"), "use profile: default, or lower the severity",
			"%s rules cannot be strict: they are never hidden", r.rule.Severity)
	}
}

// judgeCheck wants exactly one way to find something, and its engine to be the rule's.
func (r *reader) judgeCheck() {
	fail, check := r.rule.Line("fail"), r.rule.Line("check")
	engine, name, _ := strings.Cut(r.rule.Check, "/")
	var written []string
	for _, key := range []string{"fail", "check", "taint", "match"} {
		if r.rule.Line(key) > 0 {
			written = append(written, key)
		}
	}
	code := r.rule.Line("taint") + r.rule.Line("match")
	switch {
	case len(written) > 1 && !slices.Equal(written, []string{"taint", "match"}): // one rule for what both ways find
		r.add(r.rule.Line(written[1]), "keep one of them", "both %s are written", strings.Join(written, " and "))
	case len(written) == 0 && !r.refused && !r.meant["fail"] && !r.meant["check"] && !r.meant["taint"] && !r.meant["match"]:
		r.add(1, "add a condition under `fail: |`, or a named check, like check: privilege/unused-actions",
			"neither fail nor check is written")
	case fail > 0 && r.rule.Line("on") == 0 && !r.meant["on"]:
		r.add(fail, "add the resource type, like on: AWS::Lambda::Url", "fail is asked of nothing: on is missing")
	case name != "" && r.rule.Engine != "" && engine != r.rule.Engine:
		r.add(check, fmt.Sprintf("write check: %s/%s, or engine: %s", r.rule.Engine, name, engine),
			"check of engine %s in a rule of engine %s", engine, r.rule.Engine)
	case code > 0 && r.rule.Engine != "" && r.rule.Engine != "sast":
		r.add(code, "write engine: sast", "%s is for rules of engine sast", written[0])
	}
	r.rule.Check = name
}
