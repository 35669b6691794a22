package asl_test

import (
	"fmt"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/model"
)

// What a state machine sends where.
func Example() {
	definition := model.NewString(`{
		"StartAt": "Notify",
		"States": {
			"Notify": {
				"Type": "Task",
				"Resource": "arn:aws:states:::sqs:sendMessage",
				"InputPath": "$.detail",
				"Parameters": {"QueueUrl": "${Queue}", "MessageBody": {"user.$": "$.user", "run.$": "$$.Execution.Id"}},
				"End": true
			}
		}
	}`, model.Origin{})
	substitutions := model.NewMap([]model.Field{{Key: "Queue", Value: model.NewRef("Orders", "", model.Origin{})}}, model.Origin{})

	m, _ := asl.Parse(asl.Substitute(definition, substitutions))
	for _, s := range m.All() {
		fmt.Println(s.Name, "calls", s.Call.Service+":"+s.Call.Operation, "on", s.Call.Targets[0].Value)
		for _, leaf := range s.Inputs() {
			fmt.Println(" ", leaf.Path, leaf.Sources, s.Call.Carries(leaf.Path))
		}
	}
	// Output:
	// Notify calls sqs:SendMessage on ${Orders}
	//   QueueUrl [constant] false
	//   MessageBody.user [input $.detail.user] true
	//   MessageBody.run [context $.Execution.Id] true
}
