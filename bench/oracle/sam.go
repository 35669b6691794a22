package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"wardlet.example/internal/document"
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
	"wardlet.example/internal/template/sam"
)

//go:embed transform.py
var transformer []byte

// samMain compares the SAM reader with the SAM transform on all SAM templates of some trees:
//
//	go run ./bench/oracle sam [-work DIR] [-details FILE] ROOT...
//
// A tree may also hold archives (txtar) with a template each, as internal/template/sam/testdata does. It needs Python with
// the packages aws-sam-translator and PyYAML. The transform's answers are kept below DIR.
func samMain(args []string) error {
	flags := flag.NewFlagSet("sam", flag.ContinueOnError)
	work := flags.String("work", filepath.Join(os.TempDir(), "wardlet-oracle"), "folder for the transform's answers")
	details := flags.String("details", "", "file for the differences; standard output if empty")
	if err := flags.Parse(args); err != nil {
		return err
	}
	t := samTransform{cache: filepath.Join(*work, "sam"), script: filepath.Join(*work, "transform.py")}
	if err := os.MkdirAll(t.cache, 0o750); err != nil {
		return err
	}
	if err := os.WriteFile(t.script, transformer, 0o600); err != nil {
		return err
	}
	var files []string
	for _, root := range flags.Args() {
		more, err := t.templates(root)
		if err != nil {
			return err
		}
		files = append(files, more...)
	}
	out := io.Writer(os.Stdout)
	if *details != "" {
		f, err := os.Create(filepath.Clean(*details))
		if err != nil {
			return err
		}
		defer f.Close()
		out = f
	}
	return samReport(out, each(files, t.compareOne))
}

// templates are the files of a tree that declare SAM resources.
func (t samTransform) templates(root string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".txtar":
			path, err = t.unpack(path)
		case ".yaml", ".yml", ".json", ".template":
		default:
			return nil
		}
		if err != nil {
			return err
		}
		data, err := os.ReadFile(filepath.Clean(path))
		if err == nil && bytes.Contains(data, []byte("AWS::Serverless::")) {
			out = append(out, path)
		}
		return err
	})
	return out, err
}

// unpack writes the files of an archive into a folder and gives the path of its template.
func (t samTransform) unpack(path string) (string, error) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		return "", err
	}
	folder := filepath.Join(filepath.Dir(t.cache), "archives", strings.TrimSuffix(filepath.Base(path), ".txtar"))
	for _, f := range archive.Files {
		name := filepath.Join(folder, filepath.FromSlash(f.Name))
		if !filepath.IsLocal(f.Name) {
			return "", fmt.Errorf("%s: %s leads out of the archive", path, f.Name)
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			return "", err
		}
		if err := os.WriteFile(name, f.Data, 0o600); err != nil {
			return "", err
		}
	}
	return filepath.Join(folder, "template.yaml"), nil
}

// samTransform is the real transform with the answers it gave before.
type samTransform struct {
	cache, script string
}

// samOutcome is what came of one template.
type samOutcome struct {
	file        string
	err         error // why there is nothing to compare
	count       tally
	extra       int // properties that are only here
	routes      tally
	attributes  tally
	left        map[string]int // resources that are not compared, by type
	differences []difference
}

func (t samTransform) compareOne(file string) samOutcome {
	res := samOutcome{file: file, left: map[string]int{}}
	ours, err := samExpand(file)
	if err != nil {
		res.err = err
		return res
	}
	data, err := t.answer(file)
	if err != nil {
		res.err = err
		return res
	}
	theirs, err := parse(filepath.Base(file), withoutHashes(data))
	if err != nil {
		res.err = err
		return res
	}
	res.compareRoutes(ours, theirs)
	spelledOut := map[string]bool{} // by the transform itself
	for _, r := range theirs {
		spelledOut[r.ID] = true
	}
	kept := ours[:0:0]
	for _, r := range ours {
		if r.Generated != "" && ofDocument[r.Type] && !spelledOut[r.ID] {
			res.left[r.Type]++
			continue
		}
		kept = append(kept, r)
	}
	samAlign(kept, theirs)
	var found []difference
	res.count, found = compare(file, kept, theirs)
	for _, d := range found {
		if strings.HasSuffix(d.what, ": only here") {
			res.extra++
		}
	}
	res.differences = append(res.differences, found...)
	res.compareAttributes(kept, theirs)
	return res
}

// ofDocument are the resources by which Wardlet spells out what the transform writes into an OpenAPI document.
var ofDocument = map[string]bool{
	"AWS::ApiGateway::Resource": true, "AWS::ApiGateway::Method": true, "AWS::ApiGateway::Authorizer": true,
	"AWS::ApiGateway::Model": true, "AWS::ApiGateway::RequestValidator": true, "AWS::ApiGatewayV2::Route": true,
	"AWS::ApiGatewayV2::Integration": true, "AWS::ApiGatewayV2::Authorizer": true,
}

// samExpand is what Wardlet makes of a template.
func samExpand(file string) ([]*model.Resource, error) {
	root, err := samRead(file)
	if err != nil {
		return nil, err
	}
	if !sam.Recognise(root) {
		return nil, errors.New("not a SAM template")
	}
	template := cloudformation.New(filepath.Base(file), root)
	template.Load = func(name string) (*model.Value, error) {
		return samRead(filepath.Join(filepath.Dir(file), name))
	}
	return sam.Expand(template, sam.Options{Load: func(name string) *model.Value {
		v, _ := template.Load(name)
		return v
	}}), nil
}

