package iac

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
)

// secretInEnvironment asks whether a function is given a credential in plain text.
func secretInEnvironment(s *Subject) Answer {
	var answer Answer
	for _, v := range s.Function.Env {
		all := s.spots(s.Resource.Props, "Environment", "Variables", v.Name)
		found := s.anyOf(all, func(p spot) model.Tri {
			if ofSecretParameter(p.value) {
				return model.No // told where the parameter is declared
			}
			return model.TriOf(secretIn(v.Name, p.value) != "")
		})
		for i := range found.Hits {
			found.Hits[i].Detail = v.Name
			found.Hits[i].Secrets = secretsOf(v.Name, all)
		}
		answer.Hits = append(answer.Hits, found.Hits...)
	}
	return answer
}

// ofSecretParameter reports whether a value is the default of a parameter that is itself known as a secret.
func ofSecretParameter(v *model.Value) bool {
	for via := v.Origin.Via; via != nil; via = via.Next {
		if name, ok := strings.CutPrefix(via.How, "default of parameter "); ok {
			return secretIn(name, v) != ""
		}
	}
	return false
}

func secretsOf(name string, all []spot) []string {
	var out []string
	for _, p := range all {
		if secret := secretIn(name, p.value); secret != "" {
			out = append(out, secret)
			for line := range strings.Lines(secret) { // a key of many lines is shown line by line
				if line = strings.TrimSpace(line); len(line) >= 8 {
					out = append(out, line)
				}
			}
		}
	}
	return out
}

// parameterWithoutNoEcho asks for parameters that carry a secret and are shown to whoever may look at the stack.
func parameterWithoutNoEcho(s *Subject) Answer {
	props := s.Resource.Props
	if !carriesSecret(s.ID(), props) || isYes(props.Get("NoEcho")) != model.No {
		return Answer{}
	}
	return Answer{Hits: []Hit{{Secrets: secretsOf(s.ID(), []spot{{value: props.Get("Default")}})}}}
}

// carriesSecret judges a parameter by its name, and by what else is declared of it.
func carriesSecret(name string, props *model.Value) bool {
	kind, _ := props.Get("Type").Scalar()
	def, written := props.Get("Default").Scalar()
	switch {
	case kind != "" && kind != "String" && kind != "CommaDelimitedList":
		return false // a number, or the name of something that exists
	case props.Get("AllowedValues").IsSet() != model.No:
		return false
	case written && def != "" && !isPlaceholder(def) && secretIn(name, props.Get("Default")) == "":
		return false // the default shows that it is a name, a path or an address
	}
	return nameStrength(name) == strong || secretIn(name, props.Get("Default")) != ""
}

// parameterWithDefault asks for secrets written into the template as the default of a parameter.
func parameterWithDefault(s *Subject) Answer {
	kind, _ := s.Resource.Props.Get("Type").Scalar()
	def := s.Resource.Props.Get("Default")
	if strings.HasPrefix(kind, "AWS::") || kind == "Number" || secretIn(s.ID(), def) == "" {
		return Answer{}
	}
	hit := Hit{At: "Default", Secrets: secretsOf(s.ID(), []spot{{value: def}}), Confidence: finding.Certain}
	return Answer{Hits: []Hit{hit}}
}

// secretIn is the credential that a value of this name holds, empty if it holds none.
func secretIn(name string, v *model.Value) string {
	for _, part := range append([]*model.Value{v}, v.Items...) {
		if part.Kind != model.String {
			continue
		}
		if secret := credential(part.Str); secret != "" {
			return secret
		}
	}
	standIn := isPlaceholder(v.Str) && !(weakPasswords[strings.ToLower(v.Str)] && namesPassword(name))
	if v.Kind != model.String || standIn || isHarmless(v.Str) || repeatsName(name, v.Str) {
		return ""
	}
	switch nameStrength(name) {
	case strong:
		return v.Str
	case weak: // could be the name under which the secret is kept
		if !looksLikeName(v.Str) {
			return v.Str
		}
	}
	return ""
}

