package flows

import (
	"strings"
	"testing"
)

// TestSpanIn writes one sentence in every way YAML has, and looks for the same words in each.
func TestSpanIn(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"plain":           "    - say: Hello ${one}, señor. It is «here», is it?\n",
		"plain, folded":   "    - say: Hello ${one},\n        señor. It\n\n        is «here»,\n        is it?\n",
		"single quotes":   "    - say: 'Hello ${one}, isn''t it so, señor. It is «here», is it?'\n",
		"double quotes":   "    - say: \"Hello \\\"you\\\" ${one}, se\\xf1or. \\u00a1It is «here», is it?\"\n",
		"double, folded":  "    - say: \"Hello ${one}, señ\\\n        or. It is\n        «here», is it?\"\n",
		"folded block":    "    - say: >\n        Hello ${one},\n        señor. It is\n        «here», is it?\n",
		"stripped block":  "    - say: >-\n\n        Hello ${one},\n        señor. It is «here», is it?\n",
		"literal block":   "    - say: |\n        Hello ${one},\n          señor. It is\n        «here», is it?\n",
		"with an anchor":  "    - say: &greeting Hello ${one}, señor. It is «here», is it?\n",
		"with a tag":      "    - say: !!str Hello ${one}, señor. It is «here», is it?\n",
		"in a flow map":   "    - say: { text: \"Hello ${one}, señor. It is «here», is it?\" }\n",
		"behind an emoji": "    - say: 😀 Hello ${one}, señor. It is «here», is it?\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := "scenes:\n  main:\n" + text + "    - hang_up:\n"
			f, _ := readTestFlow(t, whole)
			say := f.Scenes[0].Steps[0].Verb.(*Say).Text.ByLanguage["en-US"]
			lines := strings.Split("format: 1\nflow: test\n"+whole, "\n")
			for _, word := range []string{"«here»", "is it?", "Hello"} {
				from := len([]rune(say.Raw[:strings.LastIndex(say.Raw, word)]))
				at := f.Project.spanIn(say.At, say.Raw, from, from+len([]rune(word)))
				got := string([]rune(lines[at.Line-1])[at.Col-1 : at.EndCol-1])
				if got != word {
					t.Errorf("%s: got %q at %s in %q", word, got, at, say.Raw)
				}
			}
		})
	}
}

func TestSpanInOverTheEdge(t *testing.T) {
	t.Parallel()
	f, _ := readTestFlow(t, "scenes:\n  main:\n    - say: >\n        Hello there,\n        you.\n    - hang_up:\n")
	say := f.Scenes[0].Steps[0].Verb.(*Say).Text.ByLanguage["en-US"]
	for _, c := range []struct {
		from, to int
		want     Span
	}{
		{0, 5, Span{"flows/test.yaml", 6, 9, 14}},
		{6, 16, Span{"flows/test.yaml", 6, 15, 21}}, // to the end of its first line
		{-5, 99, Span{"flows/test.yaml", 6, 9, 21}},
		{13, 13, Span{"flows/test.yaml", 7, 9, 10}},
		{16, 99, Span{"flows/test.yaml", 7, 12, 13}},
	} {
		if got := f.Project.spanIn(say.At, say.Raw, c.from, c.to); got != c.want {
			t.Errorf("%d to %d: got %+v, want %+v", c.from, c.to, got, c.want)
		}
	}
	if got := f.Project.spanIn(say.At, "something else", 3, 5); got != say.At {
		t.Errorf("another text: got %+v, want %+v", got, say.At)
	}
	if got := f.Project.spanIn(say.At, "", 0, 0); got.Line != say.At.Line {
		t.Errorf("no text: got %+v", got)
	}
	if got := f.Project.spanIn(Span{File: "unknown", Line: 3}, "text", 0, 1); got.Line != 3 {
		t.Errorf("no file: got %+v", got)
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	legal := []string{"menu", "ask", "transfer", "text_message", "choose", "choose_language", "voicemail", "hang_up"}
	for word, want := range map[string]string{
		"meun": "menu", "mneu": "menu", "manu": "menu", "men": "menu", "menus": "menu",
		"as": "", "aks": "ask", "tranfser": "transfer", "text-message": "text_message", "textmessage": "text_message",
		"chose": "choose", "choose_langage": "choose_language", "voice_mail": "voicemail", "hangup": "hang_up",
		"hello": "", "": "", "x": "", "menu": "", "transferring_money": "",
	} {
		if got := suggest(word, legal); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
	if got := suggest("gaev_up", []string{"gave_up", "gaev_upp"}); got != "gave_up" && got != "gaev_upp" {
		t.Errorf("got %q", got)
	}
}

func TestIgnore(t *testing.T) {
	t.Parallel()
	step := "ask: { say: Please key in your meter number., digits: 15 }"
	for name, c := range map[string]struct{ text, want string }{
		"in its line":           {"    - " + step + "  # paydial:ignore P001 because meters\n", ""},
		"in the line above":     {"    # paydial:ignore P001 because meters\n    - " + step + "\n", ""},
		"above other comments":  {"    # paydial:ignore P001 meters\n    # have 15 digits\n    - " + step + "\n", ""},
		"without because":       {"    - " + step + " # paydial:ignore P001 meters\n", ""},
		"two lines above":       {"    # paydial:ignore P001 because meters\n\n    - " + step + "\n", "P001"},
		"another code":          {"    - " + step + "  # paydial:ignore P006 because meters\n", "P001"},
		"without a reason":      {"    - " + step + "  # paydial:ignore P001\n", "P001 F030"},
		"only the word because": {"    - " + step + "  # paydial:ignore P001 because\n", "P001 F030"},
		"without a code":        {"    - " + step + "  # paydial:ignore\n", "P001 F031"},
		"small letters":         {"    - " + step + "  # paydial:ignore p001 because meters\n", "P001 F031"},
		"not a comment":         {"    - " + step + "\n    - say: \"paydial:ignore P001 because\"\n", "P001"},
	} {
		_, found := readTestFlow(t, "defaults: { gave_up: main }\nscenes:\n  main:\n"+c.text+"    - hang_up:\n")
		var codes []string
		for _, f := range found {
			codes = append(codes, f.Code)
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
