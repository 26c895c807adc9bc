// Package recordings keeps recordings of calls for as long as the project's rules say, and proves it: an index of
// them, copies in an archive, deletion here and at Twilio with a receipt for each, and which of them were paused while
// a caller paid. Recordings is its main type.
//
// Each recording is a row whose state is moved by a table of states (internal/machine) and by nothing else. What is
// done is decided by pure functions from the row, the rules and the clock; the worker carries it out and can be killed
// at any moment: a copy at Twilio is deleted only once a copy in the archive was read back and found the same.
//
// It must not know flows, sessions or payments: what it has to know of a call is told to it. It never sees a digit
// that a caller keyed. In PCI Mode Twilio deletes recordings after a year, and a deletion is for good:
// https://www.twilio.com/docs/voice/pci-workflows
package recordings
