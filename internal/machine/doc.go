// Package machine is looplab/fsm as a table: which event leads from which state to which. Machine is its main type;
// Next is a pure question, asked of a table that is built once and shared.
//
// It is the only user of looplab/fsm, so that the traps of that library are kept off in one place. It must not know
// what the states mean: flows, payments and recordings bring their own tables.
package machine
