package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestCampaignPreview(t *testing.T) {
	t.Parallel()
	dir := renewalsProject(t)
	file := filepath.Join(dir, renewalsFile)
	r := paydial(t, nil, "campaign", "preview", file, "3", "--press", "1,1967,1,paid")
	r.want(t, 0, "Line 3, M-10042, +1 555 014 1967, es-US: answered by a human", "Luis", "99 dólares", "(keys a card: 99.50 paid)", "outcome: renewed",
		"answered by a machine", "outcome: left_message")
	if strings.Contains(r.out, "1967)") {
		t.Errorf("the year of birth is shown:\n%s", r.out)
	}
	paydial(t, nil, "campaign", "preview", file, "--press", "1,1960,1,declined").want(t, 0, "Line 2,", "(keys a card: 129.00 declined)", "not been charged")
	paydial(t, nil, "campaign", "preview", file).want(t, 0, "(silence)")
	paydialWith(t, strings.NewReader("1\nh\n"), nil, "campaign", "preview", file).want(t, 0, "keys › ", "(hangs up)")
}

// TestCampaignPreviewWritesNothing opts out in a preview, with a database there.
func TestCampaignPreviewWritesNothing(t *testing.T) {
	t.Parallel()
	dir, e := renewalsProject(t), env{"PAYDIAL_DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "p.db")}
	lists := listsIn(t, e["PAYDIAL_DATABASE_URL"])
	paydial(t, e, "campaign", "preview", "--dir", dir, "spring-renewals", "--press", "9").want(t, 0, "would be put on the do-not-call list company", "outcome: opted_out")
	if stays, err := lists.History(t.Context(), "+15550141960"); err != nil || len(stays) > 0 {
		t.Errorf("it is on %+v, %v", stays, err)
	}
}

func TestCampaignPreviewFails(t *testing.T) {
	t.Parallel()
	dir := renewalsProject(t)
	preview := []string{"campaign", "preview", filepath.Join(dir, renewalsFile)}
	paydial(t, nil, append(preview, "x")...).want(t, exitUsage, `"x" is no line of the list`)
	paydial(t, nil, append(preview, "4711")...).want(t, exitNotFound, "nobody stands on line 4711")
	paydial(t, nil, append(preview, "25")...).want(t, exitFindings, "line 25 would not be rung: missing:price")
	write(t, filepath.Join(dir, "lists/spring.csv"), "MemberNo,Mobile,First,Lang,BirthYear,Plan,Price,EndDate,TZ,Zip,ConsentDate\n")
	paydial(t, nil, preview...).want(t, exitNotFound, "there is nobody on it who can be rung")
	write(t, filepath.Join(dir, "lists/spring.csv"), "Mobile,mobile\n")
	paydial(t, nil, preview...).want(t, exitFindings, "two columns have the same name")
}