// weakPasswords stand in for a key or a token, which nobody would choose like that. People do choose their passwords so.
var weakPasswords = set("abc123")

// namesPassword reports whether the last word of a name is one for a password.
func namesPassword(name string) bool {
	words := wordsOf(name)
	return len(words) > 0 && (passwordWords[words[len(words)-1]] || lastPasswords[words[len(words)-1]])
}

// strength is how surely a name says that its value is a secret.
type strength int

const (
	none   strength = iota
	weak            // DB_SECRET, CREDENTIALS: the secret, or its name in a store
	strong          // DB_PASSWORD, JWT_SECRET, API_KEY
)

// nameStrength judges the name of a variable or parameter by its words.
func nameStrength(name string) strength {
	words := wordsOf(name)
	if len(words) == 0 || switches[words[0]] || slices.ContainsFunc(words, func(w string) bool { return aboutOthers[w] }) {
		return none
	}
	best := none
	for i, word := range words {
		if slices.ContainsFunc(words[i+1:], func(w string) bool { return asides[w] }) {
			continue // TOKEN_ENDPOINT, SECRET_NAME
		}
		before := ""
		if i > 0 {
			before = words[i-1]
		}
		switch {
		case plainSecrets[word], passwordWords[word], lastPasswords[word] && i == len(words)-1, word == "key" && secretKeys[before]:
			best = strong
		case (word == "secret" || word == "secrets") && secretKinds[before]:
			best = strong
		case word == "secret" || word == "secrets" || word == "credential" || word == "credentials" || word == "creds":
			best = max(best, weak)
		}
	}
	return best
}

// plainSecrets are words that name a secret wherever they stand.
var plainSecrets = set("token", "apikey", "secretkey", "privatekey", "authtoken",
	"accesstoken", "jwtsecret", "clientsecret")

// passwordWords are words that name a password wherever they stand.
var passwordWords = set("password", "passwd", "passphrase", "passcode", "pwd", "dbpassword", "dbpass")

// lastPasswords are words that name a password at the end of a name only.
var lastPasswords = set("pass", "pw")

// secretKeys are words that make "key" a secret.
var secretKeys = set("api", "private", "secret", "access", "signing", "encryption", "auth", "account", "master", "service",
	"license", "hmac", "jwt", "session", "cookie", "shared", "write", "admin", "app", "application")

// secretKinds are words that make "secret" the secret itself rather than the name of one.
var secretKinds = set("jwt", "client", "app", "session", "cookie", "signing", "hmac", "auth", "token", "webhook", "shared",
	"consumer", "access", "api", "key", "oauth", "hash", "encryption", "nextauth")

// asides are later words in names of what surrounds a secret: where it is kept, how long it lives, what it looks like.
var asides = set("url", "uri", "endpoint", "host", "name", "names", "arn", "arns", "id", "ids", "path", "file", "filename",
	"table", "bucket", "queue", "topic", "expiry", "expires", "expiration", "ttl", "timeout", "lifetime", "age", "validity",
	"duration", "days", "hours", "minutes", "seconds", "length", "min", "max", "size", "count", "limit", "number", "type",
	"header", "prefix", "suffix", "algorithm", "alg", "region", "issuer", "audience", "rotation", "parameter", "param", "ssm",
	"alias", "version", "enabled", "disabled", "required", "policy", "field", "attribute", "index", "column", "hint", "label",
	"format", "source", "store", "location", "provider", "function", "lambda", "layer", "role", "user", "username", "email",
	"description", "title", "regex", "pattern", "scope", "scopes", "interval", "window", "quota", "stage", "env", "mode", "schedule",
	"claim", "cookie", "tokens", "use", "group", "ref", "reference", "retention", "client", "kid", "domain", "stack", "logical",
	"pool", "address", "symbol", "network", "chain", "service", "server", "port", "validator", "authorizer", "handler",
	"generator", "manager", "complexity", "strategy", "template", "subject", "message", "event", "action", "flow", "grant",
	"kind", "status", "state", "level", "iterations", "rounds", "strength", "method")

