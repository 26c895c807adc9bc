package speak

import (
	"fmt"
	"strings"
	"time"
)

var spanish = &Pack{
	Language: "es-US", Name: "español", Yes: "sí", No: "no", Or: "o",
	keys: map[rune]string{'*': "asterisco", '#': "numeral"},
	signs: map[rune]string{
		'-': "guion", '_': "guion bajo", '.': "punto", '@': "arroba", '/': "barra", '+': "más", '#': "numeral",
		'*': "asterisco", '&': "y", ':': "dos puntos",
	},
	brands: english.brands,
	months: [12]string{
		"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio",
		"agosto", "septiembre", "octubre", "noviembre", "diciembre",
	},
	coins: map[string]coin{
		"usd": {"dólar", "dólares", "centavo", "centavos", "$"},
		"cad": {"dólar canadiense", "dólares canadienses", "centavo", "centavos", "CA$"},
		"aud": {"dólar australiano", "dólares australianos", "centavo", "centavos", "A$"},
		"nzd": {"dólar neozelandés", "dólares neozelandeses", "centavo", "centavos", "NZ$"},
		"eur": {"euro", "euros", "céntimo", "céntimos", "€"},
		"gbp": {"libra", "libras", "penique", "peniques", "£"},
		"mxn": {"peso mexicano", "pesos mexicanos", "centavo", "centavos", "MX$"},
		"cop": {"peso colombiano", "pesos colombianos", "centavo", "centavos", ""},
		"clp": {"peso chileno", "pesos chilenos", "", "", ""},
		"brl": {"real", "reales", "centavo", "centavos", "R$"},
		"chf": {"franco suizo", "francos suizos", "céntimo", "céntimos", ""},
		"sek": {"corona sueca", "coronas suecas", "öre", "öre", ""},
		"nok": {"corona noruega", "coronas noruegas", "øre", "øre", ""},
		"dkk": {"corona danesa", "coronas danesas", "øre", "øre", ""},
		"inr": {"rupia", "rupias", "paisa", "paisas", "₹"},
		"jpy": {"yen", "yenes", "", "", "¥"},
		"krw": {"won", "wones", "", "", "₩"},
		"kwd": {"dinar kuwaití", "dinares kuwaitíes", "fils", "fils", ""},
		"bhd": {"dinar bareiní", "dinares bareiníes", "fils", "fils", ""},
	},
	grammar: grammar{
		cardinal: spanishCardinal,
		ordinal:  spanishOrdinal,
		date: func(day int, month string, year int) string {
			said := fmt.Sprintf("%d de %s", day, month)
			if day == 1 {
				said = "primero de " + month
			}
			if year != 0 {
				said += fmt.Sprintf(" de %d", year)
			}
			return said
		},
		clock:  spanishClock,
		amount: spanishAmount,
		point:  "punto",
		minus:  "menos",
		ending: "que termina en",
		hidden: "oculto",
	},
	phrases: phrases{
		option:         "Para {to}, oprima {key}.",
		languageOption: "Para español, oprima {key}.",
		confirm:        "Para sí, oprima {yes}. Para no, oprima {no}.",
		heard:          "Usted marcó {value}.",
		silence: [3]string{
			"No escuché ninguna tecla.",
			"Todavía no escucho ninguna tecla. Por favor use el teclado de su teléfono.",
			"Lo siento, no puedo escuchar sus teclas. Intentemos una vez más.",
		},
		wrong: [3]string{
			"Lo siento, esa respuesta no es válida.",
			"Lo siento, esa respuesta tampoco es válida. Por favor escuche otra vez.",
			"Lo siento, todavía no pude usar su respuesta. Intentemos una última vez.",
		},
		apology:     "Lo siento, algo falló de nuestro lado. Por favor llame más tarde. Adiós.",
		unconfirmed: "No pudimos confirmar su pago. Es posible que se haya realizado. Por favor no pague otra vez antes de consultarlo con nosotros.",
		goodbye:     "Adiós.",
		waiting:     "Un momento, por favor.",
		voicemail:   "Por favor deje un mensaje después del tono. No diga datos de su tarjeta.",
	},
	prompts: spanishPrompts(),
}

func spanishAmount(s sum) string {
	whole, part := s.parts("de")
	if whole != "" && part != "" {
		return whole + " con " + part
	}
	return whole + part
}

// spanishClock says the twelve hour clock with the part of the day, as American Spanish does.
func spanishClock(t time.Time) string {
	when := "de la noche"
	switch hour := t.Hour(); {
	case hour == 0: // midnight belongs to the night
	case hour < 5:
		when = "de la madrugada"
	case hour < 12:
		when = "de la mañana"
	case hour < 19:
		when = "de la tarde"
	}
	return t.Format("3:04 ") + when
}

var spanishSmall = [...]string{
	"cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce",
	"trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno",
	"veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho", "veintinueve",
}

var spanishTens = [...]string{
	"", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa",
}

var spanishHundreds = [...]string{
	"", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos",
	"seiscientos", "setecientos", "ochocientos", "novecientos",
}

// spanishPowers are a million apart: Spanish counts mil millones, not billions.
var spanishPowers = [...]struct {
	size      uint64
	one, many string
}{
	{1e18, "un trillón", "trillones"},
	{1e12, "un billón", "billones"},
	{1e6, "un millón", "millones"},
	{1e3, "mil", "mil"},
}

func spanishCardinal(n uint64) string {
	switch {
	case n < 30:
		return spanishSmall[n]
	case n < 100:
		return joinRest(spanishTens[n/10], " y ", n%10, spanishCardinal)
	case n == 100:
		return "cien"
	case n < 1000:
		return joinRest(spanishHundreds[n/100], " ", n%100, spanishCardinal)
	}
	for _, p := range spanishPowers {
		if n < p.size {
			continue
		}
		head := p.one
		if times := n / p.size; times > 1 {
			head = shortenOne(spanishCardinal(times)) + " " + p.many
		}
		return joinRest(head, " ", n%p.size, spanishCardinal)
	}
	return ""
}

// shortenOne is for a number before a noun: veintiún mil, treinta y un millones.
func shortenOne(number string) string {
	if head, ok := strings.CutSuffix(number, "veintiuno"); ok {
		return head + "veintiún"
	}
	if head, ok := strings.CutSuffix(number, "uno"); ok {
		return head + "un"
	}
	return number
}

// spanishOrdinal knows the ordinals in daily use, up to the hundredth. Beyond, people say the number.
func spanishOrdinal(n uint64) string {
	units := [...]string{
		"", "primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno",
	}
	tens := [...]string{
		"", "décimo", "vigésimo", "trigésimo", "cuadragésimo", "quincuagésimo",
		"sexagésimo", "septuagésimo", "octogésimo", "nonagésimo",
	}
	switch {
	case n == 0 || n > 100:
		return "número " + spanishCardinal(n)
	case n == 100:
		return "centésimo"
	case n < 10:
		return units[n]
	case n == 11:
		return "undécimo"
	case n == 12:
		return "duodécimo"
	case n > 12 && n < 20:
		return "decimo" + units[n%10]
	}
	return strings.TrimSpace(tens[n/10] + " " + units[n%10])
}
