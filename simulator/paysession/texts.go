package paysession

import (
	"slices"
	"strings"

	"github.com/paydial/paydial/simulator/cards"
)

// languages are those that Twilio's page or its libraries name; the two lists differ.
func languages() []string {
	return []string{"en-US", "en-AU", "en-CA", "en-GB", "en-IE", "en-IN", "en-NZ", "en-PH", "en-ZA",
		"es-ES", "es-MX", "es-US", "fr-CA", "fr-FR", "de-DE", "it-IT"}
}

// language reads the language attribute in any case and gives it its usual form. An unknown one is let through
// with a warning, as prompts of one's own are known to work with it.
func (a attributes) language(m PaymentMethod) string {
	v := a.or("language", "en-US")
	known := languages()
	i := slices.IndexFunc(known, func(l string) bool { return strings.EqualFold(l, v) })
	if i >= 0 {
		v = known[i]
	}
	if i < 0 || m == ACHDebit && !strings.HasPrefix(v, "en-") {
		a.report.warn("language=%q has no prompts of its own for %s", v, m)
	}
	return v
}

// phrases is what is said in one language where the document has no fitting <Prompt>. Twilio's own words are
// not published, but for the beginning of the first.
type phrases struct {
	ask      map[Field]string
	code4    string // the security code of an American Express
	again    string // for the second of two entries
	failures map[Failure]string
}

// defaultText is what is said when no <Prompt> fits: what was wrong, then what to enter.
func defaultText(language string, at situation) string {
	p := phrasesIn(language)
	text := p.ask[at.field]
	if at.field == SecurityCode && cards.CodeLen(at.brand) == 4 {
		text = p.code4
	}
	if at.second {
		return p.again
	}
	if at.failure != "" {
		return p.failures[at.failure] + " " + text
	}
	return text
}

// phrasesIn finds the phrases of a language by its first two letters; English where there are none.
func phrasesIn(language string) phrases {
	lang, _, _ := strings.Cut(strings.ToLower(language), "-")
	switch lang {
	case "es":
		return spanish()
	case "fr":
		return french()
	case "de":
		return german()
	case "it":
		return italian()
	}
	return english()
}

func english() phrases {
	return phrases{
		ask: map[Field]string{
			CardNumber:    "Please enter your credit card number.",
			Expiration:    "Please enter your card's expiration date. Two digits for the month and two digits for the year.",
			PostalCode:    "Please enter your billing zip code.",
			SecurityCode:  "Please enter your card's security code. It is the three digits on the back of your card.",
			RoutingNumber: "Please enter your bank's nine digit routing number.",
			AccountNumber: "Please enter your bank account number.",
			Processing:    "Thank you. Please wait while we process your payment.",
		},
		code4: "Please enter your card's security code. It is the four digits on the front of your card.",
		again: "Please enter it once more.",
		failures: map[Failure]string{
			InputTimeout:   "Sorry, I did not get that.",
			InvalidNumber:  "Sorry, that is not a valid card number.",
			InvalidType:    "Sorry, we do not accept that type of card.",
			InvalidDate:    "Sorry, that is not a valid expiration date.",
			InvalidPostal:  "Sorry, that is not a valid zip code.",
			InvalidCode:    "Sorry, that is not a valid security code.",
			InvalidRouting: "Sorry, that is not a valid routing number.",
			InvalidAccount: "Sorry, that is not a valid account number.",
			MatchingFailed: "Sorry, the two entries do not match.",
		},
	}
}

func spanish() phrases {
	return phrases{
		ask: map[Field]string{
			CardNumber:    "Por favor, introduzca el número de su tarjeta de crédito.",
			Expiration:    "Por favor, introduzca la fecha de vencimiento de su tarjeta. Dos dígitos para el mes y dos para el año.",
			PostalCode:    "Por favor, introduzca su código postal.",
			SecurityCode:  "Por favor, introduzca el código de seguridad de su tarjeta. Son los tres dígitos al dorso.",
			RoutingNumber: "Por favor, introduzca los nueve dígitos del número de ruta de su banco.",
			AccountNumber: "Por favor, introduzca su número de cuenta bancaria.",
			Processing:    "Gracias. Espere mientras procesamos su pago.",
		},
		code4: "Por favor, introduzca el código de seguridad de su tarjeta. Son los cuatro dígitos del anverso.",
		again: "Por favor, introdúzcalo una vez más.",
		failures: map[Failure]string{
			InputTimeout:   "Lo siento, no recibí su respuesta.",
			InvalidNumber:  "Lo siento, ese número de tarjeta no es válido.",
			InvalidType:    "Lo siento, no aceptamos ese tipo de tarjeta.",
			InvalidDate:    "Lo siento, esa fecha de vencimiento no es válida.",
			InvalidPostal:  "Lo siento, ese código postal no es válido.",
			InvalidCode:    "Lo siento, ese código de seguridad no es válido.",
			InvalidRouting: "Lo siento, ese número de ruta no es válido.",
			InvalidAccount: "Lo siento, ese número de cuenta no es válido.",
			MatchingFailed: "Lo siento, los dos números no coinciden.",
		},
	}
}
