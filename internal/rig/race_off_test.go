//go:build !race

package rig_test

// deskSessions is how many agents' payments go through the trouble, deskAtOnce how many of them at a time.
const deskSessions, deskAtOnce = 500, 16

// recordingsKept is how many recordings are copied by workers that are killed.
const recordingsKept = 2000

const everyLook = true

// campaignPeople are those whom workers that are killed ring.
const campaignPeople = 250
