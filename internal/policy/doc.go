// Package policy reads IAM policies and answers what they allow: by which statement, or why that cannot be known before
// deployment. Values that are open make answers of three: yes, no, unknown.
//
// It follows the IAM User Guide ("Policy evaluation logic", "IAM JSON policy elements") and knows no application: whoever asks
// gives resources as the ARNs that they will have, with open parts where only deployment knows.
package policy
