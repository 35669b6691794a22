// Package model is the ground of Wardlet: what a serverless application is, once its templates are read.
//
// It holds plain data and imports nothing of the project. Templates write it, assembly joins it, engines and reports
// read it. How files are found, parsed, expanded or judged is left to the floors above.
package model
