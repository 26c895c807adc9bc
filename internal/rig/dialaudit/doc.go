// Command dialaudit reads what a Twilio says it was asked to dial, and the list, the hours and the limits that were to be
// kept, and says whether they were. main is the whole of it; audit is what it works on.
//
// It is a second opinion: it must not import anything of the app or of the simulator, so that a rule that both
// misunderstand in the same way cannot pass. What it knows of calling hours it works out itself.
package main
