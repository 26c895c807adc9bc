// Package server puts the app together: Redis, the ledger, the flows, the door Twilio calls at and the pages
// people open. App is its main type. The command, the tests' rig and the benchmarks all start the app through
// it, so what is tested is what runs.
//
// It must not know whether Twilio or the simulator is calling, and holds no logic beyond wiring: what happens
// on a call is ivr's, what people see is console's.
package server
