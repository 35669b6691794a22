package dataflow

import "wardlet.example/internal/ir"

// interp follows one entry through the program.
type interp struct {
	p            *Program
	overlay      map[*scope]map[string]*Value // what this entry sets in modules
	making       []making                     // the names that get what is worked out
	origins      map[*ir.Func]*origins        // what functions say of who may read an answer
	recordOf     map[*Value]*Value            // of what a record that was read is a part
	over         map[*Value]map[string]*Value // what this entry sets in values that modules share
	steps        int
	depth        int
	stack        []*ir.Func
	sites        []site // where the functions of the stack were called
	sources      map[string]*Source
	hits         []*Hit
	seen         map[string]bool
	cut          bool
	uses         []Use
	downloaded   []*Taint              // what files hold that were fetched from buckets
	files        map[string][]*Taint   // the same, by the names of the files
	queries      map[*Value]*Value     // the queries of addresses that are put together as objects
	fileHolds    map[*Value][]*Taint   // what files hold that were written, by the values that name them
	waiting      map[*Value][]waiting  // functions that get what later flows into what they listen to
	namesChecked map[string]bool       // archives whose members' names are asked where they lead, by their paths
	provedAt     map[*ir.Expr][]*Taint // calls and equations that told whether a code is right, with the data
	signed       map[string]bool       // data whose code of a key was right, by their paths: true where the application made it
	verified     map[string]bool       // tokens that are verified, by their paths
	verifiedIn   map[string][]*ir.Func // the functions in which they are
	givenBack    map[string]*ir.Func   // places where tokens are read without verifying them, for the function to return that
	returning    *ir.Expr              // what a statement returns
	loading      *module               // the module that is being loaded
	reached      []string              // files that were imported while the entry ran
	results      map[string]*Value     // of calls, by what went in
	changesOf    map[string][]effect   // what calls changed in their arguments, by what went in
	inRecords    int                   // how deep records are in records that are made of data
	ofEntry      []string              // the files of the entry
	caught       *Value                // what a handler gets that is at work
	mutations    []mutation            // of the call that is followed from outside
	arm          *arm                  // the way of a condition that is followed
	validators   *Value                // the schemas that stand before a route, by the parts of the request
	payload      *Value                // the fields of the model that the payload of a route is checked by
	throws       map[string]*Value     // by calls, as results
	proving      int
	branch       int // the branch that is followed: each has a number of its own
	branches     int
	naming       int                   // conditions that stand elsewhere and are looked at for the names that hold their answers
	failed       []string              // places where tokens are read that did not pass
	injecting    int                   // objects that are made for parameters
	context      *Value                // the request that is being answered, for what asks its context for it
	made         map[string]*Value     // what containers gave, by what they were asked for
	catching     int                   // what failed is handled
	secrets      []*Model              // rows that say that what an operation gives is secret
	wholes       []*Hit                // what came in, where it is logged as a whole
	eventLogs    []*Hit                // events that a logger writes by itself
	eventReads   map[string]secrecy    // what the handler and all routes read of them
	wanted       map[string]secrecy    // parts of what came in that the code reads and that are called like something sensitive
	hidden       map[string][]*ir.Func // parts of what came in that are taken out of it
	traces       map[*ir.Expr]*step    // calls that gave stack traces, when they were followed last
	debugging    int                   // a setting that asks for the stage decides whether what is followed happens
	calling      map[*ir.Func]bool     // functions that a library perhaps calls
	libraryHas   map[string][]*given   // functions that libraries get while the entry is followed
	unawaited    []Called              // calls whose promise nobody waits for
	called       map[calledAt]Called   // what was called of libraries
	parsedSafely map[string]bool       // what was parsed before where what fails is caught
	parsers      map[*ir.Func]*ir.Expr // where functions parse a body first, and nothing catches what fails
	signedIn     bool                  // the code reads what an authorizer says of the caller
	ofSocket     bool                  // the code reads of which connection of a WebSocket a message is
	acting       map[*ir.Func]string   // functions that do something elsewhere, with what
	acted        int                   // how much was done elsewhere
	direct       map[directCall]bool   // where the program calls functions of its own
	answersMade  map[answerMade]bool   // what was told of that answers let out
	telling      []answerAt            // answers of which something can be told
	answersOf    map[string][]answerAt // those of calls, as results
	meetings     []meeting             // what came to sinks
	meetingsOf   map[string][]meeting  // that of calls, as results
	rejected     *Value                // what a promise fails with whose failure is handled
	unanswered   *Value                // what routes fail with that is left to the functions which answer errors
	checksGiven  int                   // how often a function has handed on what a check says
	ofServices   map[*Value]bool       // Go: what operations of services give, beside an error
	running      []*scope              // of the functions in stack
	inVain       bool                  // an answer is made that nobody gets
	handsOn      bool                  // an answer is looked at that was made elsewhere
	starting     *goPackage            // the package of Go whose main is followed
	requests     map[string]*Value     // what the functions of routes are given
	following    *routed               // the function of a route that is followed
	appState     *Value                // Python: what the application keeps for all requests
	beside       []beside              // Go: what runs beside the rest
	sent         map[*Value]*Value     // what this entry put into lists that all entries share, and sent to channels of Go
	session      map[string]*Value     // what routes have put into the session of a visitor
	sentUnder    map[*Value]*Value     // under which keys it did
	sentAny      bool                  // Go: something of an outsider's was sent to a channel
	contexts     contexts              // Go: what functions put into requests
	listeners    map[string]*Value     // functions and what they are given, by the emitter and the name of the event
	routeError   *Value                // Go: what a route gave back as its error
	thrown       *Value                // what was thrown since the last try began
	afterPromise map[*ir.Func]bool     // functions that are called when a promise is kept
	testing      *ir.Expr              // the condition that was looked at last
	messagesOnly bool                  // of errors only their messages are shown where a value goes
	ownEvent     bool                  // code names the fields of the event itself
	doubts       []Doubt               // why perhaps more of AWS is called
	visited      map[*ir.Func]bool     // functions that were called
	sends        []*Send               // calls that hand data on
	hitAt        map[string]*Hit       // by rule and place
	partsTold    map[partTold]bool     // parts of responses of which was told
	answers      string                // how what an entry returns is sent: lambda, text; empty where it is not
	selecting    map[*ir.Expr]bool     // calls that are given a statement which selects all rows of a table
	bodies       bool                  // what a route returns is the body of its answer, with all that is in it
	compares     map[string]*Taint     // parts of what came in that were compared with texts, by the names of facts
	holding      map[string][]Literal  // what certainly holds where the function that is followed was called
	mute         bool                  // nobody gets what the entry returns
	keeps        bool                  // something was put outside of the handler that perhaps is a user's
	keepers      map[*closure]bool     // the functions that did so
	alone        *ir.Expr              // the call that is a statement of its own: nobody wants what it gives
	optional     bool                  // a condition is looked at that only asks whether there is something to be taken
	looked       looked                // what the code has looked at of what came in
	keptWholes   []keptWhole           // calls that store what came in as a whole
	adding       bool                  // what is noted is added to what is there
	turning      *ir.Expr              // the condition of a loop that is looked at
	choosing     *ir.Expr              // a condition is looked at that only says by which number something is counted
	refused      []*ir.Expr            // comparisons that hold for what is refused because it is too much
	rejecting    bool                  // what is followed is done only where a promise has failed
	tries        int                   // what fails is caught
	handedOn     []*Kept               // calls that store or send parts of what came in
	readers      map[*ir.Func]bool     // functions that take parts out of a request
	decoded      []Called              // Go: where what an outsider sent is read into a variable
	befores      []*ir.Func            // middlewares of middy that run before a handler
	guards       []Guard               // conditions by which somebody is turned away that ask what a module keeps
	unguarded    []Called              // where the body of a request is parsed and nothing catches what fails
	badRecords   []Called              // the same of what records hold
	st           *invocations          // where the entry is followed as one of two invocations
}

