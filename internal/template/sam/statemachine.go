package sam

import (
	"strings"

	"wardlet.example/internal/model"
)

const machineType = "AWS::Serverless::StateMachine"

// stateMachine makes the state machine, its role and what starts it.
func (x *expander) stateMachine(r *model.Resource) {
	own := r.Props
	needs := &needs{}
	x.publishMachine(r, own)
	x.handle(r, own.Get("Events"), needs, machineEvents, "a state machine")
	if v := own.Path("Tracing", "Enabled"); isTrue(v) {
		needs.service("AWSXrayWriteOnlyAccess", v.Origin)
	}
	tags := createdBy("stateMachine:createdBy", own.Get("Tags"), r.Origin)

	var f fields
	x.definition(&f, own)
	if v := own.Get("DefinitionSubstitutions"); v.Kind != model.Map || len(v.Fields) > 0 {
		f.copy(own, "DefinitionSubstitutions")
	}
	f.rename(own, "Logging", "LoggingConfiguration")
	f.rename(own, "Tracing", "TracingConfiguration")
	f.rename(own, "Name", "StateMachineName")
	f.rename(own, "Type", "StateMachineType")
	f.copy(own, "EncryptionConfiguration")
	f.set("RoleArn", x.role(r, own, "states.amazonaws.com", needs, tags))
	f.set("Tags", tags)
	r.Type = "AWS::StepFunctions::StateMachine"
	r.Props = f.make(own.Origin)
}

// publishMachine makes the version and the alias of a state machine that publishes one.
func (x *expander) publishMachine(r *model.Resource, own *model.Value) {
	name := own.Get("AutoPublishAlias")
	if !perhaps(name) {
		return
	}
	what, at := by("AutoPublishAlias", r), name.Origin
	var v fields
	v.set("StateMachineArn", model.NewRef(r.ID, "", at))
	v.set("StateMachineRevisionId", model.NewRef(r.ID, "StateMachineRevisionId", at))
	version := x.make(r, r.ID+"Version", "AWS::StepFunctions::StateMachineVersion", v, at, what)
	for _, key := range retention {
		version.Attributes = with(version.Attributes, key, or(version.Attributes.Get(key), text("Retain", at)))
	}
	preference := or(own.Get("DeploymentPreference"), object("Type", text("ALL_AT_ONCE", at), at))
	var a fields
	a.set("Name", name)
	a.set("DeploymentPreference", with(preference, "StateMachineVersionArn", model.NewRef(version.ID, "", at)))
	x.alias(r, "Alias", x.make(r, r.ID+"Alias"+known(name), "AWS::StepFunctions::StateMachineAlias", a, at, what))
}

// machineEvents says who makes the event source of each type of event of a state machine.
var machineEvents = map[string]func(*expander, *event){
	"Api":             (*expander).apiEvent,
	"EventBridgeRule": (*expander).ruleEvent,
	"CloudWatchEvent": (*expander).ruleEvent,
	"Schedule":        (*expander).scheduleEvent,
	"ScheduleV2":      (*expander).schedulerEvent,
}

// definition is the machine's definition: written in the template, or read from a file beside it.
func (x *expander) definition(f *fields, own *model.Value) {
	f.copy(own, "Definition")
	uri := own.Get("DefinitionUri")
	if uri.Kind == model.Absent {
		return
	}
	place := location(uri, "Bucket", "Key", "Version")
	if place.Kind == model.Map {
		f.set("DefinitionS3Location", place)
		return
	}
	f.set("Definition", x.file(uri))
}

// file is the content of a local file that the template names; a present unknown where it cannot be had.
func (x *expander) file(uri *model.Value) *model.Value {
	return each(uri, func(uri *model.Value) *model.Value {
		if v := x.options.read(uri); v.Kind != model.Absent {
			return v
		}
		return model.NewPresent(strings.TrimSpace("the file "+known(uri))+" is not read", uri.Origin)
	})
}
