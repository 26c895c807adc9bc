package access

import (
	"slices"
	"strings"
)

// Permission is one thing that somebody may be allowed to do. The list is closed: a new one gets its line in
// granted.
type Permission string

// The permissions.
const (
	ViewCalls    Permission = "view_calls"    // calls and their live feed
	ViewPayments Permission = "view_payments" // the ledger
	ViewFlows    Permission = "view_flows"    // flows and their pictures
	TakePayments Permission = "take_payments" // start, ask, complete and cancel payments of one's own
	TakeOver     Permission = "take_over"     // take over what somebody else has started
	RaiseAmount  Permission = "raise_amount"  // charge more than the flow asked for
	SeeAudit     Permission = "see_audit"     // the audit log
	Manage       Permission = "manage"        // figures, settings, other people's sessions

	HearRecordings   Permission = "hear_recordings"   // what was recorded, played or downloaded; the list needs ViewCalls only
	HoldRecordings   Permission = "hold_recordings"   // keep recordings from being deleted, and release them
	ManageRecordings Permission = "manage_recordings" // compare them with Twilio's list, verify the archive
	ReadTranscripts  Permission = "read_transcripts"  // what was said on calls, private numbers masked

	ReadCampaigns Permission = "read_campaigns" // campaigns, the people in them and why they are rung; do-not-call lists
	RunCampaigns  Permission = "run_campaigns"  // create, start, pause, slow and stop them; leave somebody out
	AddDNC        Permission = "add_dnc"        // put one number on a do-not-call list: whoever is asked on a call must be able to
	ManageDNC     Permission = "manage_dnc"     // take numbers off do-not-call lists, put whole files on them, say what they are
)

// Permissions is every permission there is, in the order they are shown.
func Permissions() []Permission {
	return []Permission{
		ViewCalls, ViewPayments, ViewFlows, TakePayments, TakeOver, RaiseAmount, SeeAudit, ReadTranscripts, Manage,
		HearRecordings, HoldRecordings, ManageRecordings, ReadCampaigns, RunCampaigns, AddDNC, ManageDNC,
	}
}

// Role is a set of permissions with a name.
type Role string

// The roles of people. A person may have several.
const (
	Agent      Role = "agent"      // takes payments on calls
	Supervisor Role = "supervisor" // an agent who may also take over and raise amounts
	Auditor    Role = "auditor"    // reads everything, changes nothing
	Ops        Role = "ops"        // keeps the system running
)

// The roles that nobody can be given: of an API token, and of whoever sits at a developer's own computer.
const (
	roleAPI   Role = "api"
	roleLocal Role = "local"
)

// Roles is every role a person can have.
func Roles() []Role { return []Role{Agent, Supervisor, Auditor, Ops} }

// granted is what a role may do.
func granted(r Role) []Permission {
	switch r {
	case Agent:
		return []Permission{ViewCalls, ViewPayments, ViewFlows, TakePayments, ReadCampaigns, AddDNC}
	case Supervisor:
		return []Permission{ViewCalls, ViewPayments, ViewFlows, TakePayments, TakeOver, RaiseAmount, SeeAudit, ReadTranscripts, HearRecordings, HoldRecordings,
			ReadCampaigns, RunCampaigns, AddDNC, ManageDNC}
	case Auditor:
		return []Permission{ViewCalls, ViewPayments, ViewFlows, SeeAudit, ReadTranscripts, HearRecordings, ReadCampaigns}
	case Ops:
		return []Permission{ViewCalls, ViewPayments, ViewFlows, SeeAudit, ReadTranscripts, Manage, HoldRecordings, ManageRecordings,
			ReadCampaigns, RunCampaigns, AddDNC, ManageDNC}
	case roleAPI:
		return Permissions()
	case roleLocal:
		return []Permission{ViewCalls, ViewPayments, ViewFlows, HearRecordings, ReadCampaigns}
	}
	return nil
}

// Via says by which way somebody came.
type Via string

// The ways.
const (
	ViaPage Via = "page" // a signed-in person's browser
	ViaAPI  Via = "api"  // a program with the API token
)

// Principal is who sent a request. The zero Principal is nobody and may do nothing.
type Principal struct {
	ID      string // of a person: the name they sign in with; "api" for an API token, "local" for this computer
	Name    string // for people to read
	Roles   []Role
	Via     Via
	Session string // tells two sessions of one person apart; never the cookie. "" without a session
}

// API is whoever has an API token: it may do everything.
func API() Principal {
	return Principal{ID: string(roleAPI), Name: "API token", Roles: []Role{roleAPI}, Via: ViaAPI}
}

// Local is whoever sits at a developer's own computer and has not signed in: they may look.
func Local() Principal {
	return Principal{ID: string(roleLocal), Name: "this computer", Roles: []Role{roleLocal}, Via: ViaPage}
}

// Can tells whether one of the roles grants p.
func (p Principal) Can(permission Permission) bool {
	for _, r := range p.Roles {
		if slices.Contains(granted(r), permission) {
			return true
		}
	}
	return false
}

// Person tells whether this is a signed-in person, with a name of their own and a session to end.
func (p Principal) Person() bool { return p.Session != "" }

// RoleWords is the roles as one text, "agent, auditor".
func (p Principal) RoleWords() string { return roleWords(p.Roles) }

func roleWords(roles []Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, ", ")
}
