// Package local runs everything on one machine: the app, a Twilio look-alike beside it, an in-process Redis and
// a database in memory, joined by nothing but HTTP. Local is its main type; `paydial dev` and the tests' rig
// both start it, so the demo and the tests are the same thing.
//
// It must not reach into the app or the simulator: it hands each its configuration and lets them talk over
// their real protocols, signatures included.
package local
