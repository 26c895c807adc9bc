package recordings

import "time"

// State is where a recording is in its life.
type State string

// The states. Only Deleted, Failed and Expired are ends.
const (
	Running    State = "recording"         // at Twilio, being made
	Paused     State = "paused"            // being made, but silent: a payment is taken
	Processing State = "processing"        // stopped, Twilio is not ready with it
	Completed  State = "completed"         // Twilio has it; we have no copy that was read back
	Archiving  State = "archiving"         // being copied
	Archived   State = "archived"          // copied, not read back yet
	Verified   State = "verified"          // our copy was read back and is the same: length and SHA-256
	Held       State = "held"              // verified, and a hold keeps it from being deleted
	Deleting   State = "deleting"          // a deletion, at Twilio or of all copies, was decided and is being done
	Deleted    State = "deleted"           // no copy is left
	Failed     State = "failed"            // nothing was recorded, or it was lost; Trouble says why
	Expired    State = "expired_at_twilio" // Twilio's year was over before there was a copy of ours
)

// AtTwilio says what became of Twilio's copy.
type AtTwilio string

// What becomes of Twilio's copy.
const (
	TwilioHas       AtTwilio = "there"
	TwilioDeleted   AtTwilio = "deleted"   // by us, and its absence was checked
	TwilioExpired   AtTwilio = "expired"   // by Twilio, when its year was over
	TwilioElsewhere AtTwilio = "elsewhere" // by somebody else
)

// Recording is one recording of a call: where it is, and until when. Times are zero until they are known.
type Recording struct {
	SID      string // RE...
	Call     string // CA..., the parent call
	Flow     string // name of the flow that the call was in; "" when not known
	Line     string // the number of ours that the call was on; "" when not known
	Class    string // retention class of the rules; "" for none
	Source   string // as Twilio names it: StartCallRecordingAPI, DialVerb, RecordVerb ...
	Channels int
	State    State
	Twilio   AtTwilio

	Started  time.Time     // when the audio begins
	Created  time.Time     // Twilio's date of creation: its year is counted from here
	Duration time.Duration // 0 while it is being made

	Key    string // name in the archive; "" when there is no copy
	Bytes  int64
	SHA256 string // hex, of what Twilio sent

	ArchivedAt, VerifiedAt            time.Time
	TwilioDeletedAt, ArchiveDeletedAt time.Time

	KeepUntil      time.Time // our copy is deleted then; zero: never by itself
	DeleteAtTwilio time.Time // Twilio's copy is deleted then; zero: not by us
	ExpiresAt      time.Time // Twilio deletes its copy by itself then

	OnHold    bool
	Flags     []Flag
	NotPaused []string // payments during which it cannot be shown to have been paused
	Warned    int      // days before Twilio's year ends for which a warning was given last: 60, 30 or 7; 0: none
	Tries     int      // failed ones of the step that is to be done now
	Trouble   string   // what went wrong last, for people; "" when all is well
}

// Flag is something about a recording that a person has to look at.
type Flag string

// The flags.
const (
	// FlagNotPaused: a payment was taken during it, and it could not be shown that it was paused meanwhile.
	FlagNotPaused Flag = "not_paused"
	// FlagLost: it is gone at Twilio and there was no copy.
	FlagLost Flag = "lost"
	// FlagDamaged: the copy in the archive is not what was stored.
	FlagDamaged Flag = "damaged"
	// FlagStuck: a step has failed many times, or three copies in a row were not what Twilio sent; it goes on being
	// tried, and Trouble says why it fails.
	FlagStuck Flag = "stuck"
)

// CallFacts are what is known of a recording's call besides Twilio's own words.
type CallFacts struct {
	Flow, Line, Class string
}
