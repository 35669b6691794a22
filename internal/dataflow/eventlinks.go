package dataflow

import "strings"

// Addresses that events carry for whoever they are sent to, signed so that anybody may use them until they expire: to say how the deployment of
// a stack went, or to read an object.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html,
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-event-context.html

// linksOfEvents are where events carry such an address: the part that code reads, and the name of the address in it where that is an object.
var linksOfEvents = map[string][]string{
	"event.ResponseURL":          nil,
	"event.getObjectContext":     {"inputS3Url"},
	"event.headObjectContext":    {"inputS3Url"},
	"event.listObjectsContext":   {"inputS3Url"},
	"event.listObjectsV2Context": {"inputS3Url"},
}

// linkOfEvent is what is secret of a part of an event that is or holds such an address; nil for others.
func (in *interp) linkOfEvent(f frame, whole []*Taint, key string, at int32) *secret {
	for _, t := range whole {
		if t.Source == nil || t.Source.Stored || t.unsure {
			continue
		}
		path := asEvent(plainPath(t.Path) + "." + key)
		members, ok := linksOfEvents[path]
		if !ok {
			continue
		}
		path = strings.Join(append([]string{path}, members...), ".")
		in.wants(path, ofLink)
		return &secret{what: path, step: &step{f.file, at, "is the signed address of " + path, t.step, in.steps}, members: members, made: ofLink}
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
