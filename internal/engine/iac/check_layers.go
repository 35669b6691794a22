package iac

import (
	"regexp"
	"strconv"
)

// layerAccount is the account in the ARN of a layer.
var layerAccount = regexp.MustCompile(`:lambda:.*:(\d{12}):layer:`)

// layerFromAccount finds layers that are named by the number of the account they belong to. A layer of the deploying account
// is named by reference, or by AWS::AccountId.
func layerFromAccount(s *Subject) Answer {
	var answer Answer
	for i, layer := range s.Resource.Props.Get("Layers").Settled().Elements() {
		m := layerAccount.FindStringSubmatch(layer.Settled().String())
		if m == nil {
			continue
		}
		at := "Layers[" + strconv.Itoa(i) + "]"
		answer.Hits = append(answer.Hits, Hit{At: at, Detail: m[1], Anchor: layer.Settled().String()})
	}
	return answer
}
