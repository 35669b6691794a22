package dataflow

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
)

// How long calls wait for an answer. They say so themselves, or the client did that they are made with, wherever it was made and whatever the number
// is called there: a constant of another file, a parameter, a field of an object, a setting of the template.

// waitsFor are the names under which a client is told how long it waits.
var waitsFor = set("timeout read_timeout headersTimeout bodyTimeout responseTimeout")

// sendsData are methods of which the second argument is what is sent, and the third says how.
var sendsData = set("post put patch postForm putForm patchForm")

// clientOfHTTP is what clients are that are made once with how long they wait, and not an answer that they have given.
var clientOfHTTP = regexp.MustCompile(`^(axios\.create|axios\.Axios|got\.extend|got\.got\.extend|ky\.(create|extend)|ky-universal\.(create|extend)|httpx\.(Async)?Client|aiohttp\.ClientSession|urllib3\.PoolManager|undici\.(Pool|Client|Agent))\(\)$`)

// waitsOf are the lengths of time that a call says it waits.
func waitsOf(ref string, args *arguments) []*Value {
	if strings.HasSuffix(ref, "AbortSignal.timeout") && len(args.list) > 0 {
		return args.list[:1]
	}
	list := args.list
	if len(list) > 1 { // the first one is an address
		list = list[1:]
		if sendsData[lastPart(ref)] { // and the second one what is sent
			list = list[1:]
		}
	}
	return waitsAmong(list, args.kw)
}

func waitsOfClient(recv *Value) []*Value {
	if recv == nil || !clientOfHTTP.MatchString(recv.ref) {
		return nil
	}
	return waitsAmong(recv.args, recv.kw)
}

func waitsAmong(list []*Value, kw map[string]*Value) []*Value {
	var out []*Value
	for _, fields := range append(objectsAmong(list), kw) {
		for name, v := range sorted(fields) {
			if waitsFor[name] && v != nil {
				out = append(out, v)
			}
		}
	}
	return out
}

func objectsAmong(list []*Value) []map[string]*Value {
	var out []map[string]*Value
	for _, v := range list {
		if v != nil && v.json == nil && !v.isList {
			out = append(out, v.fields)
		}
	}
	return out
}

// calculated begins the paths of products and quotients of numbers that are written there, of settings and of units of time.
const calculated = "builtin."

// product is what two numbers are made to, as far as a length of time can be that; nil for others.
func product(f frame, op string, x, y *Value) *Value {
	if op != "*" && op != "/" {
		return nil
	}
	if isPlainNumber(x) && isPlainNumber(y) || f.file.Language == ir.Go && (unitsOfTime[x.ref] > 0 || unitsOfTime[y.ref] > 0) || isNumberOfSetting(x) || isNumberOfSetting(y) {
		return &Value{ref: calculated + op, args: []*Value{x, y}}
	}
	return nil
}

// unitsOfTime are those of Go, in seconds.
var unitsOfTime = map[string]float64{"time.Millisecond": 0.001, "time.Second": 1, "time.Minute": 60, "time.Hour": 3600}

// asNumbers are calls that give a number as it is, or a length of time that is made of some.
var asNumbers = set(`builtin.Number() builtin.int() builtin.float() builtin.parseInt() builtin.parseFloat() builtin.Number.parseInt() builtin.Number.parseFloat() builtin.str()
	strconv.Atoi() strconv.ParseInt() time.Duration() httpx.Timeout() aiohttp.ClientTimeout() urllib3.util.Timeout() urllib3.Timeout() urllib3.util.timeout.Timeout()`)

func isPlainNumber(v *Value) bool {
	return v.ref == calculated+"*" || v.known && v.written == bareWord && v.text != "" && v.text[0] >= '0' && v.text[0] <= '9'
}

func isNumberOfSetting(v *Value) bool {
	return isOnlySetting(v) || asNumbers[v.ref] && len(v.args) > 0 && isOnlySetting(v.args[0])
}

// deepestNumber bounds how deep what a number is made of is looked at.
const deepestNumber = 5

// Numbers are the numbers that a value is, or may be, or that it holds: of (connect, read) both. Settings are those that a function has.
func (v *Value) Numbers(setting func(name string) *model.Value) []float64 {
	return v.numbersIn(setting, 0)
}

func (v *Value) numbersIn(setting func(string) *model.Value, depth int) []float64 {
	if v == nil || depth > deepestNumber {
		return nil
	}
	var out []float64
	text := func(s string) {
		if n, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64); err == nil {
			out = append(out, n)
		}
	}
	if v.known {
		text(v.text)
		return out
	}
	if name, ok := strings.CutPrefix(v.settingName(), settingMark); ok {
		if s := setting(name); s != nil && s.IsSet() == model.Yes {
			if n, known := s.Scalar(); known {
				text(n)
			}
			return out
		}
		if o := v.otherwise(); o != nil {
			text(o.text)
			return out
		}
	}
	if op, ok := strings.CutPrefix(v.ref, calculated); ok && (op == "*" || op == "/") {
		for _, x := range v.args[0].numbersIn(setting, depth+1) {
			for _, y := range v.args[1].numbersIn(setting, depth+1) {
				if op == "*" {
					out = append(out, x*y)
				} else if y != 0 {
					out = append(out, x/y)
				}
			}
		}
		return out
	}
	if unit := unitsOfTime[v.ref]; unit > 0 {
		return []float64{unit}
	}
	if asNumbers[v.ref] {
		for _, x := range v.args {
			out = append(out, x.numbersIn(setting, depth+1)...)
		}
		for name, x := range sorted(v.kw) {
			if name != "connect" && name != "pool" {
				out = append(out, x.numbersIn(setting, depth+1)...)
			}
		}
		return out
	}
	for _, s := range v.alts {
		text(s)
	}
	for _, x := range sorted(v.fields) {
		out = append(out, x.numbersIn(setting, depth+1)...)
	}
	return slices.Clip(out)
}

// settingName is the setting that a value is, also where something stands beside it for where the setting is missing.
func (v *Value) settingName() string {
	if name := settingOf(v); name != "" {
		return name
	}
	if v.backed && len(v.either) == 1 {
		return settingOf(v.either[0])
	}
	return ""
}
