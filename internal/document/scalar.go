package document

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"wardlet.example/internal/model"
)

// plainScalar gives an unquoted YAML text its type by the core schema of YAML 1.2: yes, no, on and off are strings, and so
// are dates. Numbers keep the text that was written, which matters for account IDs with leading zeros.
func plainScalar(text string, at model.Origin) *model.Value {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return model.NewAbsent(at)
	case "true", "True", "TRUE":
		return model.NewBool(true, at)
	case "false", "False", "FALSE":
		return model.NewBool(false, at)
	}
	if n, ok := yamlNumber(text); ok {
		return model.NewNumber(n, text, at)
	}
	return model.NewString(text, at)
}

var decimal = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)

func yamlNumber(text string) (float64, bool) {
	if !strings.ContainsAny(text[:1], "0123456789+-.") {
		return 0, false
	}
	switch {
	case strings.HasPrefix(text, "0x"):
		return digits(text[2:], 16)
	case strings.HasPrefix(text, "0o"):
		return digits(text[2:], 8)
	case decimal.MatchString(text):
		// The only error left is "out of range", which gives an infinity.
		n, _ := strconv.ParseFloat(text, 64)
		return n, true
	}
	return special(text)
}

// digits reads a whole number of any length in base 8 or 16.
func digits(text string, base float64) (float64, bool) {
	n := 0.0
	for _, c := range strings.ToLower(text) {
		d := strings.IndexRune("0123456789abcdef", c)
		if d < 0 || float64(d) >= base {
			return 0, false
		}
		n = n*base + float64(d)
	}
	return n, text != ""
}

func special(text string) (float64, bool) {
	switch text {
	case ".nan", ".NaN", ".NAN":
		return math.NaN(), true
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		return math.Inf(1), true
	case "-.inf", "-.Inf", "-.INF":
		return math.Inf(-1), true
	}
	return 0, false
}
