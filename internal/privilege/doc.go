// Package privilege works out where permissions lead: what each role can read, write, delete and administer if it is taken over,
// and by which combinations of them it gains more than it was given, by itself or through another role of the application.
//
// It judges nothing and shows nothing; rules and views do.
package privilege
