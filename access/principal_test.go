package access_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/access"
)

// TestWhoMayDoWhat is the table of roles and permissions, said once more.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	view := "view_calls view_payments view_flows"
	of := func(r access.Role) access.Principal { return access.Principal{ID: "x", Roles: []access.Role{r}} }
	for name, c := range map[string]struct {
		who  access.Principal
		want string
	}{
		"nobody":             {access.Principal{}, ""},
		"agent":              {of(access.Agent), view + " take_payments read_campaigns add_dnc"},
		"supervisor":         {of(access.Supervisor), view + " take_payments take_over raise_amount see_audit read_transcripts hear_recordings hold_recordings read_campaigns run_campaigns add_dnc manage_dnc"},
		"auditor":            {of(access.Auditor), view + " see_audit read_transcripts hear_recordings read_campaigns"},
		"ops":                {of(access.Ops), view + " see_audit read_transcripts manage hold_recordings manage_recordings read_campaigns run_campaigns add_dnc manage_dnc"},
		"two roles":          {access.Principal{ID: "x", Roles: []access.Role{access.Auditor, access.Agent}}, view + " take_payments see_audit read_transcripts hear_recordings read_campaigns add_dnc"},
		"another word":       {of("boss"), ""},
		"an API token":       {access.API(), view + " take_payments take_over raise_amount see_audit read_transcripts manage hear_recordings hold_recordings manage_recordings read_campaigns run_campaigns add_dnc manage_dnc"},
		"this computer":      {access.Local(), view + " hear_recordings read_campaigns"},
		"a role of a server": {of("API"), ""},
	} {
		var can []string
		for _, p := range access.Permissions() {
			if c.who.Can(p) {
				can = append(can, string(p))
			}
		}
		if diff := cmp.Diff(c.want, strings.Join(can, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if c.who.Can("") || c.who.Can("anything") {
			t.Errorf("%s may do what there is not", name)
		}
	}
	if access.CheckRole("api") == nil || access.CheckRole("local") == nil || access.CheckRole("agent") != nil {
		t.Error("the wrong words can be given as roles")
	}
}
