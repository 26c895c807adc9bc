//go:build race

package rig_test

// Under the race detector everything takes eight times as long.
const (
	deskSessions, deskAtOnce = 30, 6
	recordingsKept           = 200
	campaignPeople           = 100
	fleetCalls, leakCalls    = 60, 40
)

// everyLook says whether pages are looked at in both widths and in both colours: else every other
// one is wide and light, the rest narrow and dark.
const everyLook = false
