package speak

import (
	"fmt"
	"strconv"
	"time"
)

var english = &Pack{
	Language: "en-US", Name: "English", Yes: "yes", No: "no", Or: "or",
	keys: map[rune]string{'*': "star", '#': "pound"},
	signs: map[rune]string{
		'-': "dash", '_': "underscore", '.': "dot", '@': "at", '/': "slash", '+': "plus", '#': "pound", '*': "star",
		'&': "and", ':': "colon",
	},
	brands: map[string]string{
		"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "discover": "Discover",
		"maestro": "Maestro", "optima": "Optima", "jcb": "J C B", "diners-club": "Diners Club", "enroute": "enRoute",
	},
	months: [12]string{
		"January", "February", "March", "April", "May", "June", "July",
		"August", "September", "October", "November", "December",
	},
	coins: map[string]coin{
		"usd": {"dollar", "dollars", "cent", "cents", "$"},
		"cad": {"Canadian dollar", "Canadian dollars", "cent", "cents", "CA$"},
		"aud": {"Australian dollar", "Australian dollars", "cent", "cents", "A$"},
		"nzd": {"New Zealand dollar", "New Zealand dollars", "cent", "cents", "NZ$"},
		"eur": {"euro", "euros", "cent", "cents", "€"},
		"gbp": {"pound", "pounds", "penny", "pence", "£"},
		"mxn": {"Mexican peso", "Mexican pesos", "centavo", "centavos", "MX$"},
		"cop": {"Colombian peso", "Colombian pesos", "centavo", "centavos", ""},
		"clp": {"Chilean peso", "Chilean pesos", "", "", ""},
		"brl": {"real", "reais", "centavo", "centavos", "R$"},
		"chf": {"Swiss franc", "Swiss francs", "centime", "centimes", ""},
		"sek": {"krona", "kronor", "öre", "öre", ""},
		"nok": {"krone", "kroner", "øre", "øre", ""},
		"dkk": {"krone", "kroner", "øre", "øre", ""},
		"inr": {"rupee", "rupees", "paisa", "paise", "₹"},
		"jpy": {"yen", "yen", "", "", "¥"},
		"krw": {"won", "won", "", "", "₩"},
		"kwd": {"Kuwaiti dinar", "Kuwaiti dinars", "fils", "fils", ""},
		"bhd": {"Bahraini dinar", "Bahraini dinars", "fils", "fils", ""},
	},
	grammar: grammar{
		cardinal: englishCardinal,
		ordinal:  englishOrdinal,
		date: func(day int, month string, year int) string {
			if year == 0 {
				return fmt.Sprintf("%s %d", month, day)
			}
			return fmt.Sprintf("%s %d, %d", month, day, year)
		},
		clock:  func(t time.Time) string { return t.Format("3:04 PM") },
		amount: englishAmount,
		point:  "point",
		minus:  "minus",
		ending: "ending in",
		hidden: "not shown",
	},
	phrases: phrases{
		option:         "To {to}, press {key}.",
		languageOption: "For English, press {key}.",
		confirm:        "For yes, press {yes}. For no, press {no}.",
		heard:          "You entered {value}.",
		silence: [3]string{
			"I did not hear any keys.",
			"I still did not hear any keys. Please use the keypad of your phone.",
			"I am sorry, I cannot hear your keys. Let us try once more.",
		},
		wrong: [3]string{
			"Sorry, I could not use that answer.",
			"Sorry, I could not use that answer either. Please listen once more.",
			"I am sorry, that did not work. Let us try one last time.",
		},
		apology:     "I am sorry, something went wrong on our side. Please call again later. Goodbye.",
		unconfirmed: "We could not confirm your payment. It may have gone through. Please do not pay again before you have checked with us.",
		goodbye:     "Goodbye.",
		waiting:     "One moment, please.",
		voicemail:   "Please leave a message after the tone. Do not say card details.",
	},
	prompts: englishPrompts(),
}

func englishAmount(s sum) string {
	whole, part := s.parts("")
	if whole != "" && part != "" {
		return whole + " and " + part
	}
	return whole + part
}

var englishSmall = [...]string{
	"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
	"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
}

var englishTens = [...]string{
	"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
}

var englishPowers = [...]struct {
	size uint64
	name string
}{
	{1e18, "quintillion"},
	{1e15, "quadrillion"},
	{1e12, "trillion"},
	{1e9, "billion"},
	{1e6, "million"},
	{1e3, "thousand"},
	{100, "hundred"},
}

func englishCardinal(n uint64) string {
	if n < 20 {
		return englishSmall[n]
	}
	if n < 100 {
		return joinRest(englishTens[n/10], "-", n%10, englishCardinal)
	}
	for _, p := range englishPowers {
		if n >= p.size {
			return joinRest(englishCardinal(n/p.size)+" "+p.name, " ", n%p.size, englishCardinal)
		}
	}
	return strconv.FormatUint(n, 10)
}

// englishOrdinal puts the ending on the last word only: twenty-first, two hundredth.
func englishOrdinal(n uint64) string {
	irregular := map[uint64]string{
		1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth",
	}
	if word, ok := irregular[n]; ok {
		return word
	}
	switch {
	case n < 20:
		return englishSmall[n] + "th"
	case n < 100 && n%10 == 0:
		word := englishTens[n/10]
		return word[:len(word)-1] + "ieth"
	case n < 100:
		return englishTens[n/10] + "-" + englishOrdinal(n%10)
	case n%100 == 0:
		return englishCardinal(n) + "th"
	}
	return englishCardinal(n-n%100) + " " + englishOrdinal(n%100)
}

// joinRest adds what is left of a number, unless nothing is.
func joinRest(head, between string, rest uint64, say func(uint64) string) string {
	if rest == 0 {
		return head
	}
	return head + between + say(rest)
}
