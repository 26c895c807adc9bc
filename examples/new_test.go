package examples

import (
	"strings"
	"testing"
)

func TestNewWritesAProject(t *testing.T) {
	t.Parallel()
	made, err := New(Project{Name: "pay-by-phone"})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range made {
		paths = append(paths, f.Path)
		if strings.Contains(string(f.Data), "__") {
			t.Errorf("%s still has a mark in it:\n%s", f.Path, f.Data)
		}
	}
	want := "paydial.yaml flows/pay-by-phone.yaml .gitignore .env.example"
	if got := strings.Join(paths, " "); got != want {
		t.Errorf("New wrote %s, want %s", got, want)
	}
	for _, said := range []string{"line: Pay by phone\n", `"+15550100000": pay-by-phone `, "timezone: America/New_York\n"} {
		if !strings.Contains(string(made[0].Data), said) {
			t.Errorf("paydial.yaml lacks %q:\n%s", said, made[0].Data)
		}
	}
}

func TestNewRefusesWhatWouldNotLoad(t *testing.T) {
	t.Parallel()
	for _, p := range []Project{
		{}, {Name: "Pay"}, {Name: "pay_now"}, {Name: "../pay"}, {Name: "-"}, {Name: "pay-"},
		{Name: "pay", Line: "a: b"}, {Name: "pay", Line: "# hash"}, {Name: "pay", Line: "two\nlines"},
		{Name: "pay", Language: "fr-CA"}, {Name: "pay", Timezone: "../etc/passwd"},
	} {
		if made, err := New(p); err == nil {
			t.Errorf("New(%+v) = %d files, want an error", p, len(made))
		}
	}
}
