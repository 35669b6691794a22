package dataflow

import (
	"regexp"
	"strings"

	"wardlet.example/internal/ir"
)

// PlainDatabase is the kind of harm of a connection to a database that nothing encrypts, because the client is not told to.
const PlainDatabase = "database-plain"

var (
	// plainClients are calls that connect to a database by an object of options, and encrypt nothing unless that says so.
	// Sources: https://node-postgres.com/features/ssl, https://github.com/mysqljs/mysql#ssl-options, https://sidorares.github.io/node-mysql2/docs/documentation/ssl
	plainClients = set(`mysql.createConnection mysql.createPool mysql2.createConnection mysql2.createPool mysql2/promise.createConnection mysql2/promise.createPool
		mysql.default.createConnection mysql.default.createPool mysql2.default.createConnection mysql2.default.createPool mysql2/promise.default.createConnection mysql2/promise.default.createPool
		promise-mysql.createConnection promise-mysql.createPool mariadb.createConnection mariadb.createPool pg.Client pg.Pool pg.default.Client pg.default.Pool`)
	// plainOfPython are those of Python, which get their options by name.
	plainOfPython = set("pymysql.connect pymysql.Connect pymysql.connections.Connection aiomysql.connect aiomysql.create_pool")
	// builders are libraries that hand options on to one of these clients, named by an option of theirs.
	builders = map[string]string{
		"knex": "client", "knex.default": "client", "knex.knex": "client",
		"typeorm.DataSource": "type", "typeorm.createConnection": "type",
		"sequelize.Sequelize": "dialect", "sequelize": "dialect", "sequelize.default": "dialect", "sequelize-typescript.Sequelize": "dialect",
	}
	// plainDialects are the names of databases for which they take such a client.
	plainDialects = set("mysql mysql2 mariadb pg postgres postgresql")
	// aboutTLS are options that say how to connect otherwise, or that perhaps do.
	aboutTLS = regexp.MustCompile(`(?i)ssl|tls|socket|stream|url|uri|connectionstring|^extra$|^dialectoptions$|^driver|replication|unix|^sslmode$`)
)

// connectsPlainly tells of a connection to a database that is elsewhere, for which all options are known and none asks for encryption.
func (in *interp) connectsPlainly(c call) {
	options, client := c.args.get(0), packageOf(c.callee.ref)
	switch {
	case c.f.file.Language == ir.Python && plainOfPython[c.callee.ref]:
		if c.args.dict != nil || len(c.args.list) > 0 {
			return
		}
		options = &Value{fields: c.args.kw}
	case c.f.file.Language != ir.Node:
		return
	case plainClients[c.callee.ref]:
	case builders[c.callee.ref] != "":
		if n := len(c.args.list); n > 0 {
			options = c.args.list[n-1] // new Sequelize(database, user, password, options)
		}
		dialect := orNothing(options.fields[builders[c.callee.ref]])
		if !dialect.known || !plainDialects[dialect.text] || !wholeOptions(options) {
			return
		}
		if inner := options.fields["connection"]; inner != nil {
			options = inner
		}
	default:
		return
	}
	if host := options.fields["host"]; host != nil && wholeOptions(options) && !isLocal(host) && in.p.firstWith(options, codePlace{c.f.file, c.e.At}) {
		in.place(c.f, c.e.At, PlainDatabase, client, client)
	}
}

// firstWith reports whether a place is the first one that uses some options: those of one module are mended once, whoever connects by them.
func (p *Program) firstWith(options *Value, at codePlace) bool {
	if p.connected == nil {
		p.connected = map[*Value]codePlace{}
	}
	if first, ok := p.connected[options]; ok {
		return first == at
	}
	p.connected[options] = at
	return true
}

// wholeOptions reports whether all options are known that an object has, and none says how the connection is encrypted, or perhaps does.
func wholeOptions(v *Value) bool {
	if v == nil || len(v.taints) > 0 || v.elem != nil || v.named != nil || v.mixed || v.varied || len(v.others) > 0 || v.spread != nil && !v.spread.closed() || v.ref != "" && v.ref != "exports" {
		return false
	}
	for name := range v.fields {
		if aboutTLS.MatchString(name) {
			return false
		}
	}
	return true
}

// isLocal reports whether a host is the machine itself, a socket of its, or a container beside it, whose name has no dots.
func isLocal(host *Value) bool {
	text := host.text + host.prefix
	return strings.HasPrefix(text, "localhost") || strings.HasPrefix(text, "127.") || strings.HasPrefix(text, "/") || strings.HasPrefix(text, "::1") || text == "host.docker.internal" || host.known && !strings.Contains(text, ".")
}
