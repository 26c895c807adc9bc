package main

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/paydial/paydial/recordings"
)

// recordingCommand is what every command of recordings has.
type recordingCommand struct{ deskCommand }

func recordingsCommand(s streams) *cobra.Command {
	r := &recordingCommand{deskCommand{s: s}}
	cmd := &cobra.Command{
		Use:   "recordings",
		Short: "What was recorded: keep, hold, export and verify it",
		Long: "Look at the recordings of calls, with why each is kept until when; hold them, export them, and check that the\n" +
			"copies and the receipts are as they were written. An app that is not dev's wants its token in PAYDIAL_API_TOKEN.\n" +
			"What is done and why: docs/recordings.md.",
		Example: "  paydial recordings list --flagged                # somebody has to look at these\n" +
			"  paydial recordings hold CA... --because \"complaint 4711\"\n" +
			"  paydial recordings verify                        # copies and receipts",
	}
	cmd.PersistentFlags().StringVar(&r.app, "app", "http://127.0.0.1:8080", "the app")
	cmd.PersistentFlags().BoolVar(&r.asJSON, "json", false, "as JSON")
	inGroup(cmd, "Look", r.listCommand(), r.showCommand(), r.whyCommand(), r.totalsCommand(), r.downloadCommand())
	inGroup(cmd, "Keep", r.holdCommand(), r.releaseCommand(), r.holdsCommand(), r.sweepCommand())
	inGroup(cmd, "Prove", r.receiptCommand(), r.exportCommand(), r.verifyCommand())
	return cmd
}

// recordingRow is a recording as GET /api/v1/recordings lists it.
type recordingRow struct {
	SID       string            `json:"sid"`
	Call      string            `json:"call_sid"`
	Flow      string            `json:"flow"`
	Line      string            `json:"line"`
	Class     string            `json:"class"`
	Source    string            `json:"source"`
	Channels  int               `json:"channels"`
	State     recordings.State  `json:"state"`
	Created   time.Time         `json:"created_at"`
	Seconds   float64           `json:"seconds"`
	AtTwilio  twilioCopy        `json:"at_twilio"`
	InArchive archiveCopy       `json:"in_archive"`
	Held      bool              `json:"held"`
	Flags     []recordings.Flag `json:"flags"`
	NotPaused []string          `json:"not_paused"`
	Trouble   string            `json:"trouble"`
}

// twilioCopy is Twilio's copy.
type twilioCopy struct {
	State     recordings.AtTwilio `json:"state"`
	DeleteAt  time.Time           `json:"delete_at"`
	ExpiresAt time.Time           `json:"expires_at"`
	DeletedAt time.Time           `json:"deleted_at"`
}

// archiveCopy is ours. Its state is none, stored, verified or deleted.
type archiveCopy struct {
	State      string    `json:"state"`
	Key        string    `json:"key"`
	Bytes      int64     `json:"bytes"`
	SHA256     string    `json:"sha256"`
	VerifiedAt time.Time `json:"verified_at"`
	DeleteAt   time.Time `json:"delete_at"`
	DeletedAt  time.Time `json:"deleted_at"`
}

// recordingShown is a recording with all that belongs to it.
type recordingShown struct {
	recordingRow
	Holds  []holdRow `json:"holds"`
	Pauses []struct {
		Payment string    `json:"payment"`
		From    time.Time `json:"from"`
		To      time.Time `json:"to"`
		Sure    bool      `json:"sure"`
		Trouble string    `json:"trouble"`
	} `json:"pauses"`
	Receipts   []json.RawMessage `json:"receipts"`
	Transcript *bool             `json:"transcript"`
}

// recordingFilter is which recordings are meant.
type recordingFilter struct {
	states, flow, call, line, class, since, until, deleted string
	flagged, held                                          bool
}

func (f *recordingFilter) add(set *pflag.FlagSet) {
	set.StringVar(&f.call, "call", "", "only of this call")
	set.StringVar(&f.line, "line", "", "only of this number of ours")
	set.StringVar(&f.flow, "flow", "", "only of this flow")
	set.StringVar(&f.class, "class", "", "only of this retention class")
	set.StringVar(&f.states, "state", "", "only these, separated by commas: completed, verified, deleted ...")
	set.StringVar(&f.since, "since", "", "made in the last so many hours, as 48h, or since a day or a time")
	set.StringVar(&f.until, "until", "", "made before then")
	set.BoolVar(&f.flagged, "flagged", false, "only those that somebody has to look at")
	set.BoolVar(&f.held, "held", false, "only those that are held")
}

// query is the filter in the API's words.
func (f *recordingFilter) query() url.Values {
	q := url.Values{}
	for name, text := range map[string]string{
		"state": f.states, "flow": f.flow, "call": f.call, "line": f.line, "class": f.class, "since": f.since, "until": f.until,
		"deleted_within": f.deleted,
	} {
		if text != "" {
			q.Set(name, text)
		}
	}
	for name, yes := range map[string]bool{"flagged": f.flagged, "held": f.held} {
		if yes {
			q.Set(name, "true")
		}
	}
	return q
}

// recordingID is an argument that names a recording.
func recordingID(text string) (string, error) {
	if !strings.HasPrefix(text, "RE") || len(text) > 64 {
		return "", fail(exitUsage, "%.60q is no recording: its id begins with RE", text)
	}
	return text, nil
}

// named reads the recording that an argument names, and signs in to the app.
func (r *recordingCommand) named(cmd *cobra.Command, arg string) (sid string, c *deskClient, err error) {
	if sid, err = recordingID(arg); err == nil {
		c, err = r.client(cmd)
	}
	return sid, c, err
}

// recordingHelp is what to do about a problem of the API with recordings; "" for others.
func recordingHelp(self, code string) string {
	return map[string]string{
		"no_such_recording":  "These are there: " + self + " recordings list\nOne that Twilio has and that is not there is found by: " + self + " recordings sweep",
		"no_copy":            "Its receipts say what became of it: " + self + " recordings receipt RE...",
		"no_such_hold":       "These are there: " + self + " recordings holds",
		"hold_released":      "Nothing was changed. Who did it and why: " + self + " recordings holds --released",
		"hold_names_nothing": "Name a call, a recording, --line, or a time with --since and --until.",
		"why_needed":         "Say why with --because: it stands in the receipt.",
		"sweep_under_way":    "Wait until it has ended, or look with --dry-run.",
	}[code]
}
