package redact_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/paydial/paydial/internal/carddata"
	"github.com/paydial/paydial/recordings/redact"
	"github.com/paydial/paydial/simulator/cards"
)

// voice is how a test says numbers in a language: by words that it lists itself, not by the package's.
type voice struct {
	language string
	digits   []string
	pair     func(n int) string // 11 to 99, as one would read it
	fillers  []string
	repeat   []string // index 2 and 3
}

func voices() []voice {
	return []voice{
		{"en-US", strings.Fields("zero one two three four five six seven eight nine"), english,
			[]string{" ", ", ", " um ", " dash ", " then ", " and ", ". ", " uh let me see ", " okay next is ", "-", " my card number is ", " ... "}, []string{2: "double", 3: "triple"}},
		{"en-GB", strings.Fields("oh one two three four five six seven eight nine"), english, []string{" ", ", "}, []string{2: "double", 3: "treble"}},
		{"es-ES", strings.Fields("cero uno dos tres cuatro cinco seis siete ocho nueve"), spanish,
			[]string{" ", ", ", " eh ", " guion ", " luego ", " y luego ", " mi número de tarjeta es "}, []string{2: "doble", 3: "triple"}},
		{"fr-FR", strings.Fields("zéro un deux trois quatre cinq six sept huit neuf"), french,
			[]string{", ", " euh ", " tiret ", " puis ", " et ensuite ", " mon numéro de carte est "}, []string{2: "double", 3: "triple"}},
		{"de-DE", strings.Fields("null eins zwei drei vier fünf sechs sieben acht neun"), german,
			[]string{" ", ", ", " ähm ", " Strich ", " dann ", " und dann ", " meine Kartennummer ist "}, []string{2: "doppel", 3: "dreimal"}},
		{"pt-BR", strings.Fields("zero um dois três quatro cinco meia sete oito nove"), portuguese, []string{" ", ", ", " né ", " traço ", " depois ", " e depois "}, nil},
		{"it-IT", strings.Fields("zero uno due tre quattro cinque sei sette otto nove"), italian, []string{" ", ", ", " ehm ", " trattino ", " poi ", " e poi "}, []string{2: "doppio", 3: "triplo"}},
	}
}

