// Package caller is a person with a phone, written down: it rings a line of the simulator, presses what its
// script says at each stop, types a test card into <Pay>, and tells what it heard. Caller is its main type.
//
// It speaks the simulator's control API only (/sim/v1), as the web phone does, so it must not know the app,
// its flows, or the inside of the simulator. Card numbers it types are published test numbers.
package caller