func samRead(file string) (*model.Value, error) {
	data, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		return nil, err
	}
	switch filepath.Ext(file) {
	case ".yml", ".yaml", ".json", ".template":
	default:
		return model.NewString(string(data), model.Origin{}), nil
	}
	doc, diagnostics := document.Parse(file, data, document.Options{Tag: cloudformation.Tag, MaxValues: 300_000})
	if doc == nil {
		return nil, fmt.Errorf("cannot be read: %v", diagnostics)
	}
	return doc.Root, nil
}

// answer gives the transformed template, or why the transform refuses.
func (t samTransform) answer(file string) ([]byte, error) {
	data, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256(bytes.Join([][]byte{transformer, []byte(file), data}, []byte{0}))
	name := filepath.Join(t.cache, hex.EncodeToString(key[:12]))
	if data, err := os.ReadFile(name + ".json"); err == nil {

		return data, nil
	}
	if data, err := os.ReadFile(name + ".err"); err == nil {

		return nil, errors.New(string(data))
	}
	var said bytes.Buffer
	cmd := exec.Command("python3", t.script, file)
	cmd.Stderr = &said
	data, err = cmd.Output()
	if err != nil {
		err = errors.New(strings.TrimSpace(said.String()))
		return nil, errors.Join(err, os.WriteFile(name+".err", []byte(err.Error()), 0o600))
	}
	return data, os.WriteFile(name+".json", data, 0o600)
}

var hashed = regexp.MustCompile(`^(.*(?:Deployment|Version))[0-9a-f]{10}$`)

// withoutHashes leaves out of the logical IDs of a transformed template the hashes of what was packaged.
func withoutHashes(data []byte) []byte {
	var template struct {
		Resources map[string]struct{ Type string }
	}
	if err := json.Unmarshal(data, &template); err != nil {
		return data
	}
	var pairs []string
	for id, r := range template.Resources {
		var short string
		switch m := hashed.FindStringSubmatch(id); {
		case r.Type == "AWS::Lambda::LayerVersion" && len(id) > 10 && hexTail.MatchString(id):
			short = id[:len(id)-10]
		case m != nil:
			short = m[1]
		default:
			continue
		}
		pairs = append(pairs, `"`+id+`"`, `"`+short+`"`, "${"+id+"}", "${"+short+"}", "${"+id+".", "${"+short+".")
	}
	return []byte(strings.NewReplacer(pairs...).Replace(string(data)))
}

var hexTail = regexp.MustCompile(`[0-9a-f]{10}$`)

// samReport writes every difference, why templates were left out, and the totals.
func samReport(w io.Writer, all []samOutcome) error {
	var total samOutcome
	var refused []string
	kinds, left := map[string]int{}, map[string]int{}
	for _, o := range all {
		if o.err != nil {
			refused = append(refused, fmt.Sprintf("%s\tnot compared: %s", o.file, strings.ReplaceAll(o.err.Error(), "\n", " ")))
			continue
		}
		total.count.add(o.count)
		total.routes.add(o.routes)
		total.attributes.add(o.attributes)
		total.extra += o.extra
		for kind, n := range o.left {
			left[kind] += n
		}
		for _, d := range o.differences {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", d.file, d.kind, d.id, d.what)
			kinds[kindOf(d)]++
		}
	}
	for _, r := range refused {
		fmt.Fprintln(w, r)
	}
	for _, k := range mostFirst(kinds) {
		fmt.Printf("%5d %s\n", kinds[k], k)
	}
	fmt.Println("not compared, because the transform writes them into the document of an API (the routes below are its check):")
	for _, k := range mostFirst(left) {
		fmt.Printf("%5d %s\n", left[k], k)
	}
	c, r, a := total.count, total.routes, total.attributes
	fmt.Printf("templates compared: %d (not compared, because the transform or the YAML parser refuses them: %d)\n", c.templates, len(refused))
	fmt.Printf("resources of the transform: %d, equal by type and logical ID: %d (%s), only here: %d\n", c.resources, c.same, share(c.same, c.resources), c.extra)
	fmt.Printf("properties of equal resources: %d, equal: %d (%s), only here: %d\n", c.properties, c.sameProperties, share(c.sameProperties, c.properties), total.extra)
	fmt.Printf("attributes and conditions of equal resources: %d, equal: %d (%s)\n", a.properties, a.sameProperties, share(a.sameProperties, a.properties))
	_, err := fmt.Printf("routes of API documents: %d, found: %d (%s), with the same authorization and integration: %d (%s), only here: %d\n",
		r.resources, r.same, share(r.same, r.resources), r.sameProperties, share(r.sameProperties, r.resources), r.extra)
	return err
}

func kindOf(d difference) string {
	if d.what == "missing" || d.what == "extra" || strings.HasPrefix(d.what, "is ") {
		return d.what + " " + d.kind
	}
	name, _, _ := strings.Cut(d.what, ":")
	if strings.HasSuffix(d.what, ": only here") {
		return "only here " + d.kind + " " + name
	}
	return "property " + d.kind + " " + name
}

func share(part, all int) string {
	return fmt.Sprintf("%.2f%%", 100*float64(part)/float64(max(all, 1)))
}

func mostFirst(counts map[string]int) []string {
	var keys []string
	for k := range counts {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool {
		if counts[keys[i]] != counts[keys[j]] {
			return counts[keys[i]] > counts[keys[j]]
		}
		return keys[i] < keys[j]
	})
	return keys
}
