// Package jsontext reads JSON that stands inside a value of a template: the event pattern of a filter, the definition of
// a state machine. Such a text is often written with Fn::Sub, so parts of it are not known before deployment; they stay
// Values where they stand:
//
//	'{"Resource": "${Notify.Arn}"}'      a string: the Ref itself
//	'{"Url": "https://${Api}.example"}'  a string: a Text with the Ref inside
//	'{"Seconds": ${Wait}}'               a whole value: the open part itself
//	'{"${Name}": 1}'                     a key: a field whose key is open, see OpenKey
//
// All values have the origin of the text: a person changes them there. null is Absent, as everywhere in Wardlet.
//
// Files are not for this package: package document reads them, with a place for every value.
package jsontext
