package dataflow

import "strings"

// Addresses that events carry for whoever they are sent to, signed so that anybody may use them until they expire: to say how the deployment of
// a stack went, or to read an object.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html,
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-event-context.html

// isLinkOfEvent reports whether data is such an address, as an event brings it.
func isLinkOfEvent(t *Taint) bool {
	if t.Source == nil || t.Source.Stored || t.unsure {
		return false
	}
	path := asEvent(plainPath(t.Path))
	return path == "event.ResponseURL" || strings.HasPrefix(path, "event.") && strings.HasSuffix(path, "ObjectContext.inputS3Url")
}

// linkOfEvent is what is secret of a part of an event that is such an address; nil for others.
func (in *interp) linkOfEvent(f frame, whole []*Taint, key string, at int32) *secret {
	for _, t := range whole {
		u := *t
		u.Path += "." + key
		if isLinkOfEvent(&u) {
			return &secret{what: plainPath(u.Path), step: &step{f.file, at, "is the signed address of " + plainPath(u.Path), t.step, in.steps}, made: ofLink}
		}
	}
	return nil
}

// answersStacks are packages whose functions answer CloudFormation at the address that stands in an event.
var answersStacks = set("cfnresponse cfn-response cfn-response-async cfn-response-promise crhelper cfn-lambda cfn-custom-resource")

// answersStack notes that an event is one of CloudFormation: what answers it gets all of it, and reads the address.
func (in *interp) answersStack(ref string, args *arguments) {
	if !answersStacks[packageOf(ref)] {
		return
	}
	for _, v := range args.list {
		for _, t := range v.taints {
			if t.Path == "event" && !t.unsure {
				in.wants("event.ResponseURL", ofLink)
			}
		}
	}
}
