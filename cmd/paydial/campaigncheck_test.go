package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/examples"
)

// renewalsProject is the example with a campaign as a project on disk.
func renewalsProject(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, examples.Renewals()); err != nil {
		t.Fatal(err)
	}
	return dir
}

const (
	renewalsFile = "campaigns/spring-renewals.yaml"
	atMonday     = "2027-04-05T15:00:00Z"
)

var bookStamp = regexp.MustCompile(`us-renewal [0-9-]+\+[0-9a-f]+:`)

// without is a text without what differs from run to run.
func without(text, dir string) string {
	text = strings.ReplaceAll(text, dir, "DIR")
	at := strings.Index(text, "renew-plan@") + len("renew-plan@")
	return bookStamp.ReplaceAllString(text[:at]+"0000"+text[at+4:], "us-renewal DAY+HASH:")
}

// TestCampaignCheckGolden prints what the example comes to. PAYDIAL_UPDATE=1 writes it anew.
func TestCampaignCheckGolden(t *testing.T) {
	t.Parallel()
	dir := renewalsProject(t)
	r := paydial(t, nil, "campaign", "check", filepath.Join(dir, renewalsFile), "--at", atMonday)
	r.want(t, 0)
	golden := "testdata/campaign-check.txt"
	got := without(r.out, dir)
	if os.Getenv("PAYDIAL_UPDATE") != "" {
		write(t, golden, got)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
	rejected, err := os.ReadFile(filepath.Join(dir, "lists/spring-renewals.rejected.csv"))
	if err != nil || !strings.HasPrefix(string(rejected), "line,column,reason,expected,found,how to mend,MemberNo,") {
		t.Errorf("%v\n%s", err, rejected)
	}
	again := paydial(t, nil, "campaign", "check", filepath.Join(dir, renewalsFile), "--at", atMonday) // over what it wrote itself
	again.want(t, 0)
	write(t, filepath.Join(dir, "lists/spring-renewals.rejected.csv"), "\ufeffrejected line;column;reason;x\n")
	paydial(t, nil, "campaign", "check", filepath.Join(dir, renewalsFile), "--at", atMonday).want(t, 0)
	if left, _ := filepath.Glob(filepath.Join(dir, "lists/.*")); len(left) > 0 {
		t.Errorf("it leaves %v", left)
	}
}

func TestCampaignCheckJSON(t *testing.T) {
	t.Parallel()
	dir := renewalsProject(t)
	r := paydial(t, nil, "campaign", "check", "--dir", dir, "spring-renewals", "--json", "--no-rejected", "--strict")
	r.want(t, exitFindings)
	var got struct {
		campaigns.Report
		RejectedFile string `json:"rejected_file"`
	}
	if err := json.Unmarshal([]byte(r.out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Rows != 40 || got.Will+got.WillNot != 40 || got.Rejected == 0 || got.RejectedFile != "" {
		t.Errorf("%+v", got.Report)
	}
	if there, _ := filepath.Glob(filepath.Join(dir, "lists/*.rejected.csv")); len(there) > 0 {
		t.Errorf("it wrote %v", there)
	}
}

// listsIn are the do-not-call lists of a server's database, which is made.
func listsIn(t *testing.T, url string) *campaigns.DoNotCall {
	t.Helper()
	base, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = base.Close() })
	all, err := campaigns.New(t.Context(), campaigns.Config{DB: base})
	if err != nil {
		t.Fatal(err)
	}
	return all.Lists()
}

func TestCampaignCheckLooksAtTheServersLists(t *testing.T) {
	t.Parallel()
	dir := renewalsProject(t)
	e := env{"PAYDIAL_DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "p.db"), "USER": "kim"}
	check := []string{"campaign", "check", filepath.Join(dir, renewalsFile), "--no-rejected"}
	paydial(t, e, check...).want(t, exitNotFound, "there is no database")
	write(t, strings.TrimPrefix(e["PAYDIAL_DATABASE_URL"], "sqlite:"), "")
	paydial(t, e, check...).want(t, exitFailed, "is not of this version")
	if err := listsIn(t, e["PAYDIAL_DATABASE_URL"]).Add(t.Context(), "company", "+15550141960", "asked"); err != nil {
		t.Fatal(err)
	}
	r := paydial(t, e, check...)
	r.want(t, 0, "on the do-not-call list company", "line 2")
	if strings.Contains(r.out, "not looked at") {
		t.Errorf("it says that nothing was looked at:\n%s", r.out)
	}
}

func TestCampaignCheckFails(t *testing.T) {
	t.Parallel()
	dir := renewalsProject(t)
	list := filepath.Join(dir, "lists/spring.csv")
	file := filepath.Join(dir, renewalsFile)
	paydial(t, nil, "campaign", "check", "--dir", dir, "autumn").want(t, exitNotFound, "there is no campaign autumn", renewalsFile)
	paydial(t, nil, "campaign", "check", filepath.Join(dir, "paydial.yaml")).want(t, exitNotFound, "is in no project: a campaign is a file in campaigns/")
	paydial(t, nil, "campaign", "check").want(t, exitUsage, "write it so: paydial campaign check FILE")
	paydial(t, nil, "campaign", "check", file, "--at", "noon").want(t, exitUsage, `--at "noon": write a moment as 2027-04-05T09:00:00Z`)
	paydial(t, nil, "campaign", "check", file, "--rejected", list).want(t, exitUsage, "would be written over the list")
	paydial(t, nil, "campaign", "check", file, "--rejected", file).want(t, exitConflict, "is no file of rejected rows: name another with --rejected")
	paydial(t, nil, "campaign", "check", file, "--rejected", filepath.Join(dir, "no/such/x.csv")).want(t, exitFailed, "write rejected rows")
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	write(t, list, strings.Replace(string(text), "Dana", "Jos\xe9", 1))
	paydial(t, nil, "campaign", "check", file).want(t, exitFindings, "spring.csv: line 2, column 3 (First): the file is not UTF-8")
	write(t, list, strings.Replace(string(text), "Mobile", "mobile", 1))
	paydial(t, nil, "campaign", "check", file, "--no-rejected").want(t, 0) // the case of a header does not matter
	if err := os.Rename(list, list+".away"); err != nil {
		t.Fatal(err)
	}
	paydial(t, nil, "campaign", "check", file).want(t, exitNotFound, "there is no file", "lists/spring.csv")
	if err := os.Rename(list+".away", list); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "lists/state-dnc.csv")); err != nil {
		t.Fatal(err)
	}
	paydial(t, nil, "campaign", "check", file).want(t, exitFailed, "do-not-call list lists/state-dnc.csv: there is no file")
	edit(t, dir, renewalsFile, "flow: renew-plan", "flow: renew-plam")
	paydial(t, nil, "campaign", "check", file).want(t, exitFindings, "renew-plam")
	edit(t, dir, "flows/renew-plan.yaml", "flow: renew-plan", "flow: [")
	paydial(t, nil, "campaign", "check", file).want(t, exitFindings)
}
