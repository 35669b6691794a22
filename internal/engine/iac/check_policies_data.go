package iac

import (
	"slices"
	"strings"

	"wardlet.example/internal/model"
)

// encryption says how a type of data store is encrypted.
type encryption struct {
	path   []string
	always func(props *model.Value) model.Tri // encrypted, or decided elsewhere, whatever is written; nil: never
	off    bool                               // only where it is switched off: the default is on
}

// encryptionOf is how data stores are encrypted, from the CloudFormation resource reference.
var encryptionOf = map[string]encryption{
	"AWS::RDS::DBInstance": {path: []string{"StorageEncrypted"}, always: isSet("DBClusterIdentifier",
		"SourceDBInstanceIdentifier", "DBSnapshotIdentifier", "SourceDbiResourceId", "DBClusterSnapshotIdentifier")},
	"AWS::RDS::DBCluster":                {path: []string{"StorageEncrypted"}, always: clusterEncrypted},
	"AWS::DocDB::DBCluster":              {path: []string{"StorageEncrypted"}, always: isSet("SnapshotIdentifier", "SourceDBClusterIdentifier")},
	"AWS::Neptune::DBCluster":            {path: []string{"StorageEncrypted"}, always: isSet("SnapshotIdentifier", "SourceDBClusterIdentifier")},
	"AWS::Redshift::Cluster":             {path: []string{"Encrypted"}, off: true},
	"AWS::EFS::FileSystem":               {path: []string{"Encrypted"}},
	"AWS::ElastiCache::ReplicationGroup": {path: []string{"AtRestEncryptionEnabled"}, always: isValkey},
	"AWS::OpenSearchService::Domain":     {path: []string{"EncryptionAtRestOptions", "Enabled"}},
	"AWS::Elasticsearch::Domain":         {path: []string{"EncryptionAtRestOptions", "Enabled"}},
	"AWS::DAX::Cluster":                  {path: []string{"SSESpecification", "SSEEnabled"}},
}

func isSet(keys ...string) func(*model.Value) model.Tri {
	return func(props *model.Value) model.Tri {
		answer := model.No
		for _, key := range keys {
			answer = max(answer, props.Get(key).IsSet())
		}
		return answer
	}
}

// clusterEncrypted: Aurora Serverless v1 is always encrypted, and so is every Aurora cluster made since 18 February 2026 that
// is not told otherwise; a copy is like its source.
func clusterEncrypted(props *model.Value) model.Tri {
	return max(props.Get("EngineMode").EqualsText("serverless"),
		min(props.Get("Engine").HasPrefix("aurora"), not(props.Get("StorageEncrypted").EqualsText("false"))),
		isSet("SnapshotIdentifier", "SourceDBClusterIdentifier", "ReplicationSourceIdentifier", "GlobalClusterIdentifier")(props))
}

// isValkey: Valkey encrypts unless told otherwise.
func isValkey(props *model.Value) model.Tri {
	return min(props.Get("Engine").EqualsText("valkey"), not(props.Get("AtRestEncryptionEnabled").EqualsText("false")))
}

// databaseNotEncrypted finds data stores that keep their data in the clear.
func databaseNotEncrypted(s *Subject) Answer {
	e := encryptionOf[s.Resource.Type]
	return decide(s, s.Resource.Props, func(props *model.Value) judgement {
		v := props.Path(e.path...)
		answer := not(isYes(v))
		if e.off {
			answer = v.EqualsText("false")
		}
		if e.always != nil {
			answer = min(answer, not(e.always(props)))
		}
		at := s.Resource.Origin
		if v.Kind != model.Absent {
			at = v.Origin
		}
		return broken(answer, strings.Join(e.path, "."), at, "")
	})
}

