//go:build !nosimulator

package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/paydial/paydial/flows"
)

// maxLines is how many lines of a project the banner lists.
const maxLines = 4

// banner is the first thing a newcomer reads: 80 columns and under 24 lines, whatever the project.
func (n *narrator) banner(what project) {
	p, now := n.p, n.app.App.Projects.Current()
	var b strings.Builder
	row := func(name, value, note string) {
		fmt.Fprintf(&b, "  %-8s %s%s\n", name, value, note)
	}
	if what.demo {
		fmt.Fprintf(&b, "\n  %s %s · nothing here yet, so this is the demo line %q\n\n", p.bold("paydial"), version, now.Line)
	} else {
		fmt.Fprintf(&b, "\n  %s %s · %s\n\n", p.bold("paydial"), version, p.bold(now.Line))
	}
	ring := ""
	if what.demo {
		ring = "   ring, press 1, then 12345678, then 1"
	}
	row("Phone", p.cyan(n.app.AppURL+"/phone"), ring)
	row("Desk", p.cyan(n.app.SignIn("kim")), "   as Kim, an agent")
	if what.campaign != "" {
		row("Outbound", p.cyan(n.app.SignIn("sam")+"?next=/campaigns"), "   as Sam")
	}
	row("Pages", p.cyan(n.app.AppURL), "   calls · payments · recordings · campaigns")
	if !what.demo {
		n.projectRows(what, now, row)
	}
	b.WriteString("\n")
	row("Twilio", twilioNote(what), "")
	row("Data", "in memory, gone when you stop", "")
	row("Card", "4242 4242 4242 4242 · any future date · any code", "")
	fmt.Fprintf(&b, "\n  In a second terminal:\n    %s\n", strings.Join(n.callHint(what, now), " \\\n      "))
	if what.campaign != "" {
		fmt.Fprintf(&b, "    %s campaign start %s\n", n.s.self, what.campaign)
	}
	fmt.Fprintf(&b, "    %s cards   %s\n\n  Ctrl-C to quit\n\n", n.s.self, p.dim("more test cards"))
	n.write(b.String())
}

// projectRows tells what a project of one's own consists of.
func (n *narrator) projectRows(what project, now *flows.Project, row func(name, value, note string)) {
	name := "Lines"
	for i, line := range now.Numbers {
		if i == maxLines {
			row("", fmt.Sprintf("and %d more in %s", len(now.Numbers)-maxLines, flows.ProjectFile), "")
			break
		}
		row(name, spaced(line.Number), "   "+line.Flow)
		name = ""
	}
	if len(now.Numbers) == 0 {
		row(name, n.p.yellow("none"), ": bind a number to a flow under numbers: in "+flows.ProjectFile)
	}
	note := " · reloads when you save"
	if what.settings > 0 {
		note += " · " + dotEnv + ": " + plural(what.settings, "setting")
	}
	dir := homely(what.dir)
	if room := helpWidth - 11 - len([]rune(note)); len([]rune(dir)) > room {
		dir = "…" + string([]rune(dir)[len([]rune(dir))-room+1:])
	}
	row("Files", dir, note)
	if len(what.services) > 0 {
		row("Services", clip(strings.Join(what.services, ", "), 60), " are real")
	}
}

// twilioNote promises only what is true: a project's own services may be anywhere.
func twilioNote(what project) string {
	if len(what.services) > 0 {
		return "simulated: no account, no charges"
	}
	return "simulated: no account, no charges, nothing leaves this computer"
}

// callHint is the command that rings the line from a second terminal, in lines that fit.
func (n *narrator) callHint(what project, now *flows.Project) []string {
	command := n.s.self + " call"
	var rest []string
	if n.app.AppURL != "http://"+defaultListen || n.app.SimURL != "http://"+defaultSimListen {
		rest = append(rest, "--app "+n.app.AppURL, "--simulator "+n.app.SimURL)
	}
	if len(now.Numbers) > 0 && now.Numbers[0].Number != demoLine {
		rest = append(rest, "--to "+now.Numbers[0].Number)
	}
	if what.demo {
		rest = append(rest, "--press 1,12345678,1 --card visa")
	}
	lines := []string{command}
	for _, part := range rest {
		last := len(lines) - 1
		if len(lines[last])+len(part) > helpWidth-10 {
			lines = append(lines, part)
			continue
		}
		lines[last] += " " + part
	}
	return lines
}

// realServices are the services of a project that are not on this machine, by name.
func realServices(p *flows.Project, elsewhere map[string]string) []string {
	var out []string
	for name, service := range p.Services {
		at := service.URL
		if to := elsewhere[name]; to != "" {
			at = strings.ReplaceAll(to, "{simulator}", "http://localhost")
		}
		if u, err := url.Parse(at); err == nil && u.Host != "" && !onThisComputer(at) {
			out = append(out, name+" ("+u.Host+")")
		}
	}
	slices.Sort(out)
	return out
}