// maxSteps bounds the expressions that are looked at for one entry, maxCalls how deep calls are followed.
const (
	maxWork  = 3_000_000
	maxCalls = 48
)

// site is where a function is called.
type site struct {
	file   *ir.File
	at     int32
	name   string
	time   int
	given  *arguments
	this   *Value // the object whose method it is
	fn     *ir.Func
	direct bool // it is a call of the function itself
	from   *scope
}

// frame is where an expression stands.
type frame struct {
	s    *scope
	file *ir.File
}

func (in *interp) spend() bool {
	in.steps++
	if in.steps > maxWork && in.st == nil || in.st != nil && in.steps > in.st.budget {
		in.cut = true
	}
	return !in.cut
}

// run follows statements; it reports whether they always leave.
func (in *interp) run(f frame, body []*ir.Stmt) bool {
	for _, s := range body { // functions and classes are there from the start
		if s.Kind == ir.Define && f.file.Language == ir.Node {
			in.define(f, s.Fn)
		}
	}
	for _, s := range body {
		if !in.spend() {
			return true
		}
		if in.statement(f, s) {
			return true
		}
	}
	return false
}

func (in *interp) define(f frame, fn *ir.Func) {
	v := &Value{fns: []*closure{{fn: fn, scope: f.s}}}
	in.set(f.s, fn.Name, in.decorated(f, fn, v), true)
}