// passwordPaths is where data stores take a password.
var passwordPaths = map[string][]string{
	"AWS::RDS::DBInstance":               {"MasterUserPassword"},
	"AWS::RDS::DBCluster":                {"MasterUserPassword"},
	"AWS::DocDB::DBCluster":              {"MasterUserPassword"},
	"AWS::Redshift::Cluster":             {"MasterUserPassword"},
	"AWS::RedshiftServerless::Namespace": {"AdminUserPassword"},
	"AWS::ElastiCache::ReplicationGroup": {"AuthToken"},
	"AWS::ElastiCache::User":             {"Passwords"},
	"AWS::OpenSearchService::Domain":     {"AdvancedSecurityOptions.MasterUserOptions.MasterUserPassword"},
	"AWS::Elasticsearch::Domain":         {"AdvancedSecurityOptions.MasterUserOptions.MasterUserPassword"},
	"AWS::AmazonMQ::Broker":              {"Users.Password"},
	"AWS::DMS::Endpoint":                 {"Password"},
}

// databasePassword finds passwords of data stores that are written out.
func databasePassword(s *Subject) Answer {
	var all Answer
	for _, path := range passwordPaths[s.Resource.Type] {
		for _, v := range below(s.Resource.Props, strings.Split(path, ".")) {
			all = both(all, decide(s, v, func(v *model.Value) judgement { return writtenOut(v, path) }))
		}
	}
	return all
}

// below lists the values at a path, of all elements of the lists on it.
func below(v *model.Value, keys []string) []*model.Value {
	all := flatten(v)
	for _, key := range keys {
		var next []*model.Value
		for _, v := range all {
			next = append(next, flatten(v.Get(key))...)
		}
		all = next
	}
	return all
}

// writtenOut is whether a value is a text that stands in the files. What comes in at deployment is where it should be, and
// of the default of a parameter another rule speaks.
func writtenOut(v *model.Value, path string) judgement {
	if v.Kind == model.OneOf {
		return broken(each(v, func(c *model.Value) model.Tri { return writtenOut(c, path).answer }), path, v.Origin, "")
	}
	s, ok := v.Scalar()
	j := broken(model.TriOf(ok && s != "" && !ofSecretParameter(v)), path, v.Origin, "")
	j.secret = []string{s}
	return j
}

// secretInTemplate finds secrets that are written out where they are to be kept.
func secretInTemplate(s *Subject) Answer {
	path, names := "SecretString", []string{"password"} // all of the text is a secret, whatever it is called
	if s.Resource.Type == "AWS::SSM::Parameter" {
		path, names = "Value", []string{masked(s.Resource.Props.Get("Name").Settled()), s.ID()}
	}
	return decide(s, s.Resource.Props.Get(path), func(v *model.Value) judgement { return heldSecret(s, v, path, names) })
}

// heldSecret is whether a text holds a secret, if it is called by one of these names.
func heldSecret(s *Subject, v *model.Value, path string, names []string) judgement {
	if v.Kind == model.OneOf {
		question := func(c *model.Value) model.Tri { return heldSecret(s, c, path, names).answer }
		return broken(each(v, question), path, v.Origin, "")
	}
	found := slices.DeleteFunc(secretsUnder(v, names), func(secret string) bool { return isParameterDefault(s, secret) })
	j := broken(model.TriOf(len(found) > 0), path, v.Origin, "")
	j.secret = found
	return j
}

// isParameterDefault reports whether a secret comes from the default of a parameter that is called one: another rule speaks of
// that, at the place where it stands.
func isParameterDefault(s *Subject, secret string) bool {
	return s.secretDefaults()[secret]
}

// secretsUnder are the secrets in a text of these names or, of JSON, in the texts of its keys.
func secretsUnder(v *model.Value, names []string) []string {
	var found []string
	if object := parsed(v); object.Kind == model.Map {
		for _, f := range object.Fields {
			if secret := secretIn(f.Key, f.Value); secret != "" {
				found = append(found, secret)
			}
		}
		return found
	}
	for _, name := range names {
		if secret := secretIn(name, v); secret != "" {
			return []string{secret}
		}
	}
	return nil
}
