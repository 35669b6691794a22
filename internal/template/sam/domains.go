package sam

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// restDomain makes the API's own domain name.
func (x *expander) restDomain(r *model.Resource, domain *model.Value) {
	if !perhaps(domain) {
		return
	}
	kind := or(domain.Get("EndpointConfiguration"), text("REGIONAL", domain.Origin))
	at := domain.Origin
	d := &domainParts{x: x, r: r, domain: domain, kind: known(kind), what: by("Domain", r), at: at}
	var f fields
	f.copy(domain, "DomainName", "SecurityPolicy", "EndpointAccessMode", "Policy", "OwnershipVerificationCertificateArn")
	types := object("Types", list(at, kind), at)
	if v := domain.Get("IpAddressType"); v.Kind != model.Absent {
		types = with(types, "IpAddressType", v)
	}
	f.set("EndpointConfiguration", types)
	hashed := hash(x.asHashed(r, "DomainName"))
	if d.kind == "PRIVATE" {
		f.copy(domain, "CertificateArn")
		d.make("ApiGatewayDomainNameV2"+hashed, "AWS::ApiGateway::DomainNameV2", f)
		x.alias(r, "DomainNameV2", d.name)
		d.associate()
	} else {
		certificate := "CertificateArn"
		if d.kind == "REGIONAL" {
			certificate = "RegionalCertificateArn"
		}
		f.rename(domain, "CertificateArn", certificate)
		f.copy(domain, "MutualTlsAuthentication")
		d.make("ApiGatewayDomainName"+hashed, "AWS::ApiGateway::DomainName", f)
		x.alias(r, "DomainName", d.name)
	}
	d.basePaths()
	d.records()
}

// httpDomain makes the API's own domain name.
func (x *expander) httpDomain(r *model.Resource, domain *model.Value) {
	if !perhaps(domain) {
		return
	}
	at := domain.Origin
	kind := or(domain.Get("EndpointConfiguration"), text("REGIONAL", at))
	d := &domainParts{x: x, r: r, domain: domain, kind: known(kind), what: by("Domain", r), at: at, http: true}
	var c fields
	c.copy(domain, "CertificateArn", "SecurityPolicy", "OwnershipVerificationCertificateArn")
	c.set("EndpointType", kind)
	var f fields
	f.copy(domain, "DomainName", "MutualTlsAuthentication")
	f.set("DomainNameConfigurations", list(at, c.make(at)))
	f.set("Tags", r.Props.Get("Tags"))
	d.make("ApiGatewayDomainNameV2"+hash(x.asHashed(r, "DomainName")), "AWS::ApiGatewayV2::DomainName", f)
	x.alias(r, "DomainName", d.name)
	d.basePaths()
	d.records()
}

// domainParts makes what stands around one domain name.
type domainParts struct {
	x      *expander
	r      *model.Resource
	domain *model.Value
	kind   string // of the endpoint
	what   string
	at     model.Origin
	http   bool
	name   *model.Resource
	when   *model.Value
}

func (d *domainParts) make(id, kind string, f fields) {
	d.name = d.x.make(d.r, id, kind, f, d.at, d.what)
	d.when = both(presence(d.domain), d.name.Condition)
	d.name.Condition = d.when
}

// basePaths maps paths below the domain to the API: one for each, or one without a path.
func (d *domainParts) basePaths() {
	paths := d.domain.Get("BasePath").Settled().Elements()
	if len(paths) == 0 {
		d.basePath("", nil)
	}
	for _, p := range paths {
		d.basePath(idPart(known(p)), p)
	}
}

func (d *domainParts) basePath(part string, path *model.Value) {
	var m fields
	id, kind, key := "BasePathMapping", "AWS::ApiGateway::BasePathMapping", "BasePath"
	switch {
	case d.http:
		id, kind, key = "ApiMapping", "AWS::ApiGatewayV2::ApiMapping", "ApiMappingKey"
		m.set("ApiId", model.NewRef(d.r.ID, "", d.at))
		m.set("DomainName", model.NewRef(d.name.ID, "", d.at))
	case d.kind == "PRIVATE":
		kind = "AWS::ApiGateway::BasePathMappingV2"
		m.set("RestApiId", model.NewRef(d.r.ID, "", d.at))
		m.set("DomainNameArn", model.NewRef(d.name.ID, "", d.at))
	default:
		m.set("RestApiId", model.NewRef(d.r.ID, "", d.at))
		m.set("DomainName", model.NewRef(d.name.ID, "", d.at))
	}
	m.set("Stage", model.NewRef(d.x.aliases[d.r.ID+".Stage"].ID, "", d.at))
	if path != nil {
		m.set(key, d.mappedPath(part, path))
	}
	d.x.make(d.r, d.r.ID+part+id, kind, m, d.at, d.what).Condition = d.when
}

