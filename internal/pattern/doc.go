// Package pattern decides whether an event can pass a filter: the event pattern of an EventBridge rule, the filter policy
// of an SNS subscription, the filter criteria of a Lambda event source mapping or a pipe, the key filter of an S3
// notification, the filter pattern of a CloudWatch Logs subscription.
//
//	p := pattern.EventBridge(rule.Props.Get("EventPattern"))
//	p.Matches(event) // yes, no, or not decidable
//
// Both sides are Values of templates and code, so both can be known in parts. Only what is certain whatever the open
// parts turn out to be is answered with Yes or No; all else is Maybe. In particular:
//
//   - A field that a Map does not have is certainly missing. A Map of which only some fields are known is made with Open.
//   - An Unknown can be anything, also missing and also a map. A Ref is some text, list or number that is made at
//     deployment: it equals itself, and perhaps anything else. A Text answers by its known parts.
//   - A OneOf answers when its choices agree. Choices are not followed together through pattern and event: who needs that
//     asks once per world.
//   - Templates write null as an absent value, and an absent field is also what AWS::NoValue leaves. A field of an event
//     that is written but Absent is therefore null or missing; Null is certainly null. In a pattern an Absent element of a
//     list is null.
//   - What a pattern means that nobody can deploy (unknown operators, wrong operands) is Maybe where that part decides,
//     and a diagnostic in Problems.
//
// The meaning of the operators follows the pages "Comparison operators for use in event patterns in Amazon EventBridge",
// "Amazon SNS subscription filter policies", "Filter rule syntax" of Lambda's event filtering, "Configuring event
// notifications using object key name filtering" of Amazon S3, "Filter pattern syntax" of CloudWatch Logs, and, where they
// leave a question, the event-ruler library that EventBridge is built on.
//
// Work is bounded: a pattern by its number of parts, a question by steps. What is over is Maybe.
//
// Whether a sender may send at all, what an event looks like and which receivers there are is left to others.
package pattern
