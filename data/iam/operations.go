package iam

import (
	"slices"
	"strings"
	"sync"
)

// Operation is one call of an SDK client.
type Operation struct {
	Client   string   // package of the JavaScript SDK v3 without "client-", such as cloudwatch-logs
	Name     string   // such as PutLogEvents
	Actions  []string // that it needs, as service:Name; with a trailing "?" where its arguments decide; none: nobody is asked
	Known    bool     // whether Actions says anything: false where no table tells
	Subjects []string // members of the request that name what it is about: QueueUrl, Entries[].EventBusName, RequestItems{}
}

// Client is one client of the SDKs, which serves one API.
type Client struct {
	Name       string // package of the JavaScript SDK v3 without "client-"
	Prefix     string // of the actions of its service; empty if it has none
	Endpoint   string // first part of its host names
	File       string // name of its API description, which older SDKs go by
	Class      string // its class in the JavaScript SDK v2, such as CloudWatchLogs
	Operations []*Operation
	byName     map[string]*Operation
}

// Operation looks up an operation by its name, whatever its case; nil if there is none.
func (c *Client) Operation(name string) *Operation { return c.byName[strings.ToLower(name)] }

var clients sync.Map // name -> *Client

// ClientOf looks up a client by the name of its package; nil if there is none.
func ClientOf(name string) *Client {
	if c, ok := clients.Load(name); ok {
		known, _ := c.(*Client)
		return known
	}
	c, _ := clients.LoadOrStore(name, readClient(section(operationTable.around(name), name)))
	known, _ := c.(*Client)
	return known
}

// Clients lists all clients by name.
var Clients = sync.OnceValue(func() []*Client {
	operationTable.open()
	var out []*Client
	for _, b := range operationTable.blocks {
		for line := range strings.Lines(b.read()) {
			if name, ok := strings.CutPrefix(line, "#"); ok {
				name, _, _ = strings.Cut(name, "\t")
				out = append(out, ClientOf(name))
			}
		}
	}
	return out
})

// exceptions are the rows of exceptions.tsv by client.
var exceptions = sync.OnceValue(func() map[string][]*Operation {
	out := map[string][]*Operation{}
	for _, row := range table("exceptions.tsv") {
		o := &Operation{Client: row[0], Name: row[1], Known: true, Subjects: strings.Fields(row[3])}
		if row[2] != "-" {
			o.Actions = strings.Fields(row[2])
		}
		out[o.Client] = append(out[o.Client], o)
	}
	return out
})

func readClient(text string) *Client {
	if text == "" {
		return nil
	}
	head, rest, _ := strings.Cut(text, "\n")
	f := append(strings.Split(head[1:], "\t"), "", "", "", "")
	c := &Client{Name: f[0], Prefix: f[1], Endpoint: f[2], File: f[3], Class: f[4], byName: map[string]*Operation{}}
	for line := range strings.Lines(rest) {
		var row [3]string
		line = strings.TrimRight(line, "\n")
		for i := range row {
			row[i], line, _ = strings.Cut(line, "\t")
		}
		o := &Operation{Client: c.Name, Name: row[0], Known: row[1] != "?", Subjects: strings.Fields(row[2])}
		if name := row[1]; o.Known {
			if name == "" {
				name = o.Name
			}
			o.Actions = []string{c.Prefix + ":" + name}
		}
		c.add(o)
	}
	for _, o := range exceptions()[c.Name] {
		c.add(o)
	}
	return c
}

// add keeps an operation; a later one of the same name takes the place of an earlier one.
func (c *Client) add(o *Operation) {
	key := strings.ToLower(o.Name)
	if before := c.byName[key]; before != nil {
		c.Operations[slices.Index(c.Operations, before)] = o
	} else {
		c.Operations = append(c.Operations, o)
	}
	c.byName[key] = o
}
