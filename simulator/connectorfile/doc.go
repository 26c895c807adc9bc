// Package connectorfile reads a file of Pay Connectors for the simulator: a YAML mapping with one field,
// connectors, a list of them. Read is its entry, and Errors its main type: everything that is wrong with a file,
// each with its place and how to mend it.
//
// It is strict, as a misspelt field would be a connector that behaves otherwise than its author believes. It must
// not know flows or the rest of a project, and its errors never repeat a password.
package connectorfile