func english(n int) string {
	teens := strings.Fields("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	tens := strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
	return tensAnd(n, teens, tens, strings.Fields("- one two three four five six seven eight nine"), "-")
}

func spanish(n int) string {
	teens := strings.Fields("diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve")
	twenties := strings.Fields("veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve")
	if n/10 == 2 {
		return twenties[n%10]
	}
	tens := strings.Fields("- - veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa")
	return tensAnd(n, teens, tens, strings.Fields("- uno dos tres cuatro cinco seis siete ocho nueve"), " y ")
}

func french(n int) string {
	small := strings.Fields("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf")
	tens := strings.Fields("- - vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt")
	switch {
	case n < 20:
		return small[n]
	case n == 80:
		return "quatre-vingts"
	case n/10 == 7 || n/10 == 9:
		return tens[n/10] + "-" + small[n%20]
	case n%10 == 0:
		return tens[n/10]
	case n%10 == 1 && n < 80:
		return tens[n/10] + " et un"
	}
	return tens[n/10] + "-" + small[n%10]
}

func german(n int) string {
	teens := strings.Fields("zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn")
	tens := strings.Fields("- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
	units := strings.Fields("- ein zwei drei vier fünf sechs sieben acht neun")
	if n < 20 || n%10 == 0 {
		return tensAnd(n, teens, tens, units, "")
	}
	return units[n%10] + "und" + tens[n/10]
}

func portuguese(n int) string {
	teens := strings.Fields("dez onze doze treze catorze quinze dezesseis dezessete dezoito dezenove")
	tens := strings.Fields("- - vinte trinta quarenta cinquenta sessenta setenta oitenta noventa")
	return tensAnd(n, teens, tens, strings.Fields("- um dois três quatro cinco seis sete oito nove"), " e ")
}

func italian(n int) string {
	teens := strings.Fields("dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove")
	tens := strings.Fields("- - venti trenta quaranta cinquanta sessanta settanta ottanta novanta")
	unit := strings.Fields("- uno due tre quattro cinque sei sette otto nove")
	stem := tens[max(n/10, 0)]
	if n >= 20 && (n%10 == 1 || n%10 == 8) {
		stem = stem[:len(stem)-1]
	}
	if n < 20 || n%10 == 0 {
		return tensAnd(n, teens, tens, unit, "")
	}
	return stem + unit[n%10]
}

func tensAnd(n int, teens, tens, units []string, and string) string {
	switch {
	case n < 20:
		return teens[n-10]
	case n%10 == 0:
		return tens[n/10]
	}
	return tens[n/10] + and + units[n%10]
}

// say spells a number out in random pieces: digits and pairs, typed and spoken, doubled, with what people say between.
func (v voice) say(r *rand.Rand, number string) []string {
	var out []string
	for i := 0; i < len(number); {
		rest := number[i:]
		same := 1
		for same < len(rest) && rest[same] == rest[0] {
			same++
		}
		digit := v.digits[rest[0]-'0']
		switch k := r.IntN(10); {
		case k < 2:
			n := min(1+r.IntN(6), len(rest))
			out = append(out, rest[:n])
			i += n
		case k < 4 && len(rest) >= 2 && rest[0] != '0':
			n, _ := strconv.Atoi(rest[:2])
			if n < 11 {
				n = 10
			}
			if strconv.Itoa(n) != rest[:2] {
				out = append(out, digit)
				i++
				continue
			}
			out = append(out, v.pair(n))
			i += 2
		case k < 6 && same >= 3 && len(v.repeat) > 3:
			out = append(out, v.repeat[3]+" "+digit)
			i += 3
		case k < 7 && same >= 2 && len(v.repeat) > 2:
			out = append(out, v.repeat[2]+" "+digit)
			i += 2
		default:
			if r.IntN(4) == 0 {
				digit = strings.ToUpper(digit[:1]) + digit[1:]
			}
			out = append(out, digit)
			i++
		}
	}
	return out
}

var heldForm = regexp.MustCompile(`\[[0-9]+ digits?\]`)

// left is what of the pieces still stands in a text, masks aside.
func left(text string, pieces []string) []string {
	for _, k := range redact.Kinds() {
		text = strings.ReplaceAll(text, "["+string(k)+"]", " ")
	}
	text = heldForm.ReplaceAllString(text, " ")
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	var out []string
	for _, p := range pieces {
		for _, w := range strings.FieldsFunc(strings.ToLower(p), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if slices.Contains(words, w) && w != "e" && w != "y" && w != "et" {
				out = append(out, w)
			}
		}
	}
	return out
}

// TestNoCardSurvivesSpelling says every test card in every language, again and again in another way.
func TestNoCardSurvivesSpelling(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, card := range cards.TestCards() {
		for _, v := range voices() {
			for range rounds {
				pieces := v.say(r, card.Number)
				text := "Hello there. "
				for i, p := range pieces {
					if i > 0 {
						text += v.fillers[r.IntN(len(v.fillers))]
					}
					text += p
				}
				text += ". Bye now"
				got, kinds := redact.Text(text, v.language, redact.All())
				if l := left(got, pieces); len(l) > 0 && !maybes(l) || !slices.Contains(kinds, redact.Card) || !strings.HasPrefix(got, "Hello there. ") || !strings.HasSuffix(got, ". Bye now") {
					t.Fatalf("%s %s\nsaid %q\n got %q\nleft %v", card.Name, v.language, text, got, l)
				}
				if again, more := redact.Text(got, v.language, redact.All()); again != got || more != nil {
					t.Fatalf("%q masked again is %q", got, again)
				}
			}
		}
	}
}

// TestNoCardSurvivesLines spreads every test card over lines, with an agent in between, and gives the lines one by one:
// what is held of them shows no digit on the way.
func TestNoCardSurvivesLines(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for _, card := range cards.TestCards() {
		for _, v := range voices() {
			for range rounds / 4 {
				pieces := v.say(r, card.Number)
				at := time.Date(2026, 3, 3, 10, 42, 0, 0, time.UTC)
				var lines []redact.Line
				add := func(track, text string) {
					at = at.Add(time.Duration(r.IntN(20)) * time.Second)
					lines = append(lines, redact.Line{Track: track, At: at, Language: v.language, Text: text})
				}
				add("outbound", "Go on")
				for _, p := range pieces {
					if n := len(lines) - 1; lines[n].Track == "inbound" && r.IntN(3) == 0 {
						lines[n].Text += v.fillers[r.IntN(len(v.fillers))] + p
						continue
					}
					if r.IntN(3) == 0 {
						add("outbound", []string{"Go on", "Okay, and the card again?", "Mhm"}[r.IntN(3)])
					}
					add("inbound", p)
				}
				for n := range lines { // one by one
					for i, got := range redact.Lines(lines[:n+1], redact.All()) {
						if l := left(got.Held, pieces); lines[i].Track == "inbound" && len(l) > 0 && !maybes(l) {
							t.Fatalf("%s: %q is held as %q: %v is there", v.language, lines[i].Text, got.Held, l)
						}
					}
				}
				all := redact.Lines(lines, redact.All())
				for i, got := range all {
					if l := left(got.Text, pieces); lines[i].Track == "inbound" && len(l) > 0 && !maybes(l) {
						t.Fatalf("%s %s: %q became %q, %v is left", card.Name, v.language, lines[i].Text, got.Text, l)
					}
				}
			}
		}
	}
}

// maybes are words that are a digit only beside another: alone on a line they stay.
func maybes(words []string) bool {
	for _, w := range words {
		if !slices.Contains([]string{"oh", "un", "um", "meia", "sei"}, w) {
			return false
		}
	}
	return true
}

// TestHeldDigitsCount finds a card of which another process holds the digits: only how many there are is known.
func TestHeldDigitsCount(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 3, 10, 42, 0, 0, time.UTC)
	line := func(seconds int, track, text string) redact.Line {
		return redact.Line{Track: track, At: at.Add(time.Duration(seconds) * time.Second), Language: "en-US", Text: text}
	}
	texts := func(lines ...redact.Line) (out []string) {
		for _, l := range redact.Lines(lines, redact.All()) {
			out = append(out, l.Text)
		}
		return out
	}
	want := func(name string, got []string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	want("held", texts(line(0, "in", "[4 digits]"), line(5, "in", "and [4 digits]"), line(9, "in", "[4 digits] [1 digit]")),
		"[card number]", "and [card number]", "[card number]")
	want("the rest", texts(line(0, "in", "my card number is [card number]"), line(5, "out", "go on"), line(9, "in", "four two"), line(12, "in", "one")),
		"my card number is [card number]", "go on", "[card number]", "[card number]")
	want("another question", texts(line(0, "in", "[card number]"), line(5, "out", "and your zip code?"), line(9, "in", "94109")),
		"[card number]", "and your zip code?", "94109")
	want("a question of the other", texts(line(0, "out", "What is the security code?"), line(5, "in", "one two"), line(6, "in", "three")),
		"What is the security code?", "[security code]", "[security code]")
	want("too late", texts(line(0, "in", "4242 4242"), line(60, "in", "4242 4242")), "4242 4242", "4242 4242")
	want("two tracks", texts(line(0, "in", "4242 4242"), line(1, "out", "4242 4242"), line(2, "in", "12")), "4242 4242", "4242 4242", "12")

	got := redact.Lines([]redact.Line{line(0, "in", "I have four, and 84 dollars on March 15"), line(30, "in", "two 42")}, redact.All())
	if got[0].Held != "I have [1 digit], and 84 dollars on March 15" || got[1].Held != "[3 digits]" {
		t.Errorf("held: %+v", got)
	}
	if !got[0].Settled.Equal(at.Add(redact.Window)) || !got[1].Settled.Equal(at.Add(30*time.Second+redact.Window)) {
		t.Errorf("settled at %v and %v", got[0].Settled, got[1].Settled)
	}
	got = redact.Lines([]redact.Line{line(0, "in", "I have four"), line(30, "in", "two 42")}, redact.All())
	if !got[0].Settled.Equal(got[1].Settled) {
		t.Errorf("settled at %v and %v, though it goes on", got[0].Settled, got[1].Settled)
	}
}

// FuzzText wants that masking never fails, is done once, and leaves nothing that any store of ours would refuse.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		"4242 4242 4242 4242", "four two four two", "my card number is [card number] and 12345678", "[4 digits] [12 digits]", "double double four",
		"zweiundvierzig", "quatre-vingt-dix-sept", "$84.20 12:30 2026-01-02", "cvv 123 cvc 456 cvv", "\xff\xfe[", "expires card 12/30 january",
		"DE89 3704 0044 0532 0130 00", "hundred thousand and and four", "security code card number pin 12345678 iban",
	} {
		f.Add(s, "en", "")
		f.Add(s, "de", s)
	}
	f.Fuzz(func(t *testing.T, s, language, second string) {
		at := time.Unix(0, 0)
		lines := []redact.Line{{Track: "a", At: at, Language: language, Text: s}, {Track: "b", At: at, Text: second}, {Track: "a", At: at, Language: language, Text: second}}
		got := redact.Lines(lines, redact.All())
		for i, l := range got {
			lines[i].Text = l.Text
			if carddata.Holds(l.Text, carddata.Prose) {
				t.Errorf("%q still holds a card number", l.Text)
			}
			if carddata.Holds(l.Held, carddata.Prose) {
				t.Errorf("%q is held and holds a card number", l.Held)
			}
		}
		for i, l := range redact.Lines(lines, redact.All()) {
			if l.Text != lines[i].Text || l.Kinds != nil {
				t.Errorf("%q masked again is %q", lines[i].Text, l.Text)
			}
		}
		words := strings.ToLower(s)
		if !strings.ContainsFunc(words, func(r rune) bool { return r > 0x7f || carddata.Digit(r) >= 0 || unicode.IsLetter(r) }) && got[0].Text != s {
			t.Errorf("%q holds no number and became %q", s, got[0].Text)
		}
	})
}

func BenchmarkLines(b *testing.B) {
	var lines []redact.Line
	for i := range 40 {
		lines = append(lines, redact.Line{Track: fmt.Sprint(i % 2), Text: "Good morning, I would like to pay my bill number 12345678 of eighty-four dollars, and my phone is 555 010 0000."})
	}
	for b.Loop() {
		redact.Lines(lines, redact.All())
	}
}
