package iac

import (
	"strings"

	"wardlet.example/internal/model"
)

// subscriptionOverHTTP finds subscriptions that send messages unencrypted, of their own or within a topic.
func subscriptionOverHTTP(s *Subject) Answer {
	subscriptions := []*model.Value{s.Resource.Props}
	path := ""
	if s.Resource.Type == "AWS::SNS::Topic" {
		subscriptions, path = flatten(s.Resource.Props.Get("Subscription")), "Subscription[*]"
	}
	var all Answer
	for _, subscription := range subscriptions {
		all = both(all, decide(s, subscription, func(v *model.Value) judgement {
			protocol := v.Get("Protocol")
			return broken(protocol.EqualsText("http"), joinPath(path, "Protocol"), protocol.Origin, v.Get("Endpoint").String())
		}))
	}
	return all
}

// deadLetterKeys are the properties that name a queue for what could not be processed.
var deadLetterKeys = words("deadLetterTargetArn DeadLetterConfig OnFailure DeadLetterQueue DeadLetterArn onFailure")

// queueWithoutDeadLetter finds queues that drop what could not be processed, except those that keep it for others.
func queueWithoutDeadLetter(s *Subject) Answer {
	if isDeadLetter(s) {
		return Answer{}
	}
	return decide(s, s.Resource.Props.Get("RedrivePolicy"), func(v *model.Value) judgement {
		return broken(not(v.IsSet()), "RedrivePolicy", s.Resource.Origin, "")
	})
}

func isDeadLetter(s *Subject) bool {
	name, _ := s.Resource.Props.Get("QueueName").Settled().Scalar()
	for _, n := range []string{s.Resource.ID, name} {
		n = strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(n))
		if strings.Contains(n, "dlq") || strings.Contains(n, "deadletter") || strings.Contains(n, "dlx") {
			return true
		}
	}
	if s.Resource.Props.Get("RedriveAllowPolicy").IsSet() == model.Yes {
		return true
	}
	named := s.deadLetterIndex()
	return named.byID[s.Resource.ID].otherThan(s.Resource) || name != "" && named.byName[name].otherThan(s.Resource)
}