// mappedPath is a base path as SAM hands it on: without what cannot stand in one, unless the template asks to keep it.
func (d *domainParts) mappedPath(part string, path *model.Value) *model.Value {
	s, ok := path.Scalar()
	switch {
	case !ok:
		return path
	case d.http:
		return text(strings.Trim(s, "/"), path.Origin)
	case known(d.domain.Get("NormalizeBasePath")) != "" && !isTrue(d.domain.Get("NormalizeBasePath")):
		return path
	}
	return text(part, path.Origin)
}

// associate opens a private domain name to an endpoint in a network.
func (d *domainParts) associate() {
	a := d.domain.Get("AccessAssociation")
	if a.IsSet() != model.Yes {
		return
	}
	endpoint := a.Get("VpcEndpointId")
	id := "DomainNameAccessAssociation" + hash("["+d.x.asJSON(d.r, "AccessAssociation", "VpcEndpointId")+`,"`+d.name.ID+`"]`)
	var f fields
	f.set("AccessAssociationSource", endpoint)
	f.set("AccessAssociationSourceType", text("VPCE", d.at))
	f.set("DomainNameArn", model.NewRef(d.name.ID, "", d.at))
	d.x.make(d.r, id, "AWS::ApiGateway::DomainNameAccessAssociation", f, d.at, d.what).Condition = d.when
}

// records makes the entries of the domain in a zone of Route 53. Domains in one zone share a group of records.
func (d *domainParts) records() {
	route := d.domain.Get("Route53")
	if route.IsSet() != model.Yes {
		return
	}
	zone := "HostedZoneId"
	if route.Get(zone).IsSet() == model.No {
		zone = "HostedZoneName"
	}
	entries := d.recordSets(route)
	id := "RecordSetGroup" + hash(d.x.asHashed(d.r, "Route53", zone))
	if isTrue(route.Get("SeparateRecordSetGroup")) && !d.http {
		id = "RecordSetGroup" + hash("["+d.x.asJSON(d.r, "Route53", zone)+","+d.x.asJSON(d.r, "DomainName")+"]")
	}
	if group := d.x.groups[id]; group != nil {
		group.Props = changed(group.Props, []string{"RecordSets"}, func(v *model.Value) *model.Value { return appended(v, entries...) })
		return
	}
	var f fields
	f.copy(route, "HostedZoneId", "HostedZoneName")
	f.set("RecordSets", list(route.Origin, entries...))
	group := d.x.make(d.r, id, "AWS::Route53::RecordSetGroup", f, route.Origin, d.what)
	group.Condition = d.when
	d.x.groups[id] = group
}

func (d *domainParts) recordSets(route *model.Value) []*model.Value {
	at := route.Origin
	var target fields
	target.copy(route, "EvaluateTargetHealth")
	switch d.kind {
	case "REGIONAL":
		target.set("HostedZoneId", model.NewRef(d.name.ID, "RegionalHostedZoneId", at))
		target.set("DNSName", model.NewRef(d.name.ID, "RegionalDomainName", at))
	case "EDGE":
		const cloudFrontZone = "Z2FDTNDATAQYW2" // of all distributions, from the Route 53 documentation
		target.set("HostedZoneId", text(cloudFrontZone, at))
		target.set("DNSName", or(route.Get("DistributionDomainName"), model.NewRef(d.name.ID, "DistributionDomainName", at)))
	default:
		target.rename(route, "VpcEndpointHostedZoneId", "HostedZoneId")
		target.rename(route, "VpcEndpointDomainName", "DNSName")
	}
	record := func(kind string) *model.Value {
		var f fields
		f.rename(d.domain, "DomainName", "Name")
		f = append(f, cloudformation.Field("Type", text(kind, at)), cloudformation.Field("AliasTarget", target.make(at)))
		f.copy(route, "Region", "SetIdentifier")
		return f.make(at)
	}
	out := []*model.Value{record("A")}
	if isTrue(route.Get("IpV6")) {
		out = append(out, record("AAAA"))
	}
	return out
}
