package iac

import (
	"net/netip"
	"strconv"
	"strings"

	"wardlet.example/internal/model"
)

// portRange is what an ingress rule opens.
type portRange struct{ from, to int }

func (p portRange) has(port int) bool { return p.from <= port && port <= p.to }

// wide reports whether a range is open for anything rather than for one service.
func (p portRange) wide() bool { return p.to-p.from > 1000 }

// all reports whether a range is every port.
func (p portRange) all() bool { return p.from <= 1 && p.to >= 65535 }

// databasePortNames are the ports on which data stores listen.
var databasePortNames = []struct {
	port int
	name string
}{
	{1433, "SQL Server"}, {1521, "Oracle"}, {3306, "MySQL"}, {5432, "PostgreSQL"}, {5439, "Redshift"}, {6379, "Redis"},
	{11211, "Memcached"}, {27017, "MongoDB"}, {9200, "OpenSearch"}, {9300, "OpenSearch"}, {8182, "Neptune"}, {9042, "Cassandra"},
	{8111, "DAX"}, {5984, "CouchDB"}, {7474, "Neo4j"}, {7687, "Neo4j"},
}

// dataTypes are the beginnings of types that hold data behind a security group.
var dataTypes = []string{
	"AWS::RDS::", "AWS::DocDB::", "AWS::Neptune::", "AWS::ElastiCache::", "AWS::Redshift", "AWS::OpenSearchService::",
	"AWS::Elasticsearch::", "AWS::DAX::", "AWS::MemoryDB::",
}

// databasePorts says what an open range means for data stores; empty: nothing.
func databasePorts(p portRange, forData bool) string {
	if p.wide() {
		if forData {
			return p.String()
		}
		return ""
	}
	var names []string
	for _, d := range databasePortNames {
		if p.has(d.port) {
			names = append(names, "port "+strconv.Itoa(d.port)+" ("+d.name+")")
		}
	}
	return strings.Join(names, ", ")
}

// adminPorts says what an open range means for remote administration; empty: nothing, or it is told of databases.
func adminPorts(p portRange, forData bool) string {
	if databasePorts(p, forData) != "" {
		return ""
	}
	switch {
	case p.wide() && (p.has(22) || p.has(3389)):
		return p.String()
	case p.has(22) && p.has(3389):
		return "ports 22 (SSH) and 3389 (RDP)"
	case p.has(22):
		return "port 22 (SSH)"
	case p.has(3389):
		return "port 3389 (RDP)"
	}
	return ""
}

func (p portRange) String() string {
	if p.all() {
		return "every port"
	}
	return "ports " + strconv.Itoa(p.from) + " to " + strconv.Itoa(p.to)
}

// eachIngress asks of every ingress rule that is open to the world what its ports mean.
func eachIngress(meaning func(p portRange, forData bool) string) Check {
	return func(s *Subject) Answer {
		group, rules, path := s.Resource, flatten(s.Resource.Props.Get("SecurityGroupIngress")), "SecurityGroupIngress[*]"
		if s.Resource.Type == "AWS::EC2::SecurityGroupIngress" {
			group, rules, path = s.App.Target(s.Resource.Props.Get("GroupId")), []*model.Value{s.Resource.Props}, ""
		}
		users := usersOf(s, group)
		if users.total > 0 && users.deaf == users.total {
			return Answer{}
		}
		var all Answer
		for _, r := range rules {
			all = both(all, decide(s, r, func(v *model.Value) judgement { return openIngress(v, path, users, meaning) }))
		}
		return all
	}
}

// groupUsers is what uses a security group.
type groupUsers struct {
	total int
	deaf  int  // functions, which never listen, and load balancers, which do on the ports of their listeners only
	data  bool // a data store is among them
}

func usersOf(s *Subject, group *model.Resource) groupUsers {
	var users groupUsers
	i := s.shared()
	if known, ok := i.users[group]; ok || group == nil {
		return known
	}
	for _, r := range s.Program.Referrers(s.App, group) {
		if strings.HasPrefix(r.Type, "AWS::EC2::SecurityGroup") {
			continue
		}
		users.total++
		if r.Type == "AWS::Lambda::Function" || strings.HasPrefix(r.Type, "AWS::ElasticLoadBalancing") {
			users.deaf++
		}
		for _, prefix := range dataTypes {
			users.data = users.data || strings.HasPrefix(r.Type, prefix)
		}
	}
	if i.users == nil {
		i.users = map[*model.Resource]groupUsers{}
	}
	i.users[group] = users
	return users
}

// openIngress is whether an ingress rule lets the world in to ports that mean something.
func openIngress(v *model.Value, path string, users groupUsers, meaning func(portRange, bool) string) judgement {
	world := max(each(v.Get("CidrIp"), isWorldRange), each(v.Get("CidrIpv6"), isWorldRange))
	if world == model.No {
		return fine
	}
	ports, known := portsOf(v)
	if known == model.No {
		return fine
	}
	detail := meaning(ports, users.data)
	if known == model.Yes && detail == "" {
		return fine
	}
	key := "CidrIp"
	if each(v.Get(key), isWorldRange) == model.No {
		key = "CidrIpv6"
	}
	at := v.Get(key).Origin
	if at.IsZero() {
		at = v.Origin
	}
	j := broken(min(world, known), joinPath(path, key), at, detail)
	if ports.wide() && users.total == 0 && !opensAllTCP(v, ports) {
		j.answer, j.reason = min(j.answer, model.Maybe), "nothing in this template uses the group"
	}
	return j
}

// opensAllTCP reports whether nothing of TCP stays shut, so that SSH and remote desktop are open whatever uses the group.
func opensAllTCP(v *model.Value, ports portRange) bool {
	protocol := v.Get("IpProtocol").String()
	return ports.all() && !strings.EqualFold(protocol, "udp") && protocol != "17"
}

// portsOf is the range of ports of an ingress rule: No where it has none (ICMP), Maybe where it is not known.
func portsOf(v *model.Value) (portRange, model.Tri) {
	protocol := v.Get("IpProtocol")
	switch s, known := protocol.Scalar(); {
	case known && s == "-1", known && strings.EqualFold(s, "all"):
		return portRange{0, 65535}, model.Yes
	case known && !strings.EqualFold(s, "tcp") && s != "6" && !strings.EqualFold(s, "udp") && s != "17":
		return portRange{}, model.No
	case !known && protocol.Kind != model.Absent:
		return portRange{}, model.Maybe
	}
	from, okFrom := number(v.Get("FromPort"))
	to, okTo := number(v.Get("ToPort"))
	switch {
	case v.Get("FromPort").Kind == model.Absent && v.Get("ToPort").Kind == model.Absent:
		return portRange{}, model.No
	case !okFrom || !okTo:
		return portRange{}, model.Maybe
	}
	if from < 0 {
		from, to = 0, 65535
	}
	return portRange{from, to}, model.Yes
}

func number(v *model.Value) (int, bool) {
	s, ok := v.Scalar()
	n, err := strconv.Atoi(strings.TrimSpace(s))
	return n, ok && err == nil
}

// isWorldRange is whether an address range is the whole internet.
func isWorldRange(v *model.Value) model.Tri {
	s, ok := v.Scalar()
	switch {
	case v.Kind == model.Ref:
		return model.No // what another resource gives is a network of one's own
	case !ok:
		return min(v.HasSuffix("/0"), model.Maybe)
	}
	p, err := netip.ParsePrefix(strings.TrimSpace(s))
	return model.TriOf(err == nil && p.Bits() == 0)
}