// aboutOthers are words beside which nothing is secret.
var aboutOthers = set("public", "publishable", "pagination", "continuation", "max", "min", "num", "rotate", "placeholder")

// switches are first words of names of truth values.
var switches = set("enable", "disable", "use", "is", "has", "should", "require", "create", "allow", "generate", "rotate", "with", "no")

func set(words ...string) map[string]bool {
	out := make(map[string]bool, len(words))
	for _, w := range words {
		out[w] = true
	}
	return out
}

var wordPattern = regexp.MustCompile(`[A-Z]+[a-z]*|[a-z]+|[0-9]+`)

// wordsOf splits a name into its words, in lower case: DbApiKey, DB_API_KEY and db-api-key give db, api, key.
func wordsOf(name string) []string {
	var out []string
	for _, word := range wordPattern.FindAllString(name, -1) {
		out = append(out, camel(word)...)
	}
	return out
}

// camel splits a run of capitals from the word that follows it: APIKey gives api, key.
func camel(word string) []string {
	capitals := len(word) - len(strings.TrimLeft(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	if capitals > 1 && capitals < len(word) {
		return []string{strings.ToLower(word[:capitals-1]), strings.ToLower(word[capitals-1:])}
	}
	return []string{strings.ToLower(word)}
}

// credentials are shapes that only credentials have. The first group, where there is one, is the secret itself.
var credentials = []*regexp.Regexp{
	regexp.MustCompile(`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`),
	regexp.MustCompile(`(?s)-----BEGIN (?:[A-Z]+ )*PRIVATE KEY.+`),
	regexp.MustCompile(`\bgh[pousr]_[A-Za-z0-9]{36,}`),
	regexp.MustCompile(`\bgithub_pat_[A-Za-z0-9_]{22,}`),
	regexp.MustCompile(`\bglpat-[A-Za-z0-9_-]{20,}`),
	regexp.MustCompile(`\bxox[abeprs]-[0-9A-Za-z-]{10,}`),
	regexp.MustCompile(`hooks\.slack\.com/services/(T[0-9A-Za-z]{2,}/B[0-9A-Za-z]{2,}/[0-9A-Za-z]{8,})`),
	regexp.MustCompile(`hooks\.slack\.com/(?:workflows|triggers)/([0-9A-Za-z]{3,}/[0-9A-Za-z]{3,}/[0-9A-Za-z/]{8,})`),
	regexp.MustCompile(`discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/([0-9]{10,}/[\w-]{20,})`),
	regexp.MustCompile(`\.webhook\.office\.com/webhookb2/([\w@-]{30,}/IncomingWebhook/[\w-]{20,}/[\w-]{20,})`),
	regexp.MustCompile(`chat\.googleapis\.com/v1/spaces/[\w-]+/messages\?(?:\S*&)?token=([\w%-]{20,})`),
	regexp.MustCompile(`api\.telegram\.org/bot([0-9]{6,}:[\w-]{30,})`),
	regexp.MustCompile(`\b[sr]k_live_[0-9A-Za-z]{10,}`),
	regexp.MustCompile(`\bSG\.[\w-]{16,}\.[\w-]{16,}`),
	regexp.MustCompile(`\bsk-(?:ant-|proj-)[\w-]{20,}`),
	regexp.MustCompile(`\bnpm_[A-Za-z0-9]{36}`),
	regexp.MustCompile(`\b[a-z][a-z0-9+.-]*://[^\s:/@]*:([^\s:/@]{3,})@[^\s/@]`),
	regexp.MustCompile(`(?i)\b(?:AccountKey|SharedAccessKey|Password|Pwd)=([^;\s]{4,})(?:;|$)`),
}

// credential is the part of a text that has the shape of a credential, empty if there is none.
func credential(s string) string {
	for _, shape := range credentials {
		found := shape.FindStringSubmatch(s)
		if found == nil || isPlaceholder(found[len(found)-1]) {
			continue
		}
		return found[len(found)-1]
	}
	return ""
}

var placeholderPattern = regexp.MustCompile(`(?i)^(?:x{3,}|\*+|\.+|-+|_+|#+|\?+|0+|test|testing|dummy|fake|mock|foo|bar|foobar|local|` +
	`localhost|default|none|null|nil|undefined|unset|n/?a|tbd|todo|fixme|empty|optional|blank|unused|abc|abc123|1234?5?6?)$`)

// placeholderParts are texts that only stand-ins for a secret contain.
var placeholderParts = []string{"changeme", "change-me", "change_me", "change this", "changethis", "replaceme", "replace-me",
	"replace_me", "replace with", "your-", "your_", "your ", "yours", "-here", "_here", " here", "example", "placeholder",
	"sample", "insert", "xxxx", "****", "todo", "...", "fill-in", "fill_in", "to be set", "to-be-set", "redacted", "dummy"}

// isPlaceholder reports whether a text stands in for a secret that somebody must still write.
func isPlaceholder(s string) bool {
	s = strings.TrimSpace(s)
	if len(s) < 4 || placeholderPattern.MatchString(s) || strings.ContainsAny(s, "<>") || strings.Contains(s, "${") || strings.Contains(s, "{{") {
		return true
	}
	lower := strings.ToLower(s)
	for _, part := range placeholderParts {
		if strings.Contains(lower, part) {
			return true
		}
	}
	// YOUR_API_KEY, MY_SECRET and the like: the name of a secret in the place of one
	return strings.ToUpper(s) == s && strings.Contains(s, "_") && nameStrength(s) != none ||
		strings.HasPrefix(lower, "your") || strings.HasPrefix(lower, "enter")
}

var (
	numberPattern  = regexp.MustCompile(`^[+-]?[0-9][0-9.,:_ -]*[a-zA-Z%]?$`)
	addressPattern = regexp.MustCompile(`^(?:[a-z][a-z0-9+.-]*://|arn:|alias/|ENC\[|AQICA)`)
	mailPattern    = regexp.MustCompile(`^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$`)
	pathPattern    = regexp.MustCompile(`^[./~]*(?:[A-Za-z0-9_.-]+[/:])+[A-Za-z0-9_.-]+$`)
	wordlike       = regexp.MustCompile(`^(?:[A-Z]?[a-z]{2,}|[A-Z]{2,})+[0-9]{0,2}$|^v?[0-9]{1,2}$|^[a-z]$`)
)

// isHarmless reports whether a text is a switch, a number, an address, a mail address or a path: about a secret, not one.
func isHarmless(s string) bool {
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "enabled", "disabled", "bearer", "basic":
		return true
	}
	return numberPattern.MatchString(s) || addressPattern.MatchString(s) || mailPattern.MatchString(s) ||
		strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") || pathPattern.MatchString(s) && isWords(s, "/:")
}

// looksLikeName reports whether a text is made of words, as the name of a secret in a store is.
func looksLikeName(s string) bool { return isWords(s, "/-_.: ") }

// isWords reports whether all that stands between separators is words.
func isWords(s, separators string) bool {
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(separators+"-_.~", r) }) {
		if !wordlike.MatchString(part) {
			return false
		}
	}
	return true
}

// repeatsName reports whether a value only repeats its name: API_KEY: api-key. Of a password that is no stand-in: it is
// the password that people take.
func repeatsName(name, value string) bool {
	words := strings.Join(wordsOf(name), "")
	return words == strings.Join(wordsOf(value), "") && !strings.HasSuffix(words, "password")
}
