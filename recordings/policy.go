package recordings

import "time"

// Origin is where a rule stands, for whoever asks why.
type Origin struct {
	Rule string // such as recordings.keep_for or recordings.classes.complaints.keep_for
	File string // "" for a rule that is built in
	Line int
	Text string // as it is written: "keep_for: 90 days"
}

// What a hold keeps.
const (
	HoldEverywhere = "keep_everywhere"   // Twilio's copy too, until Twilio deletes it
	HoldOurs       = "keep_archive_copy" // Twilio's copy is deleted when it is due
)

// Policy are the rules for one recording.
type Policy struct {
	KeepFor          time.Duration // from Created; 0: until somebody deletes it
	Archive          bool
	DeleteAtTwilio   bool          // whether Twilio's copy is deleted by us at all
	DeleteAfter      time.Duration // how long after it was verified
	PauseForPayments bool
	OnHold           string // HoldEverywhere or HoldOurs
	Class            string // the class whose rules these are; "" for none

	KeepForAt, ArchiveAt, DeleteAfterAt, PauseAt, OnHoldAt Origin
}

// Policies finds the rules for a recording of a flow ("" when not known) and a class ("" for none). Version names the
// whole set: when it changes, the dates of recordings are worked out anew.
type Policies interface {
	For(flow, class string) Policy
	Version() string
}
