// Package rules decides whether a person may be rung now, and when else. Book is its main type: a rule book read from
// YAML, each rule with where it comes from, what we do for it and what we do not. Judge looks at every rule and answers
// a Decision that says of each whether it held, so that "why was this person not called?" has an answer in a line, and
// every attempt can keep what allowed it.
//
// A book is notes by people who are no lawyers, for a program that has to stop by itself; it is not legal advice.
//
// Judging is pure: clock, lists and past attempts come in as Facts. The package must not know where these are kept, how
// a call is made, or what runs a campaign.
package rules
