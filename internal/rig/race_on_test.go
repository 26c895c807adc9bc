//go:build race

package rig_test

// Under the race detector everything takes eight times as long.
const deskSessions, deskAtOnce = 40, 6

const recordingsKept = 200
