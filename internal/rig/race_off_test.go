//go:build !race

package rig_test

// deskSessions is how many agents' payments go through the trouble, deskAtOnce how many of them at a time.
const deskSessions, deskAtOnce = 500, 16

// recordingsKept is how many recordings are copied by workers that are killed.
const recordingsKept = 2000

// campaignPeople are those whom workers that are killed ring.
const campaignPeople = 250

// fleetCalls is how many calls the fleet answers at once.
const fleetCalls = 200

// leakCalls is how many calls with distinct card numbers are searched for.
const leakCalls = 200

const everyLook = true
