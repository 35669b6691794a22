package rule

import (
	"slices"
	"strings"
)

// shape is what the text of a key must look like. The zero shape takes everything.
type shape struct {
	ok   func(string) bool
	name string // continues "x is not ..."
	hint string
}

// like is the hint of a shape: how it is written, by example.
func like(example string) string { return "write it like " + example }

func kebab() shape {
	return shape{isKebab, "kebab-case", "write lower-case words joined by hyphens, like function-url-without-auth"}
}

// CheckID says whether a text can be the id of a rule, or the name of a family.
func CheckID(id string) error {
	if isKebab(id) {
		return nil
	}
	return &Error{File: id, Message: "not kebab-case", Hint: kebab().hint}
}

// isKebab reports whether s is lower-case words of letters and digits joined by hyphens, beginning with a letter.
func isKebab(s string) bool {
	if s == "" || !isLower(rune(s[0])) {
		return false
	}
	for word := range strings.SplitSeq(s, "-") {
		if !all(word, func(r rune) bool { return isLower(r) || isDigit(r) }) {
			return false
		}
	}
	return true
}

// sentence is text for the middle of a line: reports put it beside other things.
func sentence() shape {
	return shape{isSentence, "one line without a period", "shorten it, and tell the rest under ## Why"}
}

func isSentence(s string) bool { return !strings.Contains(s, "\n") && !strings.HasSuffix(s, ".") }

// numbered is a prefix followed by digits.
func numbered(prefix, name, example string) shape {
	ok := func(s string) bool {
		digits, found := strings.CutPrefix(s, prefix)
		return found && all(digits, isDigit)
	}
	return shape{ok, name, like(example)}
}

func catalogueNumber() shape {
	ok := func(s string) bool {
		group, number, found := strings.Cut(s, "-")
		letters := strings.TrimRight(group, "0123456789") // S3-001
		return found && len(letters) > 0 && len(group) <= 3 && all(letters, isUpper) && len(number) == 3 && all(number, isDigit)
	}
	return shape{ok, "a catalogue number", like("LAM-001")}
}

func checkName() shape {
	ok := func(s string) bool {
		engine, name, found := strings.Cut(s, "/")
		return found && isKebab(engine) && isKebab(name)
	}
	return shape{ok, "engine/name", like("privilege/unused-actions")}
}

// propertyPath is keys joined by dots, each followed by any number of [3] or [*].
func propertyPath() shape {
	ok := func(s string) bool {
		for part := range strings.SplitSeq(s, ".") {
			key, index, _ := strings.Cut(part, "[")
			if !all(key, isKeyRune) || (len(key) < len(part) && !isIndexes("["+index)) {
				return false
			}
		}
		return true
	}
	return shape{ok, "the path of a property", like("Cors.AllowOrigins[*]")}
}

// isIndexes reports whether s is one or more of [3] and [*].
func isIndexes(s string) bool {
	for s != "" {
		index, rest, closed := strings.Cut(s, "]")
		n, opened := strings.CutPrefix(index, "[")
		if !closed || !opened || (n != "*" && !all(n, isDigit)) {
			return false
		}
		s = rest
	}
	return true
}

// template is a sentence whose {{ }} are paired and hold one name each.
func template() shape {
	ok := func(s string) bool { return isSentence(s) && isTemplate(s) }
	return shape{ok, "a message",
		"write one line without a period, and close each {{ with }} around one name, like {{name}}"}
}

func isTemplate(s string) bool {
	for {
		before, rest, opened := strings.Cut(s, "{{")
		if strings.Contains(before, "}}") {
			return false
		}
		if !opened {
			return true
		}
		field, after, closed := strings.Cut(rest, "}}")
		if !closed || !propertyPath().ok(strings.TrimSpace(field)) {
			return false
		}
		s = after
	}
}

func word() shape {
	ok := func(s string) bool { return !strings.ContainsAny(s, " \t\n") }
	return shape{ok, "an id", "write it without spaces"}
}

func address() shape {
	ok := func(s string) bool {
		_, rest, found := strings.Cut(s, "://")
		return found && rest != "" && strings.HasPrefix(s, "http") && !strings.ContainsAny(s, " \t\n")
	}
	return shape{ok, "an address", like("https://cwe.mitre.org/data/definitions/306.html")}
}

// isSubject reports whether s is a word of Subjects or looks like a resource type: AWS::Lambda::Url or
// azurerm_linux_function_app.
func isSubject(s string) bool {
	if slices.Contains(Subjects(), s) {
		return true
	}
	if strings.Contains(s, "::") {
		return allParts(s, "::", isAlphanumeric)
	}
	return strings.Contains(s, "_") && allParts(s, "_", func(r rune) bool { return isLower(r) || isDigit(r) })
}

// allParts reports whether each part between the separators is non-empty and made of such runes.
func allParts(s, separator string, is func(rune) bool) bool {
	for part := range strings.SplitSeq(s, separator) {
		if !all(part, is) {
			return false
		}
	}
	return true
}

// all reports whether s is non-empty and made of such runes only.
func all(s string, is func(rune) bool) bool {
	for _, r := range s {
		if !is(r) {
			return false
		}
	}
	return s != ""
}

func isLower(r rune) bool { return 'a' <= r && r <= 'z' }
func isUpper(r rune) bool { return 'A' <= r && r <= 'Z' }
func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isAlphanumeric(r rune) bool { return isLower(r) || isUpper(r) || isDigit(r) }

func isKeyRune(r rune) bool { return isAlphanumeric(r) || strings.ContainsRune("_-:$/", r) }
