package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Effect is what a call does elsewhere, as rows of kind effect say in their member does.
type Effect string

// The effects that rows name.
const (
	Writes Effect = "write" // changes what a store keeps
	Sends  Effect = "send"  // sends a message to people
	Calls  Effect = "call"  // asks another service for a change
	Pays   Effect = "pay"   // moves money
	Reads  Effect = "read"  // reads of a store
	Lists  Effect = "list"  // reads all that a store has
	Asks   Effect = "ask"   // asks a language model
)

// changes reports whether somebody misses it where it is not done.
func (e Effect) changes() bool { return e == Writes || e == Sends || e == Calls || e == Pays }

var (
	changesSQL = regexp.MustCompile(`(?i)^\s*(insert\s+into|update|delete\s+from|replace\s+into|merge\s+into)\s`)
	setsSQL    = regexp.MustCompile(`(?i)^\s*select\s+(set_config\(|pg_\w+\(|1\s*;?\s*$)`) // of the connection
	readsSQL   = regexp.MustCompile(`(?i)^\s*select\s`)
	limitsSQL  = regexp.MustCompile(`(?is)\b(where|limit|fetch\s+(first|next)|group\s+by|having|count|sum|avg|min|max|exists|top\s+\d+|values|union|dual)\b|\?|\$\d|%s`)
	// paysAt are addresses at which money is moved: https://api.example.com/v1/charges
	paysAt = regexp.MustCompile(`(?i)^https?://[^\s?]+/(payments?|charges?|payouts?|refunds?|payment[_-]?intents)(/capture|/confirm)?/?$`)
	// pays are calls that move money, of libraries of which no row tells it: those for the same services in other versions and languages.
	pays      = regexp.MustCompile(`(?i)^(stripe|braintree|square|paypal|@paypal|squareup|adyen|razorpay|mollie)\b.*\.(charges|paymentIntents|payment_intents|PaymentIntent|Charge|Refund|refunds|transfers|Transfer|payouts|Payout|payments|paymentsApi|transaction|orders)(\(\))?\.(create|sale|refund|createPayment|create_payment|capture|confirm|send)(\(\))?$`)
	fromTable = regexp.MustCompile("(?is)^\\s*select\\s.+\\sfrom\\s+[\\w.\"`\\[\\]]+")
)

// MovesMoney reports whether a call is a payment: by the rows, by the address that it asks, or by what it is called.
func (c Called) MovesMoney() bool { return c.DoesAny(Pays) || pays.MatchString(c.Ref) }

// effects are what a call does elsewhere, by the rows about what is called, or by the statement of SQL that it is given; the inputs that limit
// what it reads; and the statement.
func (in *interp) effects(f frame, ref, method string, args *arguments) (out []Effect, limits []string, ran string) {
	if ref != "" {
		for _, m := range in.p.models.effects[f.file.Language].of(clientOf(ref)) {
			if m.applies(nil, args) {
				out, limits = append(out, m.does), append(limits, m.In...)
			}
		}
	}
	if slices.Contains(out, Calls) && paysAt.MatchString(args.get(0).begin()) {
		out = append(out, Pays)
	}
	if method == "" {
		method = lastPart(ref)
	}
	if !runs[method] && !runsGo[method] {
		return out, limits, ""
	}
	if text := statementOf(f, args); text != nil {
		ran = text.begin()
		switch {
		case changesSQL.MatchString(ran):
			out = append(out, Writes)
		case readsSQL.MatchString(ran) && !setsSQL.MatchString(ran):
			out = append(out, Reads)
			if text.known && fromTable.MatchString(text.text) && !limitsSQL.MatchString(text.text) {
				out = append(out, Lists)
			}
		}
	}
	return out, limits, ran
}

// runsGo are the methods of database/sql and of what is built like it, and the one that puts statements into a batch.
var runsGo = set("Queue Exec ExecContext Query QueryContext QueryRow QueryRowContext Queryx QueryxContext Select SelectContext Get GetContext MustExec NamedExec NamedExecContext NamedQuery")

// statementOf is the statement of SQL among the first arguments of a call; nil where there is none.
func statementOf(f frame, args *arguments) *Value {
	for i := range min(len(args.list), 3) {
		v := args.list[i]
		if statement.MatchString(v.begin()) {
			return v
		}
		if f.file.Language == ir.Python && len(v.args) > 0 && statement.MatchString(v.args[0].begin()) { // text("select ...")
			return v.args[0]
		}
		for _, key := range []string{"sql", "text"} {
			if x := v.fields[key]; x != nil && statement.MatchString(x.begin()) {
				return x
			}
		}
	}
	return nil
}

// clientOf is a path without the calls behind its package: stripe().charges.create is one of stripe.
func clientOf(ref string) string {
	first, rest, ok := strings.Cut(ref, ".")
	if !ok || !strings.HasSuffix(first, "()") {
		return ref
	}
	return strings.TrimRight(first, "()") + "." + rest
}

// acts notes that what is followed does something elsewhere: for the functions that were called, as nothing tells of it again where their
// results are known already.
func (in *interp) acts(name string) {
	for _, fn := range in.stack {
		if _, ok := in.acting[fn]; !ok {
			if in.acting == nil {
				in.acting = map[*ir.Func]string{}
			}
			in.acting[fn] = name
		}
	}
	in.acted++
}

// begin is a text, or what is known of its beginning.
func (v *Value) begin() string {
	if v.known {
		return v.text
	}
	return v.prefix
}
